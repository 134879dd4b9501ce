"""Whom a transition tells what: the citizen (meanings and blanks; the words are made elsewhere), units, the city."""

from __future__ import annotations

from collections.abc import Callable

from tickets.move import Move
from tickets.orders import AlertDue, NoticeDue, Post
from tickets.papers.assignment import AssignmentRole
from tickets.papers.request import RequestKind, RequestState
from tickets.papers.supervision import Ground, Level
from tickets.state import WITH_UNIT
from tickets.ticket import Ticket

Telling = Callable[[Move, Ticket], tuple[NoticeDue, ...]]
"""From the move and the changed ticket to what the citizen is due."""
Alerting = Callable[[Move, Ticket], tuple[AlertDue, ...]]
"""From the move and the changed ticket to what officers are due."""


def quietly(_move: Move, _after: Ticket) -> tuple[NoticeDue, ...]:
    """Nothing the citizen needs to hear."""
    return ()


def plainly(key: str) -> Telling:
    """The notice ``key`` with the blanks every notice may use."""
    return lambda move, after: (_notice(key, move, after, text=str(move.data.get("text", ""))),)


def dispatching(move: Move, after: Ticket) -> tuple[NoticeDue, ...]:
    """Which unit leads. A change of unit is told once, with its reason; the same unit again as settled, never as a
    ping-pong."""
    if move.ticket.lead_unit == after.lead_unit:
        return ()
    led = [one.unit for one in move.ticket.assignments if one.role is AssignmentRole.LEAD]
    if not led:
        return plainly("ticket.dispatched")(move, after)
    if led[-1] == after.lead_unit:
        return plainly("ticket.confirmed")(move, after)
    return (_notice("ticket.transferred", move, after, why=_why_another(move)),)


def _why_another(move: Move) -> str:
    """Why the unit changes: what the last one said when it returned the ticket, or that a panel settled it."""
    returned = [*move.ticket.asked(RequestKind.RETURN, RequestState.APPROVED)]
    return "panel" if move.ticket.consultation or not returned else str(returned[-1].data["reason"])


def redoing(move: Move, after: Ticket) -> tuple[NoticeDue, ...]:
    """A new round of handling, and what was found wrong with the last."""
    return (_notice("ticket.redo", move, after, why=str(move.data["cause"])),)


def slipping(move: Move, after: Ticket) -> tuple[NoticeDue, ...]:
    """The promised day passed: said once a round, by ourselves, before the citizen has to ask."""
    red = move.data["ground"] is Ground.RED
    return (_notice("ticket.overdue", move, after),) if red and move.data["level"] is Level.L2 else ()


def redating(key: str) -> Telling:
    """The notice ``key`` where the day promised to the citizen is another now."""

    def tell(move: Move, after: Ticket) -> tuple[NoticeDue, ...]:
        was, now = (move.calendar.local(at).date() if at else None for at in (move.ticket.due_at, after.due_at))
        return () if was == now else plainly(key)(move, after)

    return tell


def granting(key: str, kind: RequestKind, blank: str = "text") -> Telling:
    """The notice ``key`` once a request of ``kind`` has its last signature, its ``blank`` as the notice's text."""

    def tell(move: Move, after: Ticket) -> tuple[NoticeDue, ...]:
        asked = move.ticket.pending(kind)
        if asked is None or after.pending(kind):
            return ()
        told = {"text": str(asked.data.get(blank, "")), "reason": str(asked.data.get("reason", ""))}
        return (_notice(key, move, after, **told),)

    return tell


def refusing(move: Move, after: Ticket) -> tuple[NoticeDue, ...]:
    """Why it is not accepted, where to go instead, and until when the citizen may object."""
    until = move.calendar.local(move.after(move.policy.objection.window)).date().isoformat()
    told = granting("ticket.refused", RequestKind.REFUSAL)(move, after)
    return tuple(NoticeDue(one.key, {**one.params, "until": until}) for one in told)


def asking(move: Move, after: Ticket) -> tuple[NoticeDue, ...]:
    """The question the first time, a reminder afterwards."""
    return plainly("survey.ask" if after.callback_no == 1 else "survey.remind")(move, after)


def _notice(key: str, move: Move, after: Ticket, *, text: str = "", reason: str = "", why: str = "") -> NoticeDue:
    blanks = {
        "number": after.number,
        "unit": after.lead_unit,
        "due": move.calendar.local(after.due_at).date().isoformat() if after.due_at else "",
        "reply": after.public_reply,
        "redo": str(after.redo_no),
        "parent": after.merged_into,
        "text": text,
        "why": why,
        "reason": reason,
    }
    return NoticeDue(key, {name: value for name, value in blanks.items() if value})


def alarming_nobody(_move: Move, _after: Ticket) -> tuple[AlertDue, ...]:
    """No officer needs to be told."""
    return ()


def alerting(key: str, *posts: Post) -> Alerting:
    """The alert ``key`` to these posts of the unit that leads, or led until now."""

    def alert(move: Move, after: Ticket) -> tuple[AlertDue, ...]:
        unit = after.lead_unit or move.ticket.lead_unit
        found = (AlertDue(key, post, "" if post in _OFFICES else unit, after.number) for post in posts)
        return tuple(one for one in found if one.unit or one.post in _OFFICES)

    return alert


_OFFICES = {Post.OFFICE, Post.INSPECTION}


def urging(move: Move, after: Ticket) -> tuple[AlertDue, ...]:
    """The unit's liaison; once the promised day is over its head too; the office's leader where no unit can answer."""
    if after.state not in WITH_UNIT:
        return alerting("office.urged", Post.OFFICE)(move, after)
    late = after.due_at is not None and move.now > after.due_at
    head = alerting("unit.urged_late", Post.HEAD)(move, after) if late else ()
    return (*alerting("unit.urged", Post.LIAISON)(move, after), *head)


def helper_late(move: Move, after: Ticket) -> tuple[AlertDue, ...]:
    """The head of the unit that is late with its help; the lead's liaison, who need not wait any longer."""
    late = AlertDue("unit.help_overdue", Post.HEAD, move.data["unit"], after.number)
    return (late, *alerting("unit.wait_no_longer", Post.LIAISON)(move, after))


def helping(key: str) -> Alerting:
    """The alert ``key`` to the liaison of every unit that now helps and did not before."""

    def alert(move: Move, after: Ticket) -> tuple[AlertDue, ...]:
        before = {one.n for one in move.ticket.assignments}
        new = (one for one in after.helping if one.n not in before)
        return tuple(AlertDue(key, Post.LIAISON, one.unit, after.number) for one in new)

    return alert

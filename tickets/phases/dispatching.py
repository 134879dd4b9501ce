"""Dispatch (派单) and return (退单): the office names the first-responsible unit; a unit may ask back, once, with reasons."""

from __future__ import annotations

from tickets import notices as n
from tickets.appeal import AppealType
from tickets.command import Command as C
from tickets.command import ReturnReason
from tickets.move import Fields, Move
from tickets.orders import Post
from tickets.papers.assignment import AssignmentState
from tickets.papers.request import RequestKind, RequestState
from tickets.phases.asking import decided, may_sign, nothing_pending, requesting, signed
from tickets.phases.kinds import some, text, words
from tickets.phases.parts import handed_out, in_force, kept_from_streets, leads, taken_back
from tickets.phases.row import Row, row
from tickets.rules.provisions import Step
from tickets.state import WITH_UNIT, Role, State

_RETURN = RequestKind.RETURN


# What may stand against it.


def one_lead(move: Move) -> str:
    """The lead unit is not its own co-organiser."""
    return "lead_is_co" if move.data["lead"] in move.data.get("co", ()) else ""


def not_the_respondent(move: Move) -> str:
    """A report on a unit never goes to that unit."""
    ticket = move.ticket
    named = {move.data["lead"], *move.data.get("co", ())}
    return "respondent" if ticket.type is AppealType.REPORT and ticket.respondent_unit in named else ""


def units_in_force(move: Move) -> str:
    """Every unit named is in the directory today: one that ended, or was never there, cannot act."""
    return in_force(move, move.data["lead"], *move.data.get("co", ()))


def not_to_a_street(move: Move) -> str:
    """不得下沉: what the catalogue keeps with departments is not put on a street office or a town."""
    return kept_from_streets(move, move.data["lead"])


def not_back_again(move: Move) -> str:
    """Who returned it with good reason does not get it again."""
    gave = {one.asked_by for one in move.ticket.asked(_RETURN, RequestState.APPROVED)}
    return "returned" if move.data["lead"] in gave else ""


def panel_not_due(move: Move) -> str:
    """After so many returns a panel decides, not the dispatcher alone."""
    return "to_panel" if move.ticket.return_count >= move.policy.return_.to_panel_after else ""


def plain_enough(move: Move) -> str:
    """The system dispatches nothing confidential, nothing critical and no report."""
    return "not_automatic" if move.actor.role is Role.SYSTEM and move.ticket.delicate else ""


def sign_time_passed(move: Move) -> str:
    """The unit still has time to sign itself."""
    by = move.ticket.sign_by
    return "" if by and move.now >= by else "early"


def return_window(move: Move) -> str:
    """A unit finds out at once that it is not its matter, or not at all."""
    lead, window = move.ticket.lead, move.policy.return_.window.at(move.ticket.urgency)
    return "" if lead and move.now <= move.after(window, lead.dispatched_at) else "window"


def returns_left(move: Move) -> str:
    """Once; and never what a panel, or a rejected return, made final (强制派单)."""
    lead = move.ticket.lead
    if lead and lead.forced:
        return "locked"
    asked = [one for one in move.ticket.requests if one.kind is _RETURN and one.asked_by == move.actor.id]
    return "" if len(asked) < move.policy.return_.max_per_unit else "returns"


# What it changes.


def dispatched(move: Move) -> Fields:
    """The first unit has the citizen's own limit; after a return the new one gets a limit of its own, while what the
    citizen was promised stays."""
    due = move.ticket.due_at
    if due is None or move.ticket.assignments:
        due = move.answer_by(move.now)
    return handed_out(move, lead=move.data["lead"], co=move.data.get("co", ()), due=due)


def signed_for(move: Move) -> Fields:
    """The unit has it."""
    interim = move.policy.interim.at(move.ticket.urgency)
    return {
        "signed_at": move.now,
        "interim_by": move.after(interim) if interim else None,
        **leads(move, state=AssignmentState.HANDLING, signed_at=move.now),
    }


def returned(move: Move) -> Fields:
    """Back to the dispatcher; the citizen's date stays."""
    return {**taken_back(move, lead=AssignmentState.RETURNED), "step_by": move.step_by(Step.DISPATCH)}


def kept(move: Move) -> Fields:
    """强制派单: the unit keeps it, and asks no more."""
    return leads(move, forced=True) | decided(_RETURN, RequestState.REJECTED)(move)


# What the log keeps.


def lateness(move: Move) -> dict[str, object]:
    """Whether the unit signed after its time."""
    by = move.ticket.sign_by
    return {"late": bool(by and move.now >= by)}


S, R = State, Role
_NAMED = (one_lead, units_in_force, not_the_respondent, not_to_a_street)
# fmt: off
ROWS: tuple[Row, ...] = (
    row("T11", C.DISPATCH, S.TO_DISPATCH, {R.DISPATCHER, R.SYSTEM}, S.DISPATCHED,
        needs={"lead": words}, takes={"co": some, "note": text, "because": text},
        guards=(*_NAMED, panel_not_due, not_back_again, plain_enough),
        effect=dispatched, tells=n.dispatching, alerts=n.alerting("unit.dispatched", Post.LIAISON)),
    row("T13", C.SIGN, S.DISPATCHED, {R.UNIT}, S.HANDLING,
        effect=signed_for, facts=lateness, tells=n.plainly("ticket.signed")),
    row("T14", C.AUTO_SIGN, S.DISPATCHED, {R.SYSTEM}, S.HANDLING, guards=(sign_time_passed,),
        effect=signed_for, facts=lateness, alerts=n.alerting("unit.not_signed", Post.HEAD)),
    row("T15", C.REQUEST_RETURN, WITH_UNIT, {R.UNIT}, None,
        needs={"reason": ReturnReason, "clause": words, "suggested": words}, takes={"note": text},
        guards=(nothing_pending(_RETURN), return_window, returns_left), effect=requesting(_RETURN, Step.DECIDE_RETURN)),
    row("T16", C.APPROVE_RETURN, WITH_UNIT, {R.DISPATCHER, R.OFFICE_LEADER}, S.TO_DISPATCH, takes={"note": text},
        guards=(may_sign(_RETURN),), effect=signed(_RETURN, returned)),
    row("T17", C.REJECT_RETURN, WITH_UNIT, {R.DISPATCHER, R.OFFICE_LEADER}, None, needs={"note": words},
        guards=(may_sign(_RETURN),), effect=kept, alerts=n.alerting("unit.return_rejected", Post.LIAISON, Post.HEAD)),
)
# fmt: on

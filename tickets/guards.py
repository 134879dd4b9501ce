"""What may stand against an order, one question each; the answer is a refusal's code or ""."""

from __future__ import annotations

import re
import unicodedata

from tickets.appeal import AppealType, ClosingKind, Satisfaction, Urgency
from tickets.deadlines import after_quiet
from tickets.move import Move
from tickets.orders import Cause
from tickets.ticket import Role
from tickets.withdrawal import goes_on

_PERSONAL = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|\d{17}[\dXx])(?!\d)", re.ASCII)
_UNIT_CLOSES_AS = {ClosingKind.SOLVED, ClosingKind.PARTLY, ClosingKind.UNSOLVED, ClosingKind.EXPLAINED}
_REDO_FOR = {Cause.POOR_HANDLING, Cause.ATTITUDE, Cause.FALSE_CLOSING}
_EXPLAIN_FOR = {Cause.POLICY, Cause.NOT_YET}
_SPEED = {Urgency.NORMAL: 0, Urgency.URGENT: 1, Urgency.CRITICAL: 2}


def only_consultations(move: Move) -> str:
    """The knowledge base answers questions; everything else goes to a unit."""
    return "" if move.ticket.type is AppealType.CONSULT else "type"


def one_lead(move: Move) -> str:
    """The lead unit is not its own co-organiser."""
    return "lead_is_co" if move.data["lead"] in move.data.get("co", ()) else ""


def sign_time_passed(move: Move) -> str:
    """The unit still has time to sign itself."""
    by = move.ticket.sign_by
    return "" if by and move.now >= by else "early"


def citizen_contacted(move: Move) -> str:
    """A unit speaks with the citizen before it replies; who is confidential to it, or only praises, is not called."""
    ticket = move.ticket
    exempt = ticket.confidential or ticket.type is AppealType.PRAISE
    return "" if ticket.contacted_at or exempt else "no_contact"


def no_personal_data(move: Move) -> str:
    """The public reply holds no mobile or identity number: it travels further than its writer thinks."""
    return "personal_data" if _PERSONAL.search(unicodedata.normalize("NFKC", move.data["public_reply"])) else ""


def closing_open_to_units(move: Move) -> str:
    """The other kinds of closing are decided by officers."""
    return "" if move.data["closing_kind"] in _UNIT_CLOSES_AS else "closing_kind"


def not_rated(move: Move) -> str:
    """Who has answered is not asked again, and is not silent."""
    return "rated" if move.ticket.satisfaction else ""


def asking_time(move: Move) -> str:
    """Not before its time, and never in the quiet hours."""
    at = move.ticket.callback_at
    if at is None or move.now < at:
        return "early"
    return "quiet" if after_quiet(move.policy.quiet, move.calendar, move.now) > move.now else ""


def attempts_left(move: Move) -> str:
    """A citizen is asked only so often."""
    return "" if move.ticket.callback_no < move.policy.callback.attempts else "attempts"


def silence_was_long(move: Move) -> str:
    """Every asking done and the last wait over."""
    at = move.ticket.callback_at
    return "" if move.ticket.callback_no >= move.policy.callback.attempts and at and move.now >= at else "early"


def a_citizens_rating(move: Move) -> str:
    """Something is said, and nobody rates himself unreachable."""
    if not any(move.data.get(name) for name in ("solved", "satisfaction", "reasons", "comment")):
        return "missing:satisfaction"
    return "invalid:satisfaction" if move.data.get("satisfaction") is Satisfaction.UNREACHABLE else ""


def awaits_triage(move: Move) -> str:
    """The citizen is dissatisfied."""
    return "" if move.ticket.satisfaction is Satisfaction.DISSATISFIED else "not_dissatisfied"


def redo_left(move: Move) -> str:
    """Redo has a limit; beyond it only the office's leader orders one. The system orders none unless the policy says."""
    if move.actor.role is Role.SYSTEM and not move.policy.redo.auto:
        return "not_automatic"
    return "" if move.ticket.redo_no < move.policy.redo.max or move.actor.role is Role.OFFICE_LEADER else "redo_limit"


def cause_for_redo(move: Move) -> str:
    """Redo is for what the unit did badly."""
    return "" if move.data["cause"] in _REDO_FOR else "cause"


def cause_to_explain(move: Move) -> str:
    """Explaining closes only what policy or the moment forbids."""
    return "" if move.data["cause"] in _EXPLAIN_FOR else "cause"


def free_to_withdraw(move: Move) -> str:
    """Public safety goes on without the citizen, and so does a report under investigation."""
    ticket = move.ticket
    return goes_on(type=ticket.type, urgency=ticket.urgency, state=ticket.state, safety=ticket.safety)


def restore_window(move: Move) -> str:
    """A withdrawal is taken back within its window."""
    closed = move.ticket.closed_at
    return "" if closed and move.now <= move.after(move.policy.restore.window, closed) else "window"


def reopen_window(move: Move) -> str:
    """A closed matter is taken up again within its window, by the unit that had it."""
    closed = move.ticket.closed_at
    if not move.ticket.lead_unit:
        return "no_unit"
    return "" if closed and move.now <= move.after(move.policy.reopen.window, closed) else "window"


def something_new(move: Move) -> str:
    """A supplement holds words or attachments."""
    return "" if move.data.get("text") or move.data.get("attachments") else "missing:text"


def urge_interval(move: Move) -> str:
    """One urge a day is passed on; more would only bury it."""
    last = move.ticket.urged_at
    wait = move.policy.urge.interval
    return "interval" if last and move.now < move.after(wait, last) else ""


def faster(move: Move) -> str:
    """Urgency is raised, never lowered: limits only get shorter."""
    return "" if _SPEED[move.data["urgency"]] > _SPEED[move.ticket.urgency] else "not_higher"

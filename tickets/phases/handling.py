"""Handling (办理): the lead contacts the citizen, is helped by other units, reports, and submits its reply."""

from __future__ import annotations

from tickets import notices as n
from tickets.appeal import AppealType, ClosingKind, Urgency
from tickets.command import Command as C
from tickets.move import Fields, Move
from tickets.orders import Post
from tickets.papers.assignment import AssignmentRole, AssignmentState
from tickets.papers.request import RequestKind, RequestState
from tickets.phases.asking import decided, granted_now, may_sign, nothing_pending, requesting, signed
from tickets.phases.kinds import several, text, words
from tickets.phases.parts import helped_by, helper, helpers_in_force, helps, leads, not_down_to_a_street
from tickets.phases.replies import no_personal_data
from tickets.phases.row import Party, Row, row
from tickets.rules.provisions import Step
from tickets.state import WITH_UNIT, Role, State

_UNIT_CLOSES_AS = {ClosingKind.SOLVED, ClosingKind.PARTLY, ClosingKind.UNSOLVED, ClosingKind.EXPLAINED}
_CO = RequestKind.CO_ORGANISER


# What may stand against it.


def citizen_contacted(move: Move) -> str:
    """A unit speaks with the citizen before it replies; who is confidential to it, or only praises, is not called."""
    ticket = move.ticket
    exempt = ticket.confidential or ticket.type is AppealType.PRAISE
    return "" if ticket.contacted_at or exempt else "no_contact"


def helpers_ready(move: Move) -> str:
    """The lead waits for those who help it, until they are late: then they answer for that themselves."""
    waiting = (one for one in move.ticket.helping if one.under_way and not one.overdue)
    return "co_pending" if any(not one.due_at or move.now <= one.due_at for one in waiting) else ""


def closing_open_to_units(move: Move) -> str:
    """The other kinds of closing are decided by officers."""
    return "" if move.data["closing_kind"] in _UNIT_CLOSES_AS else "closing_kind"


def signed_by_a_head(move: Move) -> str:
    """What is critical is signed by the unit's head."""
    critical = move.ticket.urgency is Urgency.CRITICAL
    return "missing:signer" if critical and not move.data.get("signer", "").strip() else ""


def not_there_yet(move: Move) -> str:
    """A unit has one part in a ticket at a time."""
    return _already_there(move, *(move.data.get("co") or (move.data["unit"],)))


def asked_for_still_missing(move: Move) -> str:
    """The unit asked for may have come in the meantime."""
    asked = move.ticket.pending(_CO)
    return _already_there(move, str(asked.data["unit"])) if asked else ""


def _already_there(move: Move, *units: str) -> str:
    there = {move.ticket.lead_unit, *(one.unit for one in move.ticket.helping)}
    return "already" if there & set(units) else ""


def sub_unit_of_lead(move: Move) -> str:
    """A unit hands work down to its own units only."""
    below = move.directory.get(move.data["unit"])
    return "" if below and below.parent == move.ticket.lead_unit else "not_below"


def helper_at_work(move: Move) -> str:
    """The helping unit still owes its part."""
    mine = helper(move)
    return "" if mine and mine.under_way else "not_at_work"


def helper_unsigned(move: Move) -> str:
    """It has not signed yet."""
    mine = helper(move)
    return "" if mine and mine.state is AssignmentState.PENDING_SIGN else "not_at_work"


def helper_late(move: Move) -> str:
    """Its limit has passed."""
    mine = helper(move)
    if mine is None or mine.overdue:
        return "not_at_work"
    return "" if mine.due_at and move.now > mine.due_at else "early"


# What it changes.


def contacted(move: Move) -> Fields:
    """The first contact counts; of later ones only the last is remembered."""
    first = {} if move.ticket.contacted_at else {"contacted_at": move.now}
    return {"last_contact_at": move.now, **first}


def reported(move: Move) -> Fields:
    """The next report is due one interval on."""
    interval = move.policy.interim.at(move.ticket.urgency)
    return {"interim_by": move.after(interval) if interval else None}


def replied(move: Move) -> Fields:
    """The unit's answer waits for the reviewer."""
    return {
        "public_reply": move.data["public_reply"],
        "internal_note": move.data.get("internal_note", ""),
        "closing_kind": move.data["closing_kind"],
        "replied_at": move.now,
        "interim_by": None,
        "step_by": move.step_by(Step.REVIEW),
        **leads(move, state=AssignmentState.SUBMITTED, submitted_at=move.now),
    }


def helped(move: Move) -> Fields:
    """New helping units, each with a limit before the lead's."""
    parts, lead = move.ticket.assignments, move.ticket.lead
    for unit in dict.fromkeys(move.data["co"]):
        parts = helped_by(move, parts, unit=unit, role=AssignmentRole.CO, due=lead.due_at if lead else None)
    return {"assignments": parts}


def help_granted(move: Move) -> Fields:
    """The unit that was asked for helps."""
    asked = granted_now(move, _CO)
    lead = move.ticket.lead
    due = lead.due_at if lead else None
    unit = str(asked.data["unit"])
    return {"assignments": helped_by(move, move.ticket.assignments, unit=unit, role=AssignmentRole.CO, due=due)}


def handed_down(move: Move) -> Fields:
    """A level-3 unit works on it; for the city the level-2 unit stays responsible."""
    lead = move.ticket.lead
    parts = helped_by(
        move,
        move.ticket.assignments,
        unit=move.data["unit"],
        role=AssignmentRole.SUB,
        due=lead.due_at if lead else None,
    )
    return {"assignments": parts}


def helper_signed(move: Move) -> Fields:
    """The helping unit has it."""
    return helps(move, state=AssignmentState.HANDLING, signed_at=move.now)


def helper_done(move: Move) -> Fields:
    """Its part is with the lead."""
    mine = helper(move)
    since = mine.signed_at if mine and mine.signed_at else move.now
    return helps(
        move, state=AssignmentState.SUBMITTED, signed_at=since, submitted_at=move.now, report=move.data["report"]
    )


def helper_overdue(move: Move) -> Fields:
    """It is scored for that itself; the lead goes on."""
    return helps(move, overdue=True)


S, R = State, Role
_HELPED = WITH_UNIT | {S.TO_REVIEW}
# fmt: off
ROWS: tuple[Row, ...] = (
    row("T21", C.REQUEST_CO, S.HANDLING, {R.UNIT}, None,
        needs={"unit": words, "reason": words}, guards=(nothing_pending(_CO), not_there_yet, helpers_in_force), effect=requesting(_CO)),
    row("T21", C.APPROVE_CO, WITH_UNIT, {R.DISPATCHER, R.OFFICE_LEADER}, None,
        guards=(may_sign(_CO), asked_for_still_missing), effect=signed(_CO, help_granted), alerts=n.helping("unit.helps")),
    row("T21", C.REJECT_CO, WITH_UNIT, {R.DISPATCHER, R.OFFICE_LEADER}, None, takes={"note": text},
        guards=(may_sign(_CO),), effect=decided(_CO, RequestState.REJECTED)),
    row("T21", C.ADD_CO, WITH_UNIT, {R.DISPATCHER}, None, needs={"co": several}, takes={"note": text},
        guards=(not_there_yet, helpers_in_force), effect=helped, alerts=n.helping("unit.helps")),
    row("T22", C.SUB_DISPATCH, S.HANDLING, {R.UNIT}, None, needs={"unit": words}, takes={"note": text},
        guards=(not_there_yet, sub_unit_of_lead, helpers_in_force, not_down_to_a_street), effect=handed_down, alerts=n.helping("unit.helps")),
    row("T23", C.CO_SIGN, WITH_UNIT, {R.UNIT}, None, party=Party.HELPER,
        guards=(helper_unsigned,), effect=helper_signed),
    row("T23", C.CO_SUBMIT, _HELPED, {R.UNIT}, None, party=Party.HELPER, needs={"report": words},
        guards=(helper_at_work,), effect=helper_done, alerts=n.alerting("unit.helped", Post.LIAISON)),
    row("T23", C.CO_OVERDUE, _HELPED, {R.SYSTEM}, None, needs={"unit": words},
        guards=(helper_at_work, helper_late), effect=helper_overdue, alerts=n.helper_late),
    row("T24", C.CONTACT, frozenset({S.HANDLING, S.TO_CALLBACK}), {R.UNIT}, None,
        takes={"method": text, "note": text, "evidence": text}, effect=contacted),
    row("T25", C.INTERIM, S.HANDLING, {R.UNIT}, None, needs={"text": words},
        effect=reported, tells=n.plainly("ticket.interim")),
    row("T32", C.SUBMIT_REPLY, S.HANDLING, {R.UNIT}, S.TO_REVIEW,
        needs={"public_reply": words, "closing_kind": ClosingKind}, takes={"internal_note": text, "signer": text},
        guards=(citizen_contacted, no_personal_data, closing_open_to_units, signed_by_a_head, helpers_ready),
        effect=replied),
)
# fmt: on

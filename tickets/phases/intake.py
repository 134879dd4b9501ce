"""Intake (受理): from the draft to a ticket that waits for dispatch, an answer, or a refusal."""

from __future__ import annotations

from tickets import notices as n
from tickets.appeal import AppealType, ClosingKind
from tickets.command import Command as C
from tickets.move import Fields, Move, then
from tickets.papers.request import RequestKind, RequestState
from tickets.phases.asking import decided, may_sign, nothing_pending, requesting, signed
from tickets.phases.kinds import text, words
from tickets.phases.replies import no_personal_data
from tickets.phases.row import Fork, Row, row
from tickets.rules.provisions import Step
from tickets.state import Role, State

_REFUSAL = RequestKind.REFUSAL


# What may stand against it.


def idle_long(move: Move) -> str:
    """A draft lies untouched for as long as the policy gives it."""
    return "" if move.now >= move.after(move.policy.draft.idle, move.ticket.received_at) else "early"


def only_consultations(move: Move) -> str:
    """The knowledge base answers questions; everything else goes to a unit."""
    return "" if move.ticket.type is AppealType.CONSULT else "type"


def another_agent(move: Move) -> str:
    """Who refused an appeal does not decide again once the citizen objected."""
    refused = move.ticket.asked(_REFUSAL, RequestState.APPROVED)
    return "same_person" if any(move.actor.id == one.asked_by for one in refused) else ""


def objections_left(move: Move) -> str:
    """A citizen objects to a refusal only so often."""
    return "" if move.ticket.objection_count < move.policy.objection.max else "objections"


def objection_window(move: Move) -> str:
    """And only for so long."""
    closed = move.ticket.closed_at
    return "" if closed and move.now <= move.after(move.policy.objection.window, closed) else "window"


# What it changes.


def submitted(move: Move) -> Fields:
    """The due date is the citizen's from the first moment, even while a person looks at what is missing."""
    return {"received_at": move.now, "step_by": move.step_by(Step.ACCEPT), **move.promise(move.now)}


def accepted(move: Move) -> Fields:
    """It becomes valid (有效工单); the due date was promised when it came, and stays."""
    about = {"respondent_unit": move.data["respondent_unit"]} if "respondent_unit" in move.data else {}
    return {"accepted_at": move.now, "step_by": move.step_by(Step.DISPATCH), **about}


def answered(move: Move) -> Fields:
    """直接答复: the answer is the result."""
    return {
        "public_reply": move.data["public_reply"],
        "replied_at": move.now,
        "reviewed_at": move.now,
        "closed_at": move.now,
        "closing_kind": ClosingKind.EXPLAINED,
        "step_by": None,
    }


def three_way(move: Move) -> Fields:
    """三方通话: the unit answered while the citizen was on the line, or it becomes a ticket."""
    return answered(move) if move.data.get("public_reply") else accepted(move)


def diverted(_move: Move) -> Fields:
    """转紧急热线: the emergency line has it; the office's timer stops."""
    return {"step_by": None}


def ended(move: Move) -> Fields:
    """It is over, and nobody's timer runs."""
    return {"closed_at": move.now, "step_by": None}


def refused(move: Move) -> Fields:
    """不予受理, with the reason and the right place told."""
    return {**ended(move), "closing_kind": ClosingKind.OUT_OF_DUTY}


def objected(move: Move) -> Fields:
    """Somebody else looks again."""
    return {**_received_again(move), "objection_count": move.ticket.objection_count + 1}


def _received_again(move: Move) -> Fields:
    return {"closed_at": None, "closing_kind": None, "step_by": move.step_by(Step.ACCEPT)}


# What the log keeps.


def as_it_came(move: Move) -> dict[str, object]:
    """What the machine took it for at first: later changes show against it, and the log can be lived again."""
    ticket = move.ticket
    return {
        "type": ticket.type.value,
        "category": ticket.category,
        "urgency": ticket.urgency.value,
        "confidential": ticket.confidential,
        "district": ticket.district,
        "safety": ticket.safety,
    }


S, R = State, Role
_ANSWERED_OR_NOT = Fork(
    lambda move: S.ANSWERED if move.data.get("public_reply") else S.TO_DISPATCH,
    (S.ANSWERED, S.TO_DISPATCH),
    "answered on the line",
)
# fmt: off
ROWS: tuple[Row, ...] = (
    row("T02", C.SUBMIT, S.DRAFT, {R.CITIZEN, R.AGENT}, S.RECEIVED, effect=submitted, facts=as_it_came),
    row("T03", C.EXPIRE, S.DRAFT, {R.SYSTEM}, S.ARCHIVED, guards=(idle_long,), effect=ended,
        tells=n.plainly("ticket.draft_expired")),
    row("T04", C.DIVERT_EMERGENCY, frozenset({S.DRAFT, S.RECEIVED}), {R.BOT, R.AGENT, R.SYSTEM}, S.EMERGENCY_DIVERTED,
        effect=diverted),
    row("T05", C.ANSWER_FROM_KB, S.RECEIVED, {R.BOT, R.AGENT}, S.ANSWERED,
        needs={"public_reply": words}, guards=(only_consultations, no_personal_data), effect=answered, tells=n.plainly("ticket.replied")),
    row("T06", C.THREE_WAY, S.RECEIVED, {R.AGENT}, _ANSWERED_OR_NOT,
        needs={"unit": words, "note": words}, takes={"public_reply": words}, guards=(no_personal_data,), effect=three_way),
    row("T07", C.REFUSE, S.RECEIVED, {R.AGENT}, None,
        needs={"scope_rule": words, "text": words}, guards=(nothing_pending(_REFUSAL), another_agent),
        effect=requesting(_REFUSAL)),
    row("T07", C.APPROVE_REFUSAL, S.RECEIVED, {R.REVIEWER, R.OFFICE_LEADER}, S.NOT_ACCEPTED,
        guards=(may_sign(_REFUSAL),), effect=then(signed(_REFUSAL), refused),
        tells=n.refusing),
    row("T07", C.REJECT_REFUSAL, S.RECEIVED, {R.REVIEWER, R.OFFICE_LEADER}, None, takes={"note": text},
        guards=(may_sign(_REFUSAL),), effect=decided(_REFUSAL, RequestState.REJECTED)),
    row("T08", C.OBJECT, S.NOT_ACCEPTED, {R.CITIZEN}, S.RECEIVED, takes={"note": text},
        guards=(objections_left, objection_window), effect=objected),
    row("T10", C.ACCEPT, S.RECEIVED, {R.AGENT, R.BOT, R.SYSTEM}, S.TO_DISPATCH,
        takes={"respondent_unit": words}, effect=accepted, tells=n.plainly("ticket.accepted")),
)
# fmt: on

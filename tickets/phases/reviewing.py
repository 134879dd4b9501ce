"""Review (审核): the reply goes back to the unit, or to the citizen."""

from __future__ import annotations

from tickets import notices as n
from tickets.appeal import ClosingKind
from tickets.command import Command as C
from tickets.command import Fault, Waiver
from tickets.move import Fields, Move
from tickets.orders import Post
from tickets.papers.assignment import AssignmentState
from tickets.papers.changing import amended
from tickets.phases.kinds import text
from tickets.phases.parts import leads
from tickets.phases.row import Fork, Row, row
from tickets.state import Role, State


def rejected(move: Move) -> Fields:
    """Back to the unit; the due date stays."""
    return {
        "reject_count": move.ticket.reject_count + 1,
        "closing_kind": None,
        "step_by": None,
        **leads(move, state=AssignmentState.HANDLING, submitted_at=None),
    }


def where_passing_leads(move: Move) -> State:
    """Citizens are asked about every type of appeal but those the policy exempts (praise)."""
    return State.TO_CALLBACK if move.policy.limits[move.ticket.type].callback else State.CLOSED


def passed(move: Move) -> Fields:
    """The citizen has the answer and will be asked, if his type of appeal is."""
    if where_passing_leads(move) is State.CLOSED:
        return passed_and_closed(move)
    return {
        **_result(move),
        "callback_no": 0,
        "callback_at": move.asking_from(move.after(move.policy.callback.ask_after.at(move.ticket.urgency))),
    }


def passed_and_closed(move: Move) -> Fields:
    """The citizen has the answer and is not asked."""
    return {**_result(move), "closed_at": move.now}


def _result(move: Move) -> Fields:
    explained_now = move.ticket.closing_kind is ClosingKind.EXPLAINED
    parts = leads(move, state=AssignmentState.ACCEPTED)["assignments"]
    parts = amended(
        parts,
        lambda one: one.ended_at is None and one.state is AssignmentState.SUBMITTED,
        state=AssignmentState.ACCEPTED,
    )
    return {
        "reviewed_at": move.now,
        "step_by": None,
        "explanation_count": move.ticket.explanation_count + explained_now,
        "assignments": parts,
    }


S, R = State, Role
_PASSED = Fork(where_passing_leads, (S.TO_CALLBACK, S.CLOSED), "by the policy's word on callback")
# fmt: off
ROWS: tuple[Row, ...] = (
    row("T33", C.REVIEW_REJECT, S.TO_REVIEW, {R.REVIEWER}, S.HANDLING,
        needs={"fault": Fault}, takes={"note": text}, effect=rejected,
        alerts=n.alerting("unit.reply_rejected", Post.LIAISON)),
    row("T34/T35", C.REVIEW_PASS, S.TO_REVIEW, {R.REVIEWER}, _PASSED, effect=passed, tells=n.plainly("ticket.replied")),
    row("T35", C.CLOSE_WITHOUT_CALLBACK, S.TO_REVIEW, {R.REVIEWER}, S.CLOSED,
        needs={"waiver": Waiver}, effect=passed_and_closed, tells=n.plainly("ticket.replied")),
)
# fmt: on

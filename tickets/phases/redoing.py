"""What follows dissatisfaction (研判): done again (重办) where the unit failed, explained where nothing more can be done."""

from __future__ import annotations

from tickets import notices as n
from tickets.appeal import Cause, ClosingKind
from tickets.command import Command as C
from tickets.move import Fields, Move
from tickets.orders import Post
from tickets.papers.assignment import AssignmentState
from tickets.phases.calling_back import UNRATED, hotline_asks
from tickets.phases.kinds import text, words
from tickets.phases.parts import leads
from tickets.phases.row import Row, row
from tickets.rules.provisions import Step
from tickets.state import Role, State

_REDO_FOR = {Cause.POOR_HANDLING, Cause.ATTITUDE, Cause.FALSE_CLOSING}
_EXPLAIN_FOR = {Cause.POLICY, Cause.NOT_YET}


# What may stand against it.


def awaits_triage(move: Move) -> str:
    """The citizen is dissatisfied."""
    return "" if move.ticket.dissatisfied else "not_dissatisfied"


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


# What it changes.


def handled_again(move: Move) -> Fields:
    """A new round with its own, shorter limit; the last reply stays readable until the next."""
    again = move.having({"redo_no": move.ticket.redo_no + 1})
    promise = again.promise(move.now)
    return {
        **promise,
        "redo_no": again.ticket.redo_no,
        "contact_by": move.step_by(Step.CONTACT, unit=move.ticket.lead_unit),
        "contacted_at": None,
        "replied_at": None,
        "reviewed_at": None,
        "callback_at": None,
        "callback_no": 0,
        "closed_at": None,
        "closing_kind": None,
        **UNRATED,
        **leads(move, state=AssignmentState.HANDLING, due_at=promise["due_at"], submitted_at=None),
    }


def redone(move: Move) -> Fields:
    """重办, with what triage found; a false closing (虚假办结) is remembered."""
    cause = move.data["cause"]
    false = cause is Cause.FALSE_CLOSING
    return {
        **handled_again(move),
        "cause": cause,
        "false_closing_count": move.ticket.false_closing_count + false,
    }


def explained(move: Move) -> Fields:
    """解释安抚: closed without pretending that it is solved."""
    return {
        "closing_kind": ClosingKind.EXPLAINED,
        "closed_at": move.now,
        "callback_at": None,
        "cause": move.data["cause"],
        "explanation_count": move.ticket.explanation_count + 1,
    }


S, R = State, Role
# fmt: off
ROWS: tuple[Row, ...] = (
    row("T39", C.REDO, S.TO_CALLBACK, {R.REVIEWER, R.SYSTEM, R.OFFICE_LEADER}, S.HANDLING,
        needs={"cause": Cause}, takes={"note": text}, guards=(awaits_triage, cause_for_redo, redo_left),
        effect=redone, tells=n.redoing, alerts=n.alerting("unit.redo", Post.HEAD)),
    row("T40", C.EXPLAIN, S.TO_CALLBACK, {R.REVIEWER, R.CALLBACK_OFFICER}, S.CLOSED,
        needs={"cause": Cause, "text": words}, guards=(hotline_asks, awaits_triage, cause_to_explain),
        effect=explained, tells=n.plainly("ticket.explained")),
)
# fmt: on

"""Ending and taking up again (终结, 撤单, 重开, 归档), and what a closed ticket counts for (剔除, 考核申诉)."""

from __future__ import annotations

from datetime import datetime, timedelta

from tickets import notices as n
from tickets.appeal import ClosingKind
from tickets.command import Command as C
from tickets.command import ExclusionRule, WithdrawReason
from tickets.move import Fields, Move
from tickets.orders import AlertDue, Post
from tickets.papers.request import RequestKind, RequestState
from tickets.phases.asking import decided, may_sign, nothing_pending, requesting, signed, signed_through
from tickets.phases.intake import ended
from tickets.phases.kinds import text, words, yes
from tickets.phases.redoing import handled_again
from tickets.phases.row import Fork, Row, row
from tickets.rules.provisions import Step
from tickets.state import BEFORE_REVIEW, ENDED, Role, State
from tickets.ticket import Ticket
from tickets.withdrawal import goes_on

_TERMINATE, _EXCLUSION, _SCORE = RequestKind.TERMINATE, RequestKind.EXCLUSION, RequestKind.SCORE_APPEAL
OFFICE_STEPS = {State.RECEIVED: Step.ACCEPT, State.TO_DISPATCH: Step.DISPATCH, State.TO_REVIEW: Step.REVIEW}
"""Whose step it is where the office itself must act."""


# What may stand against it.


def clear_result_given(move: Move) -> str:
    """Only what a unit answered clearly is ended."""
    return "" if move.ticket.public_reply and move.ticket.reviewed_at else "no_result"


def explained_enough(move: Move) -> str:
    """And only what was explained, more than once."""
    return "" if move.ticket.explanation_count >= move.policy.terminate.explanations else "too_few"


def free_to_withdraw(move: Move) -> str:
    """Public safety goes on without the citizen, and so does a report under investigation."""
    ticket = move.ticket
    return goes_on(type=ticket.type, urgency=ticket.urgency, state=ticket.state, safety=ticket.safety)


def restore_window(move: Move) -> str:
    """A withdrawal is taken back within its window."""
    closed = move.ticket.closed_at
    return "" if closed and move.now <= move.after(move.policy.restore.window, closed) else "window"


def a_unit_had_it(move: Move) -> str:
    """A closed matter is taken up again by the unit that had it."""
    return "" if move.ticket.lead_unit else "no_unit"


def reopen_window(move: Move) -> str:
    """Within its window, or with a new fact; what was terminated needs a new fact. What was never put right has a
    longer one, and none where an agent confirms it."""
    if move.data.get("new_fact"):
        return ""
    closed, repeated = move.ticket.closed_at, move.data.get("repeat")
    if move.ticket.state is State.TERMINATED:
        return "missing:new_fact"
    if repeated and move.actor.role is Role.AGENT:
        return ""
    window = move.policy.repeats.redo if repeated else move.policy.reopen.window
    return "" if closed and move.now <= move.after(window, closed) else "window"


def old_enough(move: Move) -> str:
    """Put away only what has been over for long."""
    closed = move.ticket.closed_at
    return "" if closed and move.now >= move.after(move.policy.archive.after, closed) else "early"


def score_window(move: Move) -> str:
    """A month's figures are open for a few days after its end, then frozen."""
    closed = move.ticket.closed_at
    return "" if closed and move.now <= move.after(move.policy.exclusion.window, _month_end(move, closed)) else "window"


def still_assessed(move: Move) -> str:
    """What is excluded already needs no asking."""
    return "" if move.ticket.assessed else "excluded"


def _month_end(move: Move, at: datetime) -> datetime:
    day = move.calendar.local(at).date()
    following = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return move.calendar.end_of(following - timedelta(days=1))


# What it changes.


def terminated(move: Move) -> Fields:
    """终结: answered for good; the letter names the legal remedies."""
    return {**ended(move), "closing_kind": ClosingKind.TERMINATED, "callback_at": None, "interim_by": None}


def withdrawn(move: Move) -> Fields:
    """Where it stood is kept, so that it can be taken back."""
    return {**ended(move), "withdrawn_from": move.ticket.state, "closing_kind": ClosingKind.WITHDRAWN}


def restored(move: Move) -> Fields:
    """As if it had never been withdrawn: the due date did not move; only the office's own timer starts again."""
    stood = where_it_stood(move)
    step = OFFICE_STEPS.get(stood)
    again = move.step_by(step) if step else None
    if stood is State.SUSPENDED:
        again = move.after(move.policy.suspend.review)
    return {"withdrawn_from": None, "closed_at": None, "closing_kind": None, "step_by": again}


def taken_up_again(move: Move) -> Fields:
    """As a redo; a repeat (重复诉求) is counted."""
    again = handled_again(move)
    return again | {"repeat_count": move.ticket.repeat_count + 1} if move.data.get("repeat") else again


def head_explains(move: Move, after: Ticket) -> tuple[AlertDue, ...]:
    """The unit's head learns of the redo, and of a repeat that he is to explain why it was not put right."""
    key = "unit.repeat_cause" if move.data.get("repeat") else "unit.redo"
    return n.alerting(key, Post.HEAD)(move, after)


def where_it_stood(move: Move) -> State:
    """The state a withdrawn ticket had."""
    return move.ticket.withdrawn_from or State.TO_DISPATCH


def excluded(_move: Move) -> Fields:
    """剔除: it no longer counts for or against the unit."""
    return {"assessed": False}


S, R = State, Role
_TERMINABLE = frozenset({S.CLOSED, S.TO_CALLBACK, S.HANDLING})
_TERMINATING = _TERMINABLE | {S.TO_REVIEW}
_STOOD = Fork(where_it_stood, tuple(sorted(BEFORE_REVIEW)), "where it stood")
_LEADER, _SCORERS = {R.OFFICE_LEADER}, {R.REVIEWER, R.OFFICE_LEADER}
_TERMS = {"text": words, "legal_check": words, "no_new_fact": yes}
# fmt: off
ROWS: tuple[Row, ...] = (
    row("T42", C.PROPOSE_TERMINATE, _TERMINABLE, {R.REVIEWER, R.UNIT}, None, needs=_TERMS,
        guards=(nothing_pending(_TERMINATE), clear_result_given, explained_enough), effect=requesting(_TERMINATE)),
    row("T43", C.APPROVE_TERMINATE, _TERMINATING, _LEADER, signed_through(_TERMINATE, S.TERMINATED),
        guards=(may_sign(_TERMINATE),), effect=signed(_TERMINATE, terminated),
        tells=n.granting("ticket.terminated", _TERMINATE)),
    row("T43", C.REJECT_TERMINATE, _TERMINATING, _LEADER, None, takes={"note": text},
        guards=(may_sign(_TERMINATE),), effect=decided(_TERMINATE, RequestState.REJECTED)),
    row("T44", C.WITHDRAW, BEFORE_REVIEW, {R.CITIZEN}, S.WITHDRAWN,
        needs={"reason": WithdrawReason}, guards=(free_to_withdraw,),
        effect=withdrawn, tells=n.plainly("ticket.withdrawn"), alerts=n.alerting("unit.withdrawn", Post.LIAISON)),
    row("T44", C.RESTORE, S.WITHDRAWN, {R.CITIZEN, R.AGENT}, _STOOD,
        guards=(restore_window,), effect=restored, tells=n.plainly("ticket.restored")),
    row("T45", C.REOPEN, frozenset({S.CLOSED, S.TERMINATED}), {R.CITIZEN, R.AGENT}, S.HANDLING,
        takes={"note": text, "attachments": tuple, "new_fact": words, "repeat": yes},
        guards=(a_unit_had_it, reopen_window),
        effect=taken_up_again, tells=n.plainly("ticket.reopened"), alerts=head_explains),
    row("T50", C.ARCHIVE, ENDED - {S.ARCHIVED, S.MERGED}, {R.SYSTEM}, S.ARCHIVED, guards=(old_enough,)),
    row("T51", C.REQUEST_EXCLUSION, S.CLOSED, {R.UNIT}, None, needs={"rule": ExclusionRule, "evidence": words},
        guards=(nothing_pending(_EXCLUSION), still_assessed, score_window), effect=requesting(_EXCLUSION)),
    row("T51", C.APPROVE_EXCLUSION, S.CLOSED, _SCORERS, None,
        guards=(may_sign(_EXCLUSION),), effect=signed(_EXCLUSION, excluded)),
    row("T51", C.REJECT_EXCLUSION, S.CLOSED, _SCORERS, None, needs={"note": words},
        guards=(may_sign(_EXCLUSION),), effect=decided(_EXCLUSION, RequestState.REJECTED)),
    row("T51", C.SCORE_APPEAL, S.CLOSED, {R.UNIT}, None, needs={"text": words, "evidence": words},
        guards=(nothing_pending(_SCORE), score_window), effect=requesting(_SCORE)),
    row("T51", C.APPROVE_SCORE_APPEAL, S.CLOSED, _SCORERS, None, guards=(may_sign(_SCORE),), effect=signed(_SCORE)),
    row("T51", C.REJECT_SCORE_APPEAL, S.CLOSED, _SCORERS, None, needs={"note": words},
        guards=(may_sign(_SCORE),), effect=decided(_SCORE, RequestState.REJECTED)),
)
# fmt: on

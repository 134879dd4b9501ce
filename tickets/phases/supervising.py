"""Supervision (督办) of a ticket that is not going as it should."""

from __future__ import annotations

from dataclasses import replace

from tickets import notices as n
from tickets.clocks.earned import earned
from tickets.command import Command as C
from tickets.move import Effect, Fields, Guard, Move
from tickets.orders import AlertDue, Post
from tickets.papers.changing import amended, filed
from tickets.papers.supervision import ANSWERED_IN_WRITING, Ground, Level, Supervision, SupervisionState
from tickets.phases.kinds import text, words
from tickets.phases.row import Row, row
from tickets.state import OPEN, Role, State
from tickets.ticket import Ticket

_POSTS = {
    Level.L0: (Post.LIAISON,),
    Level.L1: (Post.LIAISON, Post.DEPUTY_HEAD),
    Level.L2: (Post.HEAD,),
    Level.L3: (Post.HEAD,),
    Level.L4: (Post.HEAD, Post.INSPECTION),
    Level.L5: (Post.HEAD, Post.OFFICE),
}
_NAMED_BY_GROUND = {Ground.CONTACT_MISSED, Ground.INTERIM_MISSED, Ground.PLAN_MISSED}
"""Grounds whose alert says what was missed; the others are told by their grade."""


# What may stand against it.


def grade_earned(move: Move) -> str:
    """The clock supervises by the rules alone, and each thing once; a supervisor needs no rule."""
    if move.actor.role is not Role.SYSTEM:
        return "" if move.actor.id else "nameless"
    due = earned(move.ticket, policy=move.policy, calendar=move.calendar, now=move.now)
    return "" if (move.data["level"], move.data["ground"]) in due else "not_earned"


def somebody_to_supervise(move: Move) -> str:
    """Units are supervised; before dispatch there is none."""
    return "" if move.ticket.lead else "no_unit"


def number_for_writing(move: Move) -> str:
    """A supervision that is answered in writing has a number the citizen can be told, used once."""
    if move.data["level"] not in ANSWERED_IN_WRITING:
        return ""
    return unused_number(move) if move.data.get("number", "") else "missing:number"


def unused_number(move: Move) -> str:
    """The number the order gives stands on no supervision of this ticket yet."""
    return "number" if named(move) else ""


def under_supervision(*states: SupervisionState) -> Guard:
    """The supervision the order names stands where the order can be given."""

    def stands_there(move: Move) -> str:
        mine = named(move)
        return "" if mine and mine.state in states else "not_supervised"

    return stands_there


def own_supervision(move: Move) -> str:
    """Supervision follows the unit it was given to."""
    mine = named(move)
    return "" if mine and mine.unit == move.actor.id else "not_yours"


# What it changes.


def supervised(move: Move) -> Fields:
    """A grade given. What is answered in writing has a limit; the others are only told."""
    return _issue(move, move.data["level"], move.data["ground"], number=move.data.get("number", ""))


def plan_supervised(move: Move) -> Fields:
    """A milestone of the plan was missed: in writing."""
    return _issue(move, Level.L3, Ground.PLAN_MISSED, number=move.data["number"])


def _issue(move: Move, level: Level, ground: Ground, *, number: str) -> Fields:
    written = level in ANSWERED_IN_WRITING
    supervisions = filed(
        move.ticket.supervisions,
        Supervision,
        level=level,
        ground=ground,
        unit=move.ticket.lead_unit,
        round=move.ticket.redo_no,
        opened_at=move.now,
        by=move.actor.id,
        number=number if written else "",
        joint=level is Level.L4,
        state=SupervisionState.ISSUED if written else SupervisionState.NOTED,
        answer_by=move.after(move.policy.supervision.answer) if written else None,
    )
    return {"supervisions": supervisions}


def named(move: Move) -> Supervision | None:
    """The supervision whose number the order gives, None for none."""
    number = move.data["number"]
    return next((one for one in move.ticket.supervisions if one.number == number), None)


def _supervision(state: SupervisionState, *moments: str) -> Effect:
    """An effect: the named supervision goes to ``state``, and these moments are now."""

    def change(move: Move) -> Fields:
        changes: Fields = dict.fromkeys(moments, move.now) | {"state": state}
        if state is SupervisionState.TO_REVIEW:
            changes["answer"] = move.data["text"]
        return supervision_with(**changes)(move)

    return change


def sent_back(move: Move) -> Fields:
    """The unit writes again, with time for it: how long the supervisor thought about the first answer is not its fault."""
    by = move.after(move.policy.supervision.answer)
    return supervision_with(state=SupervisionState.ISSUED, answer_by=by, overdue=False)(move)


def supervision_with(**changes: object) -> Effect:
    """An effect: the named supervision with ``changes``."""

    def change(move: Move) -> Fields:
        mine = named(move)
        return {"supervisions": amended(move.ticket.supervisions, lambda one: one is mine, **changes)}

    return change


def by_grade(move: Move, after: Ticket) -> tuple[AlertDue, ...]:
    """The posts the grade just given is for."""
    new = after.supervisions[-1]
    key = f"supervision.{new.ground if new.ground in _NAMED_BY_GROUND else new.level}"
    found = n.alerting(key, *_POSTS[new.level])(move, after)
    return tuple(replace(one, supervision=new.number) for one in found)


S, R, St = State, Role, SupervisionState
_NUMBER = {"number": words}
_SINCE = frozenset(S) - {S.DRAFT, S.ARCHIVED}
# fmt: off
ROWS: tuple[Row, ...] = (
    row("T48", C.SUPERVISE, OPEN, {R.SUPERVISOR, R.OFFICE_LEADER, R.SYSTEM}, None,
        needs={"level": Level, "ground": Ground}, takes={"number": text, "note": text},
        guards=(somebody_to_supervise, grade_earned, number_for_writing), effect=supervised,
        tells=n.slipping, alerts=by_grade),
    row("T48", C.ANSWER_SUPERVISION, OPEN, {R.UNIT}, None, needs=_NUMBER | {"text": words},
        guards=(own_supervision, under_supervision(St.ISSUED)), effect=_supervision(St.TO_REVIEW, "answered_at")),
    row("T48", C.RETURN_SUPERVISION, OPEN, {R.UNIT}, None, needs=_NUMBER | {"text": words},
        guards=(own_supervision, under_supervision(St.ISSUED)), effect=_supervision(St.RETURN_ASKED)),
    row("T48", C.PASS_SUPERVISION, _SINCE, {R.SUPERVISOR, R.OFFICE_LEADER}, None, needs=_NUMBER,
        guards=(under_supervision(St.TO_REVIEW, St.RETURN_ASKED),), effect=_supervision(St.CLOSED, "closed_at")),
    row("T48", C.REJECT_SUPERVISION, OPEN, {R.SUPERVISOR, R.OFFICE_LEADER}, None, needs=_NUMBER | {"note": words},
        guards=(under_supervision(St.TO_REVIEW, St.RETURN_ASKED),), effect=sent_back),
)
# fmt: on

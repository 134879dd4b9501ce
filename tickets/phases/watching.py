"""What only the clock finds (超时, 沉默): a step the office owes, a unit that says nothing, a supervision nobody answered."""

from __future__ import annotations

from dataclasses import replace

from tickets import notices as n
from tickets.clocks.silence import silent_at
from tickets.command import Command as C
from tickets.move import Effect, Fields, Move
from tickets.orders import AlertDue, Post
from tickets.papers.supervision import SupervisionState
from tickets.phases.closing import OFFICE_STEPS
from tickets.phases.kinds import words
from tickets.phases.row import Row, row
from tickets.phases.supervising import named, supervision_with
from tickets.state import OPEN, WITH_UNIT, Role
from tickets.ticket import Ticket

_SILENCE_POSTS = (Post.LIAISON, Post.DEPUTY_HEAD)
"""Whom the first alarm about a silent unit reaches, and the second."""


# What may stand against it.


def step_passed(move: Move) -> str:
    """Each step of the office is told of once."""
    by = move.ticket.step_by
    return "" if by and move.now > by and by != move.ticket.step_told else "early"


def silent_long(move: Move) -> str:
    """The unit still has time to speak."""
    at = silent_at(move.ticket, policy=move.policy, calendar=move.calendar)
    return "" if at and move.now >= at else "early"


def answer_late(move: Move) -> str:
    """The answer is owed, and its day is over; told once."""
    mine = named(move)
    if mine is None or mine.state is not SupervisionState.ISSUED or mine.overdue:
        return "not_supervised"
    return "" if mine.answer_by and move.now > mine.answer_by else "early"


# What it changes.


def step_noted(move: Move) -> Fields:
    """This one needs no second telling."""
    return {"step_told": move.ticket.step_by}


def silence_noted(move: Move) -> Fields:
    """The next alarm goes one post higher."""
    return {"silence_told": move.ticket.silence_told + 1}


answer_noted: Effect = supervision_with(overdue=True)


# Whom it is told.


def _the_office(move: Move, after: Ticket) -> tuple[AlertDue, ...]:
    return n.alerting(f"office.late_{OFFICE_STEPS[after.state]}", Post.OFFICE)(move, after)


def _the_silent(move: Move, after: Ticket) -> tuple[AlertDue, ...]:
    return n.alerting("unit.silent", _SILENCE_POSTS[move.ticket.silence_told])(move, after)


def _both_sides(move: Move, after: Ticket) -> tuple[AlertDue, ...]:
    """The unit's head, and the leader to whom the next grade is thereby proposed."""
    found = n.alerting("supervision.unanswered", Post.HEAD, Post.OFFICE)(move, after)
    return tuple(replace(one, supervision=move.data["number"]) for one in found)


# What the log keeps.


def next_grade(move: Move) -> dict[str, object]:
    """Which grade a person should now think about."""
    again = move.having(answer_noted(move))
    mine = named(again)
    return {"next_grade": mine.proposes.value} if mine and mine.proposes else {}


R = Role
# fmt: off
ROWS: tuple[Row, ...] = (
    row("§3.2", C.STEP_OVERDUE, frozenset(OFFICE_STEPS), {R.SYSTEM}, None,
        guards=(step_passed,), effect=step_noted, alerts=_the_office),
    row("§2.6", C.NOTE_SILENCE, WITH_UNIT, {R.SYSTEM}, None,
        guards=(silent_long,), effect=silence_noted, alerts=_the_silent),
    row("§2.6", C.SUPERVISION_OVERDUE, OPEN, {R.SYSTEM}, None, needs={"number": words},
        guards=(answer_late,), effect=answer_noted, facts=next_grade, alerts=_both_sides),
)
# fmt: on

"""Callback (回访): the hotline asks the citizen, by message and by phone, each time at another hour; silence is kept apart."""

from __future__ import annotations

from datetime import datetime

from tickets import notices as n
from tickets.appeal import Satisfaction
from tickets.command import Command as C
from tickets.limits.deadlines import after_quiet
from tickets.move import Fields, Move
from tickets.papers.callback import Callback, Outcome, Way
from tickets.papers.changing import amended, filed
from tickets.phases.kinds import text
from tickets.phases.row import Row, row
from tickets.state import Role, State

UNRATED: Fields = {"solved": None, "satisfaction": None, "changed_satisfaction": None}
"""A new round of handling: nobody has rated it yet."""


# What may stand against it.


def not_rated(move: Move) -> str:
    """Who has answered is not asked again, and is not silent."""
    return "rated" if move.ticket.satisfaction else ""


def asking_time(move: Move) -> str:
    """Not before its time, never in the quiet hours, and in a slot of the day nobody asked in yet."""
    at = move.ticket.callback_at
    if at is None or move.now < at:
        return "early"
    if after_quiet(move.policy.quiet, move.calendar, move.now) > move.now:
        return "quiet"
    return "slot" if move.asking_from(move.now, _asked(move)) > move.now else ""


def attempts_left(move: Move) -> str:
    """A citizen is asked only so often."""
    return "" if move.ticket.callback_no < move.policy.callback.attempts else "attempts"


def another_time(move: Move) -> str:
    """Calls fall at different times of day."""
    called, rule = _called(move), move.policy.callback
    if len(called) >= rule.calls:
        return "attempts"
    if called and move.now < move.after(rule.call_again, called[-1]):
        return "early"
    return "slot" if move.calling_from(move.now, called) > move.now else ""


def silence_was_long(move: Move) -> str:
    """Every asking done and the last wait over, or every call unanswered."""
    at, rule = move.ticket.callback_at, move.policy.callback
    if len(_called(move)) >= rule.calls and move.actor.role is Role.CALLBACK_OFFICER:
        return ""
    return "" if move.ticket.callback_no >= rule.attempts and at and move.now >= at else "early"


def hotline_asks(move: Move) -> str:
    """The hotline calls back, never a unit that handled it or that it is about."""
    ticket, unit = move.ticket, move.actor.unit
    involved = {ticket.respondent_unit, *(one.unit for one in ticket.assignments)}
    return "own_unit" if unit and unit in involved else ""


def _asked(move: Move) -> list[datetime]:
    return [one.at for one in move.ticket.this_round if one.way is Way.MESSAGE]


def _called(move: Move) -> list[datetime]:
    return [one.at for one in move.ticket.this_round if one.way is Way.PHONE and one.outcome is Outcome.NO_ANSWER]


# What it changes.


def asked(move: Move) -> Fields:
    """One asking done; the next, or the end of waiting, is set."""
    number, rule = move.ticket.callback_no + 1, move.policy.callback
    if number < rule.attempts:
        then = move.asking_from(move.after(rule.remind_after), [*_asked(move), move.now])
    else:
        then = move.awake_after(rule.lapse_after)
    callbacks = filed(
        move.ticket.callbacks, Callback, round=move.ticket.redo_no, way=Way.MESSAGE, at=move.now, by=move.actor.id
    )
    return {"callback_no": number, "callback_at": then, "callbacks": callbacks}


def not_reached(move: Move) -> Fields:
    """A call nobody answered."""
    callbacks = filed(
        move.ticket.callbacks,
        Callback,
        round=move.ticket.redo_no,
        way=Way.PHONE,
        at=move.now,
        by=move.actor.id,
        outcome=Outcome.NO_ANSWER,
    )
    return {"callbacks": callbacks}


def lapsed(move: Move) -> Fields:
    """Silence is kept apart: it is never satisfied."""
    first = move.ticket.first_satisfaction
    callbacks = amended(move.ticket.callbacks, lambda one: one.outcome is Outcome.WAITING, outcome=Outcome.NO_ANSWER)
    return {
        "satisfaction": Satisfaction.UNREACHABLE,
        "first_satisfaction": first or Satisfaction.UNREACHABLE,
        "callback_at": None,
        "closed_at": move.now,
        "callbacks": callbacks,
    }


S, R = State, Role
# fmt: off
ROWS: tuple[Row, ...] = (
    row("T36", C.ASK, S.TO_CALLBACK, {R.SYSTEM, R.CALLBACK_OFFICER}, None,
        guards=(hotline_asks, not_rated, attempts_left, asking_time), effect=asked, tells=n.asking),
    row("T37", C.NO_REACH, S.TO_CALLBACK, {R.CALLBACK_OFFICER}, None, takes={"note": text},
        guards=(hotline_asks, not_rated, another_time), effect=not_reached),
    row("T37", C.LAPSE, S.TO_CALLBACK, {R.SYSTEM, R.CALLBACK_OFFICER}, S.CLOSED,
        guards=(hotline_asks, not_rated, silence_was_long), effect=lapsed),
)
# fmt: on

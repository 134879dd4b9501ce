"""Callback (回访): the citizen is asked by the hotline, rates, or is not reached; nobody overwrites what he said."""

from __future__ import annotations

from dataclasses import replace

from tickets import notices as n
from tickets.appeal import Reason, Satisfaction, Solved
from tickets.callback import Callback, Outcome, Way
from tickets.command import Command as C
from tickets.deadlines import after_quiet
from tickets.move import Fields, Move
from tickets.papers import amended, filed
from tickets.phases.kinds import many, text, words
from tickets.phases.row import Fork, Row, row
from tickets.state import Role, State

# What may stand against it.


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


def another_time(move: Move) -> str:
    """Calls fall at different times of day."""
    called = [one.at for one in _of_this_round(move) if one.way is Way.PHONE]
    if len(called) >= move.policy.callback.calls:
        return "attempts"
    return "early" if called and move.now < move.after(move.policy.callback.call_again, called[-1]) else ""


def silence_was_long(move: Move) -> str:
    """Every asking done and the last wait over, or every call unanswered."""
    at, rule = move.ticket.callback_at, move.policy.callback
    if sum(1 for one in _of_this_round(move) if one.way is Way.PHONE) >= rule.calls:
        return ""
    return "" if move.ticket.callback_no >= rule.attempts and at and move.now >= at else "early"


def a_citizens_rating(move: Move) -> str:
    """Something is said, and nobody rates himself unreachable."""
    if not any(move.data.get(name) for name in ("solved", "satisfaction", "reasons", "comment")):
        return "missing:satisfaction"
    return "invalid:satisfaction" if move.data.get("satisfaction") is Satisfaction.UNREACHABLE else ""


def hotline_asks(move: Move) -> str:
    """The hotline calls back, never a unit that handled it or that it is about."""
    ticket, unit = move.ticket, move.actor.unit
    involved = {ticket.respondent_unit, *(one.unit for one in ticket.assignments)}
    return "own_unit" if unit and unit in involved else ""


def was_rated(move: Move) -> str:
    """A finding is added to what the citizen said."""
    return "" if any(one.outcome is Outcome.ANSWERED for one in move.ticket.callbacks) else "not_rated"


# What it changes.


def asked(move: Move) -> Fields:
    """One asking done; the next, or the end of waiting, is set."""
    number, rule = move.ticket.callback_no + 1, move.policy.callback
    wait = rule.remind_after if number < rule.attempts else rule.lapse_after
    callbacks = filed(
        move.ticket.callbacks, Callback, round=move.ticket.redo_no, way=Way.MESSAGE, at=move.now, by=move.actor.id
    )
    return {"callback_no": number, "callback_at": move.awake_after(wait), "callbacks": callbacks}


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


def rated(move: Move) -> Fields:
    """The citizen's own words; nobody overwrites the first rating."""
    given = {name: move.data[name] for name in ("solved", "satisfaction") if move.data.get(name)}
    said = _said(move)
    satisfaction = given.get("satisfaction")
    if satisfaction is None:
        return given | said
    given["first_satisfaction"] = move.ticket.first_satisfaction or satisfaction
    given["callback_at"] = None
    if satisfaction is Satisfaction.DISSATISFIED and move.ticket.satisfaction is not satisfaction:
        given["dissatisfied_count"] = move.ticket.dissatisfied_count + 1
    if _closes(move):
        given["closed_at"] = move.now
    return given | said


def _said(move: Move) -> Fields:
    """What was said goes to the asking that waits for it, or to a new one."""
    ticket, phoned = move.ticket, move.actor.role is Role.CALLBACK_OFFICER
    waiting = next((one for one in _of_this_round(move) if one.outcome is Outcome.WAITING), None)
    callbacks = ticket.callbacks
    if waiting is None or phoned:
        way = Way.PHONE if phoned else Way.MESSAGE
        callbacks = filed(callbacks, Callback, round=ticket.redo_no, way=way, at=move.now, by=move.actor.id)
        waiting = callbacks[-1]
    spoke = ticket.last_contact_at and ticket.reviewed_at and ticket.last_contact_at > ticket.reviewed_at
    heard = replace(
        waiting,
        outcome=Outcome.ANSWERED,
        solved=move.data.get("solved"),
        satisfaction=move.data.get("satisfaction"),
        reasons=move.data.get("reasons", ()),
        after_contact=bool(spoke),
    )
    return {"callbacks": tuple(heard if one is waiting else one for one in callbacks)}


def _of_this_round(move: Move) -> tuple[Callback, ...]:
    return tuple(one for one in move.ticket.callbacks if one.round == move.ticket.redo_no)


def _closes(move: Move) -> bool:
    given = move.data.get("satisfaction")
    return bool(given) and given is not Satisfaction.DISSATISFIED


def found(move: Move) -> Fields:
    """A reviewer's finding stands beside the rating; the rating stays."""
    last = [one for one in move.ticket.callbacks if one.outcome is Outcome.ANSWERED][-1]
    findings = (*last.findings, move.data["text"])
    return {"callbacks": amended(move.ticket.callbacks, lambda one: one is last, findings=findings)}


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
_RATED = Fork(lambda move: S.CLOSED if _closes(move) else None, (S.CLOSED,), "unless dissatisfied")
RATING = {"solved": Solved, "satisfaction": Satisfaction, "reasons": many(Reason), "comment": text}
# fmt: off
ROWS: tuple[Row, ...] = (
    row("T36", C.ASK, S.TO_CALLBACK, {R.SYSTEM, R.CALLBACK_OFFICER}, None,
        guards=(hotline_asks, not_rated, attempts_left, asking_time), effect=asked, tells=n.asking),
    row("T36/T38", C.RATE, S.TO_CALLBACK, {R.CITIZEN, R.CALLBACK_OFFICER}, _RATED,
        takes=RATING, guards=(hotline_asks, a_citizens_rating), effect=rated),
    row("T37", C.NO_REACH, S.TO_CALLBACK, {R.CALLBACK_OFFICER}, None, takes={"note": text},
        guards=(hotline_asks, not_rated, another_time), effect=not_reached),
    row("T37", C.LAPSE, S.TO_CALLBACK, {R.SYSTEM, R.CALLBACK_OFFICER}, S.CLOSED,
        guards=(hotline_asks, not_rated, silence_was_long), effect=lapsed),
    row("T38", C.ADD_FINDING, frozenset({S.TO_CALLBACK, S.CLOSED}), {R.REVIEWER}, None, needs={"text": words},
        guards=(was_rated,), effect=found),
)
# fmt: on

"""The asking a citizen may answer (survey): whoever asks him opens it, once for each handling; silence ends it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, update

from bot.store.tables import survey
from bot.work import Changes
from tickets.orders import Command, TicketEvent
from tickets.state import State

_ASKS = frozenset({Command.ASK, Command.FOLLOW})
_OVER = update(survey).where(survey.c.id == bindparam("which"), survey.c.state == "open").values(state="closed")
"""What was answered or lapsed already stays so."""


def survey_id(row: Mapping[str, Any]) -> str:
    """The survey of a ticket's current handling: each redo asks anew."""
    return f"{row['number']}-{row['redo_no']}"


def kept(
    changes: Changes,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    events: Sequence[TicketEvent],
    *,
    now: datetime,
) -> None:
    """Write down what ``events`` did to the survey of their ticket, whose row was ``before`` and is ``after``."""
    for event in events:
        if event.command in _ASKS:
            changes.keep(
                survey,
                id=survey_id(after),
                ticket=after["number"],
                round=after["redo_no"],
                conversation_id=after["conversation_id"],
                citizen=after["citizen"],
                asks="solved",
                state="open",
                asked_at=now,
                reasons=[],
            )
        elif event.command is Command.LAPSE:
            changes.update(survey, "id", survey_id(after), state="lapsed")
    if _ends_the_asking(before, after, events):
        over(changes, before)


def over(changes: Changes, row: Mapping[str, Any]) -> None:
    """Whatever the citizen is being asked about the ticket of ``row`` is asked no more."""
    changes.run(_OVER, which=survey_id(row))


def _ends_the_asking(before: Mapping[str, Any], after: Mapping[str, Any], events: Sequence[TicketEvent]) -> bool:
    """Whatever takes a ticket out of callback or out of its family: a late answer would be about nothing. A rating does
    not: it may leave a question open, why he is not satisfied, and what he says by another way at that moment is kept."""
    if before["state"] == State.MERGED:
        return after["state"] != State.MERGED or survey_id(after) != survey_id(before)
    rated = any(one.command is Command.RATE for one in events)
    return before["state"] == State.TO_CALLBACK != after["state"] and not rated

"""The asking a citizen may answer (survey): whoever asks him opens it, once for each handling; silence ends it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from bot.store.tables import survey
from bot.work import Changes
from tickets.orders import Command, TicketEvent

_ASKS = frozenset({Command.ASK, Command.FOLLOW})


def survey_id(row: Mapping[str, Any]) -> str:
    """The survey of a ticket's current handling: each redo asks anew."""
    return f"{row['number']}-{row['redo_no']}"


def kept(changes: Changes, row: Mapping[str, Any], events: Iterable[TicketEvent], *, now: datetime) -> None:
    """Write down what ``events`` did to the survey of their ticket, whose ``row`` is as it stands after them."""
    for event in events:
        if event.command in _ASKS:
            changes.keep(
                survey,
                id=survey_id(row),
                ticket=row["number"],
                round=row["redo_no"],
                conversation_id=row["conversation_id"],
                citizen=row["citizen"],
                asks="solved",
                state="open",
                asked_at=now,
                reasons=[],
            )
        elif event.command is Command.LAPSE:
            changes.update(survey, "id", survey_id(row), state="lapsed")

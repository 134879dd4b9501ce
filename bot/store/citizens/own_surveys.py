"""The questions a citizen has not answered yet (surveys), those of tickets he claimed too."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.manners.several import among
from bot.store.tables import survey, ticket
from dialog.view import Asks, SurveyView
from tickets.appeal import Satisfaction, Solved

_OPEN = (
    select(survey)
    # A survey whose matter is done again, or ended, is over, whoever forgot to say so; a follower is asked beside it.
    .join(ticket, ticket.c.number == survey.c.ticket)
    .where(survey.c.state == "open")
    .where(
        or_(
            and_(ticket.c.redo_no == survey.c.round, ticket.c.state.in_(("to_callback", "closed"))),
            ticket.c.state == "merged",
        )
    )
    .order_by(survey.c.asked_at)
)
_OPEN_SURVEYS = _OPEN.where(among(survey.c.citizen, "citizens"))
_SURVEYS_OF = _OPEN.where(among(survey.c.ticket, "numbers"))


async def open_surveys(
    connection: AsyncConnection, citizens: Iterable[int], claimed: Mapping[int, Sequence[str]]
) -> dict[int, list[SurveyView]]:
    """Each citizen's open surveys, of his own tickets and of those he ``claimed``, the oldest first."""
    rows = [(row.citizen, row) for row in await connection.execute(_OPEN_SURVEYS, {"citizens": sorted(set(citizens))})]
    if claimed:
        numbers = sorted({number for each in claimed.values() for number in each})
        others = {row.ticket: row for row in await connection.execute(_SURVEYS_OF, {"numbers": numbers})}
        more = [(citizen, others[one]) for citizen, each in claimed.items() for one in each if one in others]
        rows = sorted([*rows, *more], key=lambda pair: pair[1].asked_at)
    found: dict[int, dict[str, SurveyView]] = {}
    for citizen, row in rows:
        found.setdefault(citizen, {})[row.ticket] = _survey(row)
    return {citizen: [*mine.values()] for citizen, mine in found.items()}


def asked(surveys: Sequence[SurveyView], ending: str) -> SurveyView | None:
    """The one his text answers: of the ticket whose number ends so, else the oldest."""
    answered = (one for one in surveys if ending and one.number.endswith(ending))
    return next(answered, surveys[0] if surveys else None)


def _survey(row: Any) -> SurveyView:
    return SurveyView(
        number=row.ticket,
        asks=Asks(row.asks),
        solved=Solved(row.solved) if row.solved else None,
        satisfaction=Satisfaction(row.satisfaction) if row.satisfaction else None,
    )

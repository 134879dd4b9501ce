"""Calls for callback officers (回访任务): which are worth making now, who holds them, and what the lots said."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, literal_column, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.engine import Database
from bot.store.tables import assignment, callback_call, callback_stratum, conversation, survey, ticket

Row = Mapping[str, Any]
LISTED = 100
OPEN = callback_call.c.state == literal_column("'open'")
"""In the very words of the partial index."""


def worth_calling(now: datetime) -> ColumnElement[bool]:
    """The matter was not done again since, and nobody rated it. Whom the lot fell on is called in spite of his answer,
    to hear whether it was his own."""
    unrated = and_(ticket.c.state == "to_callback", ticket.c.satisfaction.is_(None))
    answered = and_(ticket.c.state.in_(("to_callback", "closed")), ticket.c.satisfaction != "unreachable")
    same_round = and_(ticket.c.number == callback_call.c.ticket, ticket.c.redo_no == callback_call.c.round)
    left = or_(unrated, and_(answered, callback_call.c.drawn))
    return and_(callback_call.c.until > now, exists().where(same_round, left).correlate(callback_call))


def _free(now: datetime, officer: str) -> ColumnElement[bool]:
    held = callback_call.c.taken_until > now
    return or_(callback_call.c.taken_until.is_(None), ~held, callback_call.c.taken_by == officer)


def _calls() -> Select[Any]:
    """Calls with what the officer needs to know before he dials."""
    return (
        select(
            callback_call, conversation.c.phone_sealed.label("phone"), ticket.c.title, ticket.c.lead_unit, ticket.c.public_reply,
            ticket.c.reviewed_at, ticket.c.respondent_unit,
        )
        .join(ticket, ticket.c.number == callback_call.c.ticket)
        .join(conversation, conversation.c.id == callback_call.c.conversation_id)
        .where(OPEN)
    )  # fmt: skip


async def waiting_calls(database: Database, *, officer: str, unit: str = "", now: datetime) -> list[Row]:
    """Calls to make now: the officer's own first, then the longest waiting; none about his own ``unit``."""
    due = _calls().where(callback_call.c.not_before <= now, worth_calling(now), _free(now, officer))
    if unit:
        involved = exists().where(assignment.c.ticket == callback_call.c.ticket, assignment.c.unit == unit)
        due = due.where(~involved, ticket.c.respondent_unit != unit)
    mine = and_(callback_call.c.taken_by == officer, callback_call.c.taken_until > now)
    due = due.order_by(func.coalesce(mine, False).desc(), callback_call.c.not_before, callback_call.c.id)
    async with database.read() as connection:
        return [dict(row) for row in (await connection.execute(due.limit(LISTED))).mappings()]


async def one_call(connection: AsyncConnection, call_id: str) -> Row | None:
    """One call nobody settled yet."""
    found = (await connection.execute(_calls().where(callback_call.c.id == call_id))).mappings().one_or_none()
    return dict(found) if found else None


async def take(connection: AsyncConnection, call_id: str, *, officer: str, until: datetime, now: datetime) -> bool:
    """Hold a call for ``officer``; False when another holds it, or it is not to be made now."""
    mine = (callback_call.c.id == call_id, OPEN, callback_call.c.not_before <= now)
    held = update(callback_call).where(*mine, worth_calling(now), _free(now, officer))
    return (await connection.execute(held.values(taken_by=officer, taken_until=until))).rowcount == 1


async def strata(database: Database, month: str) -> list[Row]:
    """The seeds and counts of a month, unit by unit."""
    statement = select(callback_stratum).where(callback_stratum.c.month == month).order_by(callback_stratum.c.unit)
    async with database.read() as connection:
        return [dict(row) for row in (await connection.execute(statement)).mappings()]


async def lots(database: Database, month: str, unit: str) -> list[Row]:
    """Every lot drawn for a unit's month, in its order, with the policy that set the share."""
    statement = (
        select(survey.c.ticket, survey.c.place, survey.c.drawn, ticket.c.policy)
        .join(ticket, ticket.c.number == survey.c.ticket)
        .where(survey.c.month == month, survey.c.unit == unit)
        .order_by(survey.c.place)
    )
    async with database.read() as connection:
        return [dict(row) for row in (await connection.execute(statement)).mappings()]

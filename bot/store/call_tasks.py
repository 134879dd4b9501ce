"""Calls to make (回电任务): results no message could carry, calls that were promised, and callers who waited in vain."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.engine import Database
from bot.store.tables import call_task, conversation, ticket

Row = Mapping[str, Any]
LISTED = 100
MISSED = "missed_call"
"""The reason of a task for a caller who waited in vain (未接回呼)."""
SERVED = "市民再次来电，已接听"
_OPEN = call_task.c.done_at.is_(None)
_earlier = call_task.alias("earlier")


def key_of(call: int) -> str:
    """The task of one call that was missed: there is never a second."""
    return f"call:{call}"


def _tasks() -> Select[Any]:
    """Open tasks with the citizen's number. Who called several times in vain is called once, for his first call."""
    missed_before = exists().where(
        _earlier.c.conversation_id == call_task.c.conversation_id,
        _earlier.c.done_at.is_(None),
        _earlier.c.reason == MISSED,
        or_(_earlier.c.created_at < call_task.c.created_at, _is_before()),
    )
    again = (
        select(func.count())
        .select_from(_earlier)
        .where(
            _earlier.c.conversation_id == call_task.c.conversation_id,
            _earlier.c.done_at.is_(None),
            _earlier.c.reason == MISSED,
        )
        .correlate(call_task)
        .scalar_subquery()
    )
    return (
        select(call_task, conversation.c.phone_sealed.label("phone"), again.label("missed"), ticket.c.confidential)
        .join(conversation, conversation.c.id == call_task.c.conversation_id)
        .outerjoin(ticket, ticket.c.number == call_task.c.ticket)
        .where(_OPEN, or_(call_task.c.reason != MISSED, ~missed_before))
    )


def _is_before() -> ColumnElement[bool]:
    return and_(_earlier.c.created_at == call_task.c.created_at, _earlier.c.id < call_task.c.id)


def _free(officer: str, now: datetime) -> ColumnElement[bool]:
    held = call_task.c.taken_until > now
    return or_(call_task.c.taken_until.is_(None), ~held, call_task.c.taken_by == officer)


def _due(now: datetime) -> ColumnElement[bool]:
    return or_(call_task.c.not_before.is_(None), call_task.c.not_before <= now)


async def waiting(database: Database, *, officer: str, now: datetime) -> list[Row]:
    """Calls to make now: the officer's own first, then those that were promised by their hour, then the oldest."""
    mine = and_(call_task.c.taken_by == officer, call_task.c.taken_until > now)
    order = func.coalesce(mine, False).desc(), call_task.c.due_at.is_(None), call_task.c.due_at, call_task.c.id
    due = _tasks().where(_due(now), _free(officer, now)).order_by(*order).limit(LISTED)
    async with database.read() as connection:
        return [dict(row) for row in (await connection.execute(due)).mappings()]


async def one(connection: AsyncConnection, task: int) -> Row | None:
    """One open task."""
    found = (await connection.execute(_tasks().where(call_task.c.id == task))).mappings().one_or_none()
    return dict(found) if found else None


async def take(connection: AsyncConnection, task: int, *, officer: str, until: datetime, now: datetime) -> bool:
    """Hold a task; False when another holds it, or it is not to be made now."""
    mine = call_task.c.id == task, _OPEN, _due(now), _free(officer, now)
    held = update(call_task).where(*mine).values(taken_by=officer, taken_until=until)
    return (await connection.execute(held)).rowcount == 1


async def change(connection: AsyncConnection, row: Row, **columns: Any) -> None:
    """Change a task; of a caller who waited in vain several times, all of them."""
    which: tuple[ColumnElement[bool], ...] = (call_task.c.id == row["id"],)
    if row["reason"] == MISSED:
        which = call_task.c.conversation_id == row["conversation_id"], call_task.c.reason == MISSED
    await connection.execute(update(call_task).where(*which, _OPEN).values(**columns))


async def serve(connection: AsyncConnection, conversation_id: int, call: int, *, at: datetime) -> None:
    """A citizen's call was answered: nobody owes him one for those he made in vain before, nor for this one."""
    his = call_task.c.conversation_id == conversation_id, call_task.c.reason == MISSED, _OPEN
    over = or_(call_task.c.created_at <= at, call_task.c.key == key_of(call))
    await connection.execute(update(call_task).where(*his, over).values(done_at=at, result=SERVED))

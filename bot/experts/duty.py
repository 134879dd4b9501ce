"""Which experts answer for which unit: an officer says so at his desk, and is on duty while his page is open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select

from bot.store.engine import Database
from bot.store.tables import expert_duty, three_way
from bot.store.tables.three_way import UNDER_WAY


async def stand_by(database: Database, name: str, unit: str, *, now: datetime) -> None:
    """He answers for this unit from now on, "" for none any more."""
    async with database.begin() as connection:
        await connection.execute(delete(expert_duty).where(expert_duty.c.name == name))
        if unit:
            await connection.execute(insert(expert_duty), {"name": name, "unit": unit, "since": now})


async def unit_of(database: Database, name: str) -> str:
    """The unit he answers for, "" for none."""
    async with database.read() as connection:
        return await connection.scalar(select(expert_duty.c.unit).where(expert_duty.c.name == name)) or ""


async def sessions_of(database: Database, unit: str) -> Sequence[Mapping[str, Any]]:
    """The unit's sessions under way, those that wait first."""
    mine = select(three_way).where(three_way.c.unit == unit, UNDER_WAY)
    async with database.read() as connection:
        rows = await connection.execute(mine.order_by(three_way.c.joined_at.is_not(None), three_way.c.id))
        return [dict(row) for row in rows.mappings()]


async def session(database: Database, session_id: int) -> Mapping[str, Any] | None:
    """One session, under way or over."""
    async with database.read() as connection:
        row = (await connection.execute(select(three_way).where(three_way.c.id == session_id))).mappings().one_or_none()
        return dict(row) if row is not None else None


async def session_in(database: Database, conversation_id: int) -> Mapping[str, Any] | None:
    """The session under way in a conversation."""
    mine = select(three_way).where(three_way.c.conversation_id == conversation_id, UNDER_WAY)
    async with database.read() as connection:
        row = (await connection.execute(mine)).mappings().one_or_none()
        return dict(row) if row is not None else None

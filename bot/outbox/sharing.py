"""How many processes send just now: each says so every few seconds, so that together they keep to a provider's pace."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables import sender
from bot.work import insert_or_keep

SAID_EVERY = timedelta(seconds=5)
"""How often a process says that it sends. One that has just come is not counted by the others for as long."""
LOST = timedelta(seconds=20)
"""Who has said nothing for so long sends no more."""


async def sending(connection: AsyncConnection, owner: str, *, now: datetime) -> int:
    """Say that ``owner`` sends; returns how many do, ``owner`` among them. Those who are lost are forgotten."""
    await connection.execute(insert_or_keep(connection, sender), {"owner": owner, "seen_at": now})
    await connection.execute(update(sender).where(sender.c.owner == owner).values(seen_at=now))
    await connection.execute(delete(sender).where(sender.c.seen_at < now - LOST))
    return (await connection.execute(select(func.count()).select_from(sender))).scalar_one()


async def gone(connection: AsyncConnection, owner: str) -> None:
    """``owner`` sends no more."""
    await connection.execute(delete(sender).where(sender.c.owner == owner))

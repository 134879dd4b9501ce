"""Thinks again about messages that got stuck, once the fault is mended; their citizens get the answer they waited for."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from bot.batch import replay_one
from bot.services import Services
from bot.store.tables import message


async def replay(services: Services, ids: Sequence[int] = ()) -> tuple[int, int]:
    """Replay these stuck messages (all of them without ids), oldest first. Returns (done, still stuck)."""
    statement = select(message.c.id).where(message.c.state == "stuck").order_by(message.c.id)
    if ids:
        statement = statement.where(message.c.id.in_(ids))
    async with services.database.read() as connection:
        found = list(await connection.scalars(statement))
    done = 0
    for one in found:
        done += await replay_one(services.hub.batching, services.database, one, now=services.now())
    return done, len(found) - done

"""Three-way chats by the clock: an invitation nobody took ends, an answer that was given becomes a draft."""

from __future__ import annotations

import contextlib

from sqlalchemy import select

from bot.experts.sessions import NoSuchSession, ThreeWay
from bot.store.tables import three_way
from bot.store.tables.three_way import UNDER_WAY

AT_ONCE = 100


async def end_waits(sessions: ThreeWay) -> int:
    """Nobody joined in the policy's time. Returns how many were due."""
    waited = three_way.c.joined_at.is_(None), three_way.c.wait_until <= sessions.conversing.now()
    due = select(three_way.c.id).where(UNDER_WAY, *waited).order_by(three_way.c.wait_until).limit(AT_ONCE)
    async with sessions.conversing.database.read() as connection:
        found = (await connection.scalars(due)).all()
    for session in found:
        with contextlib.suppress(NoSuchSession):  # somebody was faster
            await sessions.lapse(session)
    return len(found)

"""Looks who is at the desks and who waits, every few seconds, so that no message has to."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select

from bot.journey.batching import Duty
from bot.metrics import Metrics
from bot.store.engine import Database
from bot.store.tables import conversation, expert_duty, officer_seen, outbox
from bot.store.tables.talk import OPEN_OUTBOX, UNSENT_OUTBOX

ON_DUTY = timedelta(seconds=45)
"""An agent whose page has not asked for news for so long has left."""


async def look(database: Database, duty: Duty, metrics: Metrics, *, now: datetime) -> None:
    """Refresh ``duty`` and the gauges of what waits."""
    async with database.read() as connection:
        duty.waiting = await connection.scalar(select(func.count()).where(conversation.c.owner == "queue")) or 0
        experts = select(expert_duty.c.name)
        here = officer_seen.c.seen_at > now - ON_DUTY, officer_seen.c.name.not_in(experts)
        seen = select(func.count()).select_from(officer_seen).where(*here)
        duty.agents = await connection.scalar(seen) or 0
        standing = select(expert_duty.c.unit).join(officer_seen, officer_seen.c.name == expert_duty.c.name)
        units = await connection.scalars(standing.where(officer_seen.c.seen_at > now - ON_DUTY).distinct())
        duty.experts = frozenset(units)
        counted = dict.fromkeys(("queued", "leased", "offered", "held", "dead"), 0)
        for which in (OPEN_OUTBOX, UNSENT_OUTBOX):  # each has its index; together they would read the whole outbox
            grouped = select(outbox.c.state, func.count()).where(which).group_by(outbox.c.state)
            counted.update({state: count for state, count in await connection.execute(grouped)})
    metrics.waiting(duty.waiting)
    for state, count in counted.items():
        metrics.outbox(state, count)

"""Dissatisfied citizens whose matter waits for a reviewer (不满意研判), with everything they said and what was found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, literal_column, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import paper_rows
from bot.store.engine import Database
from bot.store.tables import ticket

LISTED = 50
# In the very words of the partial index.
_STATE = ticket.c.state == literal_column("'to_callback'")
_UNHAPPY = or_(
    *(ticket.c[name] == literal_column("'dissatisfied'") for name in ("satisfaction", "changed_satisfaction"))
)


async def waiting_triage(database: Database) -> list[Mapping[str, Any]]:
    """The longest waiting first, with their papers but for what is sealed."""
    statement = select(ticket).where(_STATE, _UNHAPPY).order_by(ticket.c.reviewed_at).limit(LISTED)
    async with database.read() as connection:
        rows = {row["number"]: dict(row) for row in (await connection.execute(statement)).mappings()}
        await paper_rows.load(connection, rows)
    return [row | {"referrals": ()} for row in rows.values()]


async def count_triage(connection: AsyncConnection) -> int:
    """How many wait."""
    counted = select(func.count()).select_from(ticket).where(_STATE, _UNHAPPY)
    return await connection.scalar(counted) or 0

"""Supervisions (督办) that are under way, across all tickets, as supervisors read them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from bot.store.engine import Database
from bot.store.tables import supervision, ticket
from bot.store.tables.papers import UNDER_WAY
from tickets.papers.supervision import NEXT, Level

LISTED = 200


async def under_way(database: Database, *, unit: str = "") -> list[Mapping[str, Any]]:
    """Those somebody still owes something for, the soonest due first; at most 200. ``proposes`` is the grade a person
    should think about, where the answer is late; "" for none."""
    # By themselves first: their own index finds them, however many tickets there are.
    mine = select(supervision).where(UNDER_WAY)
    if unit:
        mine = mine.where(supervision.c.unit == unit)
    found = mine.order_by(supervision.c.answer_by).limit(LISTED).subquery()
    statement = (
        select(found, ticket.c.category, ticket.c.urgency, ticket.c.state.label("ticket_state"))
        .join(ticket, ticket.c.number == found.c.ticket)
        .order_by(found.c.answer_by)
    )
    async with database.read() as connection:
        rows = [dict(row) for row in (await connection.execute(statement)).mappings()]
    return [row | {"proposes": NEXT.get(Level(row["level"]), "") if row["overdue"] else ""} for row in rows]


def late() -> Any:
    """How many of them are answered too late."""
    mine = select(supervision.c.overdue).where(UNDER_WAY).subquery()
    return select(func.count()).select_from(mine).where(mine.c.overdue)

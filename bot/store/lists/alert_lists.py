"""Alerts (单位提醒) as officers read them: listed by unit and post, seen once, counted no further than anybody reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select, update

from bot.store.engine import Database
from bot.store.tables import alert
from bot.store.tables.watching import UNSEEN

Row = Mapping[str, Any]
LISTED = 200
COUNTED = 100
"""More than this is not counted: nobody needs to know how many more, and counting them would cost."""


def unseen() -> Select[Any]:
    """How many alerts nobody has seen, at most ``COUNTED``."""
    some = select(alert.c.id).where(UNSEEN).limit(COUNTED).subquery()
    return select(func.count()).select_from(some)


async def listed(database: Database, *, unit: str = "", post: str = "") -> list[Row]:
    """Those nobody has seen, the latest first; at most 200."""
    statement = select(alert).where(UNSEEN)
    if unit:
        statement = statement.where(alert.c.unit == unit)
    if post:
        statement = statement.where(alert.c.post == post)
    return await _all(database, statement.order_by(alert.c.id.desc()).limit(LISTED))


async def of_ticket(database: Database, number: str) -> list[Row]:
    """Every alert of one ticket, the latest first."""
    return await _all(database, select(alert).where(alert.c.ticket == number).order_by(alert.c.id.desc()))


async def seen(database: Database, ids: Sequence[int], *, officer: str, now: datetime, unit: str = "") -> int:
    """An officer has seen these, of ``unit`` where one is named; the first one counts. Returns for how many he was the
    first."""
    mine = update(alert).where(alert.c.id.in_(ids), alert.c.seen_at.is_(None))
    if unit:
        mine = mine.where(alert.c.unit == unit)
    async with database.begin() as connection:
        return (await connection.execute(mine.values(seen_at=now, seen_by=officer))).rowcount


async def _all(database: Database, statement: Select[Any]) -> list[Row]:
    async with database.read() as connection:
        return [dict(row) for row in (await connection.execute(statement)).mappings()]

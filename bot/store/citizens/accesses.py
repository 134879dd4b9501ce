"""The record of who did what with citizens' data: logins, reveals, reads, exports, erasures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.engine import Database
from bot.store.tables import access_entry
from tickets.scrub import scrub

LISTED = 200


async def note(
    connection: AsyncConnection, deed: str, *, account: str, unit: str = "", now: datetime, text: str = "", **of: Any
) -> None:
    """Write a deed down. ``of`` names the ticket, conversation or reveal; whatever is personal is taken out of ``text``."""
    row = {"at": now, "account": account, "unit": unit, "deed": deed, "note": scrub(text)}
    await connection.execute(access_entry.insert().values(**row, **of))


async def entries(
    database: Database, *, account: str = "", ticket: str = "", deed: str = ""
) -> Sequence[Mapping[Any, Any]]:
    """The latest first, of one officer, one ticket or one kind where given; at most 200."""
    wanted = {"account": account, "ticket": ticket, "deed": deed}
    chosen = [access_entry.c[name] == value for name, value in wanted.items() if value]
    statement = select(access_entry).where(*chosen).order_by(access_entry.c.id.desc()).limit(LISTED)
    async with database.read() as connection:
        return (await connection.execute(statement)).mappings().all()


async def count(connection: AsyncConnection, account: str, deed: str, *, since: datetime) -> int:
    """How often an officer did this since then."""
    his = (access_entry.c.account == account, access_entry.c.at > since, access_entry.c.deed == deed)
    return await connection.scalar(select(func.count()).select_from(access_entry).where(*his)) or 0

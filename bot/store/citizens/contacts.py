"""How a citizen can be reached: what is shown only while a reveal runs, and who saw it, for himself to read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.accounts import Accounts
from bot.store.engine import Database
from bot.store.manners.several import among
from bot.store.tables import conversation, reveal
from dialog.view import SeenView
from tickets.state import Role

SHOWN = 10
_OF_CITIZENS = (
    select(reveal.c.citizen, reveal.c.role, reveal.c.unit, reveal.c.purpose, reveal.c.asked_at, reveal.c.second_at)
    .where(among(reveal.c.citizen, "citizens"), reveal.c.until.is_not(None))
    .order_by(reveal.c.id.desc())
)


async def numbers(database: Database, citizen: int, accounts: Accounts) -> list[str]:
    """His verified phones, and the numbers he writes from."""
    statement = select(conversation).where(conversation.c.citizen == citizen).order_by(conversation.c.id)
    async with database.read() as connection:
        rows = (await connection.execute(statement)).mappings().all()
    found = [number for row in rows for number in (row["phone_sealed"], _own(row, accounts)) if number]
    return list(dict.fromkeys(found))


def _own(row: Mapping[Any, Any], accounts: Accounts) -> str:
    account = accounts.get(row["channel"], row["account"])
    return (row["peer_sealed"] or "") if account and account.capabilities.phone_addressed else ""


async def looks(
    connection: AsyncConnection, citizens: Iterable[int], *, units: Mapping[str, str]
) -> dict[int, tuple[SeenView, ...]]:
    """Who saw each citizen's data, the latest first: when, in which role, of which unit, for what; never by name."""
    found: dict[int, list[SeenView]] = {}
    for row in await connection.execute(_OF_CITIZENS, {"citizens": sorted(set(citizens))}):
        mine = found.setdefault(row.citizen, [])
        if len(mine) < SHOWN:
            at = row.second_at or row.asked_at
            mine.append(SeenView(at, Role(row.role), units.get(row.unit, row.unit), row.purpose))
    return {citizen: tuple(mine) for citizen, mine in found.items()}

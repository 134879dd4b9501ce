"""Posters with a code to scan (带参数二维码): whose district's each is, and how many citizens and tickets it brought."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables import poster
from dialog.view import PosterView

Key = tuple[str, str, str]
"""(channel, account, scene)"""
_KEY = (poster.c.channel, poster.c.account, poster.c.scene)


@dataclass(frozen=True, slots=True, kw_only=True)
class Poster:
    """One code and where it hangs: for ``district`` ("" the whole city), at ``place``; None ``ends_at`` for ever."""

    channel: str
    account: str
    scene: str
    district: str
    place: str
    url: str
    created_at: datetime
    ends_at: datetime | None = None
    scans: int = 0
    follows: int = 0
    tickets: int = 0


async def add(connection: AsyncConnection, one: Poster) -> None:
    """A new one; its scene is nobody else's."""
    await connection.execute(insert(poster).values(asdict(one)))


async def listed(connection: AsyncConnection) -> list[Poster]:
    """All, the oldest first."""
    columns = [poster.c[name] for name in Poster.__dataclass_fields__]
    rows = await connection.execute(select(*columns).order_by(poster.c.id))
    return [Poster(**row) for row in rows.mappings()]


async def known(connection: AsyncConnection, keys: Collection[Key]) -> dict[Key, PosterView]:
    """Those of these codes that are ours."""
    statement = select(*_KEY, poster.c.district).where(tuple_(*_KEY).in_(sorted(keys)))
    return {(row[0], row[1], row[2]): PosterView(row[2], row[3]) for row in await connection.execute(statement)}


async def count(connection: AsyncConnection, brought: Mapping[tuple[Key, str], int]) -> None:
    """Add what codes brought, by column ("scans", "follows", "tickets"); in one order, so that two batches wait for
    each other instead of crossing."""
    for (key, column), more in sorted(brought.items()):
        same: list[Any] = [mine == value for mine, value in zip(_KEY, key, strict=True)]
        await connection.execute(
            update(poster).where(*same).values({column: poster.c[column] + bindparam("more")}), {"more": more}
        )

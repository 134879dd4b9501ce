"""Officers' accounts and sessions as rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables import officer, officer_session
from bot.work import insert_or_keep
from tickets.privacy.access import Officer
from tickets.state import Role

Row = Mapping[Any, Any]


def read_officer(row: Row) -> Officer:
    """A row as the officer it is."""
    return Officer(row["account"], row["name"], frozenset(map(Role, row["roles"])), row["unit"])


async def add(connection: AsyncConnection, one: Officer, *, hash: str, now: datetime) -> bool:
    """A new account; False where there is one of this name."""
    row = {
        "account": one.account,
        "name": one.name,
        "roles": sorted(one.roles),
        "unit": one.unit,
        "hash": hash,
        "created_at": now,
    }
    return bool((await connection.execute(insert_or_keep(connection, officer), row)).rowcount)


async def change(connection: AsyncConnection, account: str, **columns: Any) -> bool:
    """Change an account; False for an unknown one."""
    done = await connection.execute(update(officer).where(officer.c.account == account).values(**columns))
    return bool(done.rowcount)


async def all_of_them(connection: AsyncConnection) -> Sequence[Row]:
    """Every account, by name."""
    return (await connection.execute(select(officer).order_by(officer.c.account))).mappings().all()


async def account(connection: AsyncConnection, name: str) -> Row | None:
    """One account."""
    return (await connection.execute(select(officer).where(officer.c.account == name))).mappings().one_or_none()


async def anybody(connection: AsyncConnection) -> bool:
    """Whether there is any account."""
    return bool(await connection.scalar(select(func.count()).select_from(officer)))


async def open_session(connection: AsyncConnection, id: str, name: str, *, now: datetime) -> None:
    """Somebody logged in."""
    await connection.execute(officer_session.insert().values(id=id, account=name, started_at=now, seen_at=now))


async def session(connection: AsyncConnection, id: str) -> Row | None:
    """The officer of a running session with its ``started_at`` and ``seen_at``, of accounts that are not disabled."""
    running = (officer_session.c.id == id, officer_session.c.ended_at.is_(None), officer.c.disabled_at.is_(None))
    found = (
        select(officer, officer_session.c.started_at, officer_session.c.seen_at)
        .join(officer, officer.c.account == officer_session.c.account)
        .where(*running)
    )
    return (await connection.execute(found)).mappings().one_or_none()


async def touch(connection: AsyncConnection, id: str, *, now: datetime) -> None:
    """He is still here."""
    await connection.execute(update(officer_session).where(officer_session.c.id == id).values(seen_at=now))


async def end(connection: AsyncConnection, *, id: str = "", name: str = "", now: datetime) -> None:
    """End one session, or all of an account."""
    which = officer_session.c.id == id if id else officer_session.c.account == name
    await connection.execute(
        update(officer_session).where(which, officer_session.c.ended_at.is_(None)).values(ended_at=now)
    )

"""The leases and cursors of polled accounts: one holder at a time, and a cursor that never runs ahead of its messages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables import poll
from bot.work import insert_or_keep
from channels.message import Inbound

LEASE = timedelta(seconds=60)
"""A holder that does not renew for so long is taken for dead."""


@dataclass(frozen=True, slots=True)
class Lease:
    """One process's hold on one account, and the cursor as it found it."""

    channel: str
    account: str
    owner: str
    cursor: str = field(default="", repr=False)


async def acquire(
    connection: AsyncConnection, channel: str, account: str, *, owner: str, now: datetime
) -> Lease | None:
    """The lease, or None while another process holds it. A lease that ends later than any may (a clock was set back)
    counts as ended."""
    row = {"channel": channel, "account": account, "changed_at": now}
    await connection.execute(insert_or_keep(connection, poll), row)
    free = or_(
        poll.c.owner.in_(["", owner]),
        poll.c.lease_until.is_(None),
        poll.c.lease_until <= now,
        poll.c.lease_until > now + 2 * LEASE,
    )
    statement = update(poll).where(_of(channel, account), free).values(owner=owner, lease_until=now + LEASE)
    if not (await connection.execute(statement)).rowcount:
        return None
    cursor = await connection.scalar(select(poll.c.cursor).where(_of(channel, account)))
    return Lease(channel, account, owner, cursor or "")


async def renew(connection: AsyncConnection, lease: Lease, *, now: datetime) -> bool:
    """Hold it longer; False where it was lost."""
    mine = and_(_of(lease.channel, lease.account), poll.c.owner == lease.owner)
    return bool((await connection.execute(update(poll).where(mine).values(lease_until=now + LEASE))).rowcount)


async def release(connection: AsyncConnection, lease: Lease) -> None:
    """Give it back at once: the next process need not wait for its end."""
    mine = and_(_of(lease.channel, lease.account), poll.c.owner == lease.owner)
    await connection.execute(update(poll).where(mine).values(owner="", lease_until=None))


async def note(connection: AsyncConnection, lease: Lease, error: str, *, now: datetime) -> None:
    """What last went wrong, "" once it works again."""
    which = _of(lease.channel, lease.account)
    await connection.execute(update(poll).where(which).values(error=error[:64], changed_at=now))


async def advance(connection: AsyncConnection, messages: Sequence[Inbound], *, now: datetime) -> None:
    """Write the cursors that stand behind these messages; the caller's transaction holds the messages themselves."""
    for one in messages:
        if one.cursor:
            await move(connection, one.address.channel, one.address.account, one.cursor, now=now)


async def move(connection: AsyncConnection, channel: str, account: str, cursor: str, *, now: datetime) -> None:
    """Write one cursor. A holder that lost its lease may still write: what it points behind is stored, and what the
    next holder reads again is recognised."""
    await connection.execute(update(poll).where(_of(channel, account)).values(cursor=cursor, error="", changed_at=now))


def _of(channel: str, account: str) -> ColumnElement[bool]:
    return and_(poll.c.channel == channel, poll.c.account == account)

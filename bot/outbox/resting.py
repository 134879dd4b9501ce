"""Accounts at rest: the provider is away, asked for patience or refused our credentials; what is queued waits, untried."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.engine import Database
from bot.store.tables import account_state, outbox
from bot.work import insert_or_keep

Key = tuple[str, str]
"""(channel, account)"""

SAME_REST = timedelta(minutes=2)
"""A pause this soon after the last, for the same reason, goes on with it: a send may take a while to find nobody there."""
LONG_REST = timedelta(minutes=10)
"""An account that has rested so long, pause after pause, is worth an operator's look."""
BRIEF = timedelta(minutes=1)
"""A shorter rest is the daily pace of a provider, and nothing to tell anybody."""


@dataclass(frozen=True, slots=True)
class Rest:
    """``reason``: the provider's code, or the class of the error; ``queued``: the messages that wait."""

    channel: str
    account: str
    since: datetime
    until: datetime
    reason: str
    queued: int


async def rest(connection: AsyncConnection, key: Key, *, until: datetime, reason: str, now: datetime) -> bool:
    """Let an account rest; a rest that follows another for the same reason is the same rest. True when it has become a
    long one just now."""
    channel, account = key
    fresh = {"channel": channel, "account": account, "paused_until": None, "reason": "", "changed_at": now}
    await connection.execute(insert_or_keep(connection, account_state), fresh)
    mine = account_state.c.channel == channel, account_state.c.account == account
    rested = (await connection.execute(select(account_state).where(*mine).with_for_update())).one()
    before = rested.paused_until
    goes_on = before is not None and rested.reason == reason and now - before < SAME_REST
    since = rested.changed_at if goes_on else now
    until = max(until, before or until)
    row = {"paused_until": until, "reason": reason, "changed_at": since}
    await connection.execute(update(account_state).where(*mine).values(row))
    return bool(goes_on and before < since + LONG_REST <= until)


async def resting(connection: AsyncConnection, *, now: datetime) -> set[Key]:
    """The accounts nothing is sent for at ``now``."""
    statement = select(account_state.c.channel, account_state.c.account).where(account_state.c.paused_until > now)
    return {(channel, account) for channel, account in await connection.execute(statement)}


async def rests(database: Database, *, now: datetime) -> Sequence[Rest]:
    """The accounts at rest at ``now`` and for more than a moment, with what waits for them."""
    state = account_state.c
    waits = (
        select(func.count())
        .where(outbox.c.channel == state.channel, outbox.c.account == state.account, outbox.c.state == "queued")
        .scalar_subquery()
    )
    statement = (
        select(state.channel, state.account, state.changed_at, state.paused_until, state.reason, waits)
        .where(state.paused_until > now)
        .order_by(state.channel, state.account)
    )
    async with database.read() as connection:
        found = [Rest(*row) for row in await connection.execute(statement)]
    return [one for one in found if max(now - one.since, one.until - now) >= BRIEF]

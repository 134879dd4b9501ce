"""Calls the devices of citizens who are away when something waits for them: once, until they have seen it.

A telling arms a row in its own transaction; here the row is leased, the gateway called, and the end written down. What
the device said it has meanwhile is not called for; notices wait for the end of the quiet hours.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.accounts import Accounts
from bot.logs import logger
from bot.outbox.priority import Priority
from bot.store import pushes
from bot.store.engine import Database
from bot.store.pushes import Call, Waiting
from channels.account import Pushable
from channels.errors import Never, SendError

log = logger(__name__)

EVERY = timedelta(seconds=2)
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360))
"""Before the second, third, … try (protocols.md §6.2); after the last one nobody is called until the next message."""
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def ulid(now: datetime) -> str:
    """A name that sorts by time: 26 letters, 48 bits of milliseconds and 80 of chance."""
    value = int(now.timestamp() * 1000) << 80 | secrets.randbits(80)
    return "".join(_LETTERS[value >> shift & 31] for shift in range(125, -1, -5))


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushing:
    """One per process; a row is leased, so that any number of processes may look."""

    database: Database = field(repr=False)
    accounts: Accounts = field(repr=False)
    awake: Callable[[datetime], datetime] = field(repr=False)
    """The moment itself, or the end of the quiet hours it falls into."""
    now: Callable[[], datetime] = field(repr=False)

    async def send(self) -> int:
        """Make every call that is due. Returns how many the gateways took."""
        if not any(account.pushable for account in self.accounts):
            return 0
        now = self.now()
        async with self.database.read() as connection:
            found = await pushes.due(connection, most=self._gravest(now), now=now)
        if not found:
            return 0
        async with self.database.begin() as connection:
            leased = await self._lease(connection, found, now)
        ends = await asyncio.gather(*(self._call(one, delivery) for one, delivery in leased))
        async with self.database.begin() as connection:
            return await self._settle(connection, leased, ends)

    def _gravest(self, now: datetime) -> Priority:
        return Priority.PERSON if self.awake(now) > now else Priority.MASS

    async def _lease(self, connection: AsyncConnection, found: Sequence[Waiting], now: datetime) -> list[Call]:
        wanted = [one for one in found if one.missed and self._pushable(one)]
        if needless := [one for one in found if not one.missed]:
            await pushes.drop(connection, needless)
        for one in found:
            if self._pushable(one) is None:  # The account, or its gateway, is no longer configured.
                await pushes.forget(connection, one, one.delivery)
        return await pushes.lease(connection, [(one, one.delivery or ulid(now)) for one in wanted], now=now)

    def _pushable(self, one: Waiting) -> Pushable | None:
        account = self.accounts.get(one.address.channel, one.address.account)
        return account.pushable if account else None

    async def _call(self, one: Waiting, delivery: str) -> SendError | None:
        adapter = self._pushable(one)
        assert adapter is not None
        try:
            await adapter.push(one.address, delivery=delivery)
        except SendError as error:
            log.warning(
                "a push was not taken",
                action="push.failed",
                channel=one.address.channel,
                account=one.address.account,
                error=type(error).__name__,
                code=error.code,
                attempt=one.attempts + 1,
            )
            return error
        return None

    async def _settle(
        self, connection: AsyncConnection, leased: Sequence[Call], ends: Sequence[SendError | None]
    ) -> int:
        now, taken = self.now(), 0
        for (one, delivery), error in zip(leased, ends, strict=True):
            if error is None:
                await pushes.settle(connection, one, delivery, again=None)
                taken += 1
            elif isinstance(error, Never) or one.attempts >= len(WAITS):
                await pushes.forget(connection, one, delivery)
            else:
                await pushes.settle(connection, one, delivery, again=now + WAITS[one.attempts])
        return taken

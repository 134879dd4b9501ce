"""Sends what is in the outbox: leases, sends at the provider's pace, settles; one per process, any number together."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable
from datetime import datetime
from random import Random
from time import monotonic

from sqlalchemy import select

from bot.accounts import Account, Accounts
from bot.logs import logger
from bot.metrics import Metrics
from bot.outbox.bucket import TokenBucket
from bot.outbox.lease import Leased, lease, recover
from bot.outbox.settle import Outcome, settle
from bot.store.engine import Database
from bot.store.tables import account_state, outbox
from channels.errors import Unknown
from channels.fit import fit
from channels.message import Outbound

log = logger(__name__)

IN_FLIGHT = 64
POLL = 1.0
RECOVER_EVERY = 15.0
LONGEST_SEND = 60.0


class Worker:
    """``run`` until ``stop``; ``wake`` says that something new may be queued."""

    def __init__(
        self, database: Database, accounts: Accounts, *, now: Callable[[], datetime], metrics: Metrics
    ) -> None:
        self._database = database
        self._accounts = accounts
        self._now = now
        self._metrics = metrics
        self._owner = f"{socket.gethostname()}:{os.getpid()}"
        self._buckets = {(one.channel.name, one.name): TokenBucket(one.capabilities.rate) for one in accounts}
        # Spread of retries, nothing secret.
        self._rng = Random()  # noqa: S311
        self._stirred = asyncio.Event()
        self._sending: set[asyncio.Task[None]] = set()
        self._done: list[Outcome] = []
        self._recovered = -RECOVER_EVERY
        self._stopping = False
        self._turned = monotonic()

    @property
    def alive(self) -> bool:
        """Whether the loop has turned lately."""
        return monotonic() - self._turned < LONGEST_SEND

    def wake(self) -> None:
        """Something may be queued."""
        self._stirred.set()

    async def run(self) -> None:
        """Work until :meth:`stop`; a database that is away is waited for."""
        while not self._stopping:
            self._turned = monotonic()
            try:
                busy = await self.once()
            except Exception as error:
                log.error("outbox turn failed", action="outbox.failed", error=type(error).__name__)
                await asyncio.sleep(POLL)
                continue
            if not busy:
                await self._rest()

    async def stop(self) -> None:
        """Lease nothing more, wait for what is on its way, and write it down."""
        self._stopping = True
        self.wake()
        if self._sending:
            await asyncio.wait(self._sending, timeout=LONGEST_SEND)
        try:
            await self._settle()
        except Exception as error:
            log.error("outbox not settled", action="outbox.failed", error=type(error).__name__)

    async def once(self) -> bool:
        """One turn: settle what is done, lease what may go, start it. True when there was anything to do."""
        self._stirred.clear()
        settled = await self._settle()
        if monotonic() - self._recovered >= RECOVER_EVERY:
            self._recovered = monotonic()
            async with self._database.begin() as connection:
                await recover(connection, list(self._accounts), now=self._now())
        leased = await self._lease()
        for one, account in leased:
            task = asyncio.create_task(self._send(one, account))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)
        return bool(settled or leased)

    async def _rest(self) -> None:
        waits = [bucket.wait(monotonic()) for bucket in self._buckets.values()]
        pause = min([POLL, *(wait for wait in waits if wait > 0)])
        try:
            async with asyncio.timeout(pause):
                await self._stirred.wait()
        except TimeoutError:
            return

    async def _lease(self) -> list[tuple[Leased, Account]]:
        leased: list[tuple[Leased, Account]] = []
        waiting = await self._waiting()
        for account in self._accounts:
            key = account.channel.name, account.name
            bucket = self._buckets[key]
            room = min(IN_FLIGHT - len(self._sending) - len(leased), bucket.available(monotonic()))
            if room <= 0 or key not in waiting:
                continue
            now = self._now()
            async with self._database.begin() as connection:
                found = await lease(connection, self._accounts, account, owner=self._owner, limit=room, now=now)
            bucket.take(len(found), now=monotonic())
            leased.extend((one, account) for one in found)
        return leased

    async def _waiting(self) -> set[tuple[str, str]]:
        """Accounts with something to send that do not rest: a look that keeps nobody from writing."""
        now = self._now()
        due = select(outbox.c.channel, outbox.c.account).where(outbox.c.state == "queued", outbox.c.not_before <= now)
        resting = select(account_state.c.channel, account_state.c.account).where(account_state.c.paused_until > now)
        async with self._database.read() as connection:
            found = {(channel, account) for channel, account in await connection.execute(due.distinct())}
            if found:
                found -= {(channel, account) for channel, account in await connection.execute(resting)}
        return found

    async def _send(self, one: Leased, account: Account) -> None:
        out = Outbound(key=one.key, address=one.address, body=fit(one.body, account.capabilities), route=one.route)
        try:
            async with asyncio.timeout(LONGEST_SEND):
                outcome = Outcome(one, account, provider_id=await account.adapter.send(out))
        except TimeoutError:
            outcome = Outcome(one, account, error=Unknown("no answer in time"))
        except Exception as error:
            outcome = Outcome(one, account, error=error)
        self._metrics.sent(account.channel.name, outcome.name)
        self._done.append(outcome)
        self.wake()

    async def _settle(self) -> bool:
        done, self._done = self._done, []
        if not done:
            return False
        try:
            async with self._database.begin() as connection:
                await settle(connection, done, rng=self._rng, now=self._now())
        except BaseException:
            self._done[:0] = done  # written with the next turn; the lease still holds
            raise
        return True

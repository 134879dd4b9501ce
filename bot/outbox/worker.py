"""Sends what is in the outbox: leases, sends at the provider's pace, settles; one per process, any number together."""

from __future__ import annotations

import asyncio
import os
import socket
import uuid
from collections.abc import Callable
from datetime import datetime
from random import Random
from time import monotonic

from bot.accounts import Account, Accounts
from bot.logs import logger
from bot.metrics import Metrics
from bot.outbox.bucket import TokenBucket
from bot.outbox.lease import LEASE, Awake, lease, recover
from bot.outbox.letter import Leased
from bot.outbox.queue import waiting
from bot.outbox.receipts import sweep
from bot.outbox.resting import Key
from bot.outbox.settle import Outcome, settle
from bot.outbox.sharing import SAID_EVERY, gone, sending
from bot.store.engine import Database
from channels.errors import Unknown
from channels.fit import fit

log = logger(__name__)

IN_FLIGHT = 16
"""Sends under way at once on one account: a slow provider holds up nobody but itself."""
POLL = 1.0
RECOVER_EVERY = 15.0
LONGEST_SEND = 60.0


def always_awake(now: datetime) -> datetime:
    """No quiet hours."""
    return now


class Worker:
    """``run`` until ``stop``; ``wake`` says that something new may be queued.

    ``awake`` puts a moment in the quiet hours off to their end. Where several processes send, each takes its share of
    every account's rate, whatever is queued.
    """

    def __init__(
        self,
        database: Database,
        accounts: Accounts,
        *,
        now: Callable[[], datetime],
        metrics: Metrics,
        awake: Awake = always_awake,
    ) -> None:
        self._database = database
        self._accounts = accounts
        self._now = now
        self._metrics = metrics
        self._awake = awake
        self._owner = f"{socket.gethostname()[:40]}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
        self._buckets = {(one.channel.name, one.name): TokenBucket(one.capabilities.rate) for one in accounts}
        self._in_flight = dict.fromkeys(self._buckets, 0)
        self._at_limit: set[Key] = set()
        """Accounts that could send nothing when we last looked, for their rate."""
        # Spread of retries, nothing secret.
        self._rng = Random()  # noqa: S311
        self._stirred = asyncio.Event()
        self._sending: set[asyncio.Task[None]] = set()
        self._done: list[Outcome] = []
        self._recovered: float | None = None
        self._said: float | None = None
        self._shares = 1
        self._stopping = False
        self._ended = asyncio.Event()
        self._ended.set()
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
        self._ended.clear()
        try:
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
        finally:
            self._ended.set()

    async def stop(self) -> None:
        """Lease nothing more, wait for what is on its way, and write it down."""
        self._stopping = True
        self.wake()
        await self._ended.wait()
        if self._sending:
            await asyncio.wait(self._sending, timeout=LONGEST_SEND)
        try:
            await self._settle()
            if self._said is not None:
                async with self._database.begin() as connection:
                    await gone(connection, self._owner)
        except Exception as error:
            log.error("outbox not settled", action="outbox.failed", error=type(error).__name__)

    async def once(self) -> bool:
        """One turn: settle what is done, lease what may go, start it. True when there was anything to do."""
        self._stirred.clear()
        settled = await self._settle()
        await self._recover()
        await self._share()
        leased, planned = await self._lease()
        for one in leased:
            self._start(one)
        return bool(settled or planned)

    async def _rest(self) -> None:
        """Until something stirs, or an account that was at its limit may send a few more."""
        now = monotonic()
        # 0.0 where a token came since we looked: then we look again at once.
        pause = min([POLL, *(self._buckets[key].refill(now) for key in self._at_limit)])
        try:
            async with asyncio.timeout(pause):
                await self._stirred.wait()
        except TimeoutError:
            return

    async def _recover(self) -> None:
        """Now and then; and at the start, where one process is all there is, whatever is leased was left by a dead
        one."""
        first = self._recovered is None
        if self._recovered is not None and monotonic() - self._recovered < RECOVER_EVERY:
            return
        now = self._now()
        lapsed = now + LEASE if first and self._database.sqlite else now
        async with self._database.begin() as connection:
            found = await recover(connection, self._accounts, lapsed=lapsed, now=now)
            await sweep(connection, now=now)
        self._recovered = monotonic()
        if found:
            log.warning("leases taken back", action="outbox.recovered", count=found)

    async def _share(self) -> None:
        """Take our part of every rate; SQLite is one process, and has all of it."""
        if self._database.sqlite or (self._said is not None and monotonic() - self._said < SAID_EVERY.total_seconds()):
            return
        async with self._database.begin() as connection:
            shares = await sending(connection, self._owner, now=self._now())
        self._said = monotonic()
        if shares != self._shares:
            self._shares = shares
            for key, bucket in self._buckets.items():
                if self._accounts[key].tied is None:  # a tied account sends through one process only
                    bucket.share(shares, now=self._said)

    def _room(self) -> dict[Key, int]:
        at = monotonic()
        self._at_limit = {key for key, bucket in self._buckets.items() if bucket.available(at) < 1}
        return {
            key: min(IN_FLIGHT - self._in_flight[key], bucket.available(at))
            for key, bucket in self._buckets.items()
            if self._accounts[key].ready
        }

    async def _lease(self) -> tuple[list[Leased], int]:
        room = self._room()
        now = self._now()
        # A look that keeps nobody from writing; only if there is something is the writer's turn asked for.
        async with self._database.read() as connection:
            conversations = await waiting(connection, room, now=now)
        if not conversations:
            return [], 0
        async with self._database.begin() as connection:
            return await lease(
                connection,
                conversations,
                self._accounts,
                room=room,
                owner=self._owner,
                awake=self._awake,
                now=now,
            )

    def _start(self, one: Leased) -> None:
        key = one.address.channel, one.address.account
        self._buckets[key].take(1, now=monotonic())
        self._in_flight[key] += 1
        task = asyncio.create_task(self._send(one, self._accounts[key]))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def _send(self, one: Leased, account: Account) -> None:
        try:
            async with asyncio.timeout(LONGEST_SEND):
                out = one.outbound(fit(one.body, account.capabilities))
                outcome = Outcome(one, account, provider_id=await account.adapter.send(out))
        except TimeoutError:
            outcome = Outcome(one, account, error=Unknown("no answer in time"))
        except Exception as error:
            outcome = Outcome(one, account, error=error)
        finally:
            self._in_flight[account.channel.name, account.name] -= 1
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

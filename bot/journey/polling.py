"""Asks the channels that must be asked (a mailbox, a bot's updates): one process per account, whatever it dies of.

::

    lease -> adapter.poll(cursor) -> files into the store -> hub.receive -> cursor, in the last message's transaction
                  ^                                                          |
                  +--- asked for more: the adapter may tell its provider  ---+
"""

from __future__ import annotations

import asyncio
import os
import socket
import uuid
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing, suppress
from dataclasses import replace
from datetime import datetime
from random import Random
from typing import TYPE_CHECKING, Any

from bot.accounts import Account, Accounts
from bot.files.attachments import Store
from bot.journey.hub import Hub, StorageDown
from bot.logs import logger
from bot.metrics import Metrics
from bot.outbox.receipts import apply
from bot.store import polls
from bot.store.engine import Database
from bot.store.polls import LEASE, Lease
from channels.adapter import Pollable
from channels.calls import CallStep
from channels.errors import Busy, Credential, Later, TooLarge
from channels.message import Attachment, Batch, Inbound

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

log = logger(__name__)

WAITS = (1.0, 5.0, 15.0, 60.0)
"""Seconds before we try again after the first, second, … failure in a row."""
CREDENTIAL_WAIT = 600.0
"""Providers lock accounts that try a wrong password too often."""
STANDBY = LEASE.total_seconds() / 3
"""Seconds between two looks at a lease: to renew it, or to see whether its holder died."""
BUSY_WAIT = 2.0


class LeaseLost(Exception):
    """Another process took the account over."""


class Poller:
    """Polls every account that must be polled; ``run`` until :meth:`stop`."""

    def __init__(
        self,
        *,
        database: Database,
        accounts: Accounts,
        hub: Hub,
        calls: Callable[[str, Sequence[CallStep]], Awaitable[None]],
        files: Store,
        metrics: Metrics,
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._accounts = accounts
        self._hub = hub
        self._calls = calls
        self._files = files
        self._metrics = metrics
        self._now = now
        self._owner = f"{socket.gethostname()[:40]}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
        self._stopping = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._rng = Random()  # noqa: S311 -- spreads retries, nothing secret

    async def run(self) -> None:
        """Work until stopped; an account that fails does not trouble the others."""
        polled = [one for one in self._accounts if isinstance(one.adapter, Pollable)]
        self._tasks = {asyncio.create_task(self._attend(one), name=f"poll:{one.name}") for one in polled}
        try:
            if self._tasks:
                await asyncio.wait(self._tasks)
        finally:
            await self._end()

    async def stop(self) -> None:
        """Ask no more. What was handed to the hub is committed by it; the rest is asked for again."""
        self._stopping.set()
        await self._end()

    async def _end(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _attend(self, account: Account) -> None:
        failures = 0
        while not self._stopping.is_set():
            began = self._now()
            try:
                wait = await self._hold(account)
                failures = 0
            except Exception as error:
                failures = 1 if (self._now() - began) > LEASE else failures + 1
                wait = self._after(account, error, failures)
            await self._pause(wait)

    async def _hold(self, account: Account) -> float:
        """Take the lease and poll under it. Returns how long to wait for one that another process holds."""
        async with self._database.begin() as connection:
            channel = account.channel.name
            lease = await polls.acquire(connection, channel, account.name, owner=self._owner, now=self._now())
        if lease is None:
            return STANDBY
        renewing = asyncio.create_task(self._renew(lease))
        polling = asyncio.create_task(self._poll(account, lease))
        try:
            await asyncio.wait({renewing, polling}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (renewing, polling):
                task.cancel()
            await asyncio.gather(renewing, polling, return_exceptions=True)
            await self._release(lease)
        for task in (polling, renewing):
            if not task.cancelled() and (error := task.exception()):
                await self._note(lease, error)
                raise error
        return WAITS[0]

    async def _renew(self, lease: Lease) -> None:
        while True:
            await asyncio.sleep(STANDBY)
            async with self._database.begin() as connection:
                if not await polls.renew(connection, lease, now=self._now()):
                    raise LeaseLost

    async def _poll(self, account: Account, lease: Lease) -> None:
        assert isinstance(account.adapter, Pollable)
        asked: AsyncGenerator[tuple[Batch, str], None] = account.adapter.poll(lease.cursor)  # type: ignore[assignment]
        async with aclosing(asked) as batches:
            async for batch, cursor in batches:
                await self._take(account, batch, cursor)

    async def _take(self, account: Account, batch: Batch, cursor: str) -> None:
        """One batch: the cursor is written with the last message, when all before it are committed."""
        channel = account.channel.name
        await apply(self._database, channel, batch.receipts, now=self._now())
        await self._calls(channel, batch.calls)
        messages = [await self._with_files(one) for one in batch.messages]
        if messages:
            *most, last = messages
            if most:
                await self._received(Batch(tuple(most)))
            await self._received(Batch((replace(last, cursor=cursor),)))
        else:
            async with self._database.begin() as connection:
                await polls.move(connection, channel, account.name, cursor, now=self._now())
        for one in messages:
            self._metrics.message(channel, one.kind.value)
        if batch.ignored:
            self._metrics.ignored(channel, len(batch.ignored))

    async def _received(self, batch: Batch) -> None:
        """A full queue is waited for: nobody hangs on the line."""
        while True:
            try:
                await self._hub.receive(batch)
            except Busy:
                await asyncio.sleep(BUSY_WAIT)
            else:
                return

    async def _with_files(self, one: Inbound) -> Inbound:
        """Put the files that came along into the store; a file kept twice after a crash is one file."""
        if not any(file.content for file in one.attachments):
            return one
        kept = [await asyncio.to_thread(self._keep, file) for file in one.attachments]
        return replace(one, attachments=tuple(kept))

    def _keep(self, file: Attachment) -> Attachment:
        if not file.content:
            return file
        try:
            kept = self._files.keep(file.content, media_type=file.media_type)
        except TooLarge:
            return replace(file, content=b"")  # the fetcher will find it gone, and say so
        return replace(file, content=b"", sha256=kept.sha256, media_type=kept.media_type, size=kept.size)

    async def _release(self, lease: Lease) -> None:
        with suppress(Exception):  # it lapses by itself
            async with self._database.begin() as connection:
                await polls.release(connection, lease)

    async def _note(self, lease: Lease, error: BaseException) -> None:
        with suppress(Exception):
            async with self._database.begin() as connection:
                await polls.note(connection, lease, _name(error), now=self._now())

    def _after(self, account: Account, error: Exception, failures: int) -> float:
        where = {"channel": account.channel.name, "account": account.name, "error": _name(error)}
        if isinstance(error, Credential):
            log.error("account needs an operator", action="poll.refused", **where)
            return CREDENTIAL_WAIT
        if isinstance(error, LeaseLost):
            return STANDBY
        wait = WAITS[min(failures, len(WAITS)) - 1] * (1 + self._rng.random() / 4)
        known = isinstance(error, Later | StorageDown)
        (log.warning if known else log.error)("polling failed", action="poll.failed", **where)
        return error.after if isinstance(error, Later) and error.after is not None else wait

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stopping.wait()


def _name(error: BaseException) -> str:
    """Its class and its code: never its words, which may hold an address."""
    code: Any = getattr(error, "code", "")
    return f"{type(error).__name__} {code}".strip()

"""The heart: takes every message, lets the dialog think, and acknowledges only what is safely stored.

Messages that arrive together share one transaction (decision 4 of the house): what waits is taken, up to a limit,
and nothing is ever waited for. One bad message never fails its neighbours.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from time import perf_counter

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.batch import HubBatch
from bot.batching import Batching
from bot.logs import logger
from bot.metrics import Metrics
from bot.store.engine import Database
from channels.adapter import Taken
from channels.errors import Busy
from channels.message import Address, Batch, Inbound

log = logger(__name__)

DEADLOCKS = frozenset({"40P01", "40001"})
"""SQLSTATEs that mean: two transactions crossed, run this one again."""
THE_MESSAGE_ITSELF = frozenset({"21", "22", "23", "42"})
"""Classes of SQLSTATE that mean the statement or its values were wrong. Every other one is the database's trouble, and
on PostgreSQL arrives as a plain DBAPIError: a full disk, a closed database, too many connections."""
ATTEMPTS = 4
LOOKS = 3
"""Turns of the event loop a call needs from its socket to the queue."""


class StorageDown(Exception):
    """The database did not take it: the provider must be told that nothing was acknowledged."""


@dataclass(slots=True)
class Waiting:
    """A message in the queue and the caller who waits for its commit."""

    message: Inbound = field(repr=False)
    done: asyncio.Future[Taken] = field(repr=False)


class Hub:
    """One per process. ``run`` works until it is cancelled; ``receive`` may be called by any number of callers."""

    def __init__(
        self,
        database: Database,
        batching: Batching,
        *,
        now: Callable[[], datetime],
        metrics: Metrics,
        batch_max: int = 64,
        queue_max: int = 2048,
    ) -> None:
        self._database = database
        self._batching = batching
        self._now = now
        self._metrics = metrics
        self._batch_max = batch_max
        self._queue_max = queue_max
        self._queue: deque[Waiting] = deque()
        self._arrived = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._closing = False
        self._lanes = 1 if database.sqlite else 2
        self._busy: set[Address] = set()

    @property
    def batching(self) -> Batching:
        """What its batches share, for replaying."""
        return self._batching

    async def receive(self, batch: Batch) -> list[Taken]:
        """Take the messages of one provider's call; returns after the commit, in their order.

        Raises Busy when too much waits already, StorageDown when the commit failed: then nothing was acknowledged.
        """
        if self._closing or len(self._queue) + len(batch.messages) > self._queue_max:
            raise Busy("the queue of incoming messages is full", after=2)
        loop = asyncio.get_running_loop()
        waiting = [Waiting(message, loop.create_future()) for message in batch.messages]
        self._idle.clear()
        self._queue.extend(waiting)
        self._arrived.set()
        return [await one.done for one in waiting]

    async def run(self) -> None:
        """Work for ever: one lane where one writer is all there is, two where the database can take both."""
        async with asyncio.TaskGroup() as lanes:
            for _ in range(self._lanes):
                lanes.create_task(self._lane())

    async def drain(self) -> None:
        """Take nothing more and wait until what was taken is committed."""
        self._closing = True
        await self._idle.wait()

    async def _lane(self) -> None:
        while True:
            await self._arrived.wait()
            await self._gather()
            taken = self._next()
            if not taken:
                self._arrived.clear()  # what waits belongs to conversations the other lane has: it will call
                continue
            self._idle.clear()
            addresses = {one.message.address for one in taken}
            self._busy |= addresses
            try:
                await self._settle(taken)
            finally:
                self._busy -= addresses
                if self._queue:
                    self._arrived.set()
                elif not self._busy:
                    self._idle.set()

    async def _gather(self) -> None:
        """Let in what stands at the door already: look around, microseconds each time, until nothing more comes."""
        before, looks = 0, 0
        while looks < LOOKS and len(self._queue) < self._batch_max:
            looks = 0 if len(self._queue) > before else looks + 1
            before = len(self._queue)
            await asyncio.sleep(0)

    def _next(self) -> list[Waiting]:
        """The next batch: all that waits, up to the limit, but for conversations another lane is busy with."""
        if not self._busy:
            return [self._queue.popleft() for _ in range(min(len(self._queue), self._batch_max))]
        taken: list[Waiting] = []
        left: deque[Waiting] = deque()
        for one in self._queue:
            free = len(taken) < self._batch_max and one.message.address not in self._busy
            (taken if free else left).append(one)
        self._queue = left
        return taken

    async def _settle(self, waiting: Sequence[Waiting]) -> None:
        started = perf_counter()
        try:
            results = await self._transact([one.message for one in waiting])
        except Exception as error:
            await self._fall_back(waiting, error)
        else:
            for one, result in zip(waiting, results, strict=True):
                _answer(one, result)
        self._metrics.batch(len(waiting), perf_counter() - started)

    async def _fall_back(self, waiting: Sequence[Waiting], error: Exception) -> None:
        """The batch failed as a whole: try each alone, so that only the guilty one suffers."""
        if len(waiting) > 1 and not _storage_is_down(error):
            log.warning("batch failed", action="batch.split", size=len(waiting), error=type(error).__name__)
            for one in waiting:
                await self._settle([one])
            return
        if not _storage_is_down(error):
            error = await self._put_aside(waiting[0], error) or error
        if _storage_is_down(error):
            log.error("storage did not take it", action="storage.down", size=len(waiting), error=type(error).__name__)
            error = StorageDown("the message could not be stored")
        for one in waiting:
            if not one.done.done():
                one.done.set_exception(error)

    async def _put_aside(self, one: Waiting, error: Exception) -> Exception | None:
        """Store a message whose own transaction failed as stuck; None when that worked."""
        log.error("message stuck", action="message.stuck", error=type(error).__name__)
        try:
            async with self._database.begin() as connection:
                result = await self._batching.put_aside(connection, one.message, now=self._now())
        except Exception as again:
            return again
        self._metrics.stuck()
        _answer(one, result)
        return None

    async def _transact(self, messages: Sequence[Inbound]) -> list[Taken]:
        for attempt in range(ATTEMPTS):
            now = self._now()
            try:
                return await self._once(messages, now)
            except DBAPIError as error:
                if getattr(error.orig, "sqlstate", "") not in DEADLOCKS or attempt == ATTEMPTS - 1:
                    raise
        raise AssertionError("unreachable")

    async def _once(self, messages: Sequence[Inbound], now: datetime) -> list[Taken]:
        await self._batching.prepare(len(messages), now=now)
        async with self._database.begin() as connection:
            batch = HubBatch(self._batching, connection, now=now)
            results = await batch.take(messages)
        batch.committed()
        return results


def _answer(one: Waiting, result: Taken) -> None:
    if not one.done.done():
        one.done.set_result(result)


def _storage_is_down(error: Exception) -> bool:
    """Told apart from a bad message: the connection is gone, the disk is full, the file is locked or read-only."""
    if not isinstance(error, DBAPIError):
        return isinstance(error, OSError | TimeoutError | PoolTimeout | StorageDown)
    if error.connection_invalidated:
        return True
    if state := getattr(error.orig, "sqlstate", None):
        return state[:2] not in THE_MESSAGE_ITSELF
    # Without an SQLSTATE it is SQLite, or asyncpg refusing a value before it left (a ValueError underneath).
    return isinstance(error, OperationalError | InterfaceError) and not isinstance(
        getattr(error.orig, "__cause__", None), ValueError
    )

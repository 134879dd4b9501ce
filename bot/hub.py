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
from channels.message import Batch, Inbound

log = logger(__name__)

DEADLOCKS = frozenset({"40P01", "40001"})
"""SQLSTATEs that mean: two transactions crossed, run this one again."""
AWAY = ("08", "25006", "53", "57", "58")
"""Beginnings of SQLSTATEs that mean: no connection, a read-only standby, out of room, shutting down, broken disk."""
ATTEMPTS = 4


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
        self._queue.extend(waiting)
        self._arrived.set()
        return [await one.done for one in waiting]

    async def run(self) -> None:
        """Work for ever."""
        while True:
            await self._arrived.wait()
            self._idle.clear()
            while self._queue:
                taken = [self._queue.popleft() for _ in range(min(len(self._queue), self._batch_max))]
                await self._settle(taken)
            self._arrived.clear()
            self._idle.set()

    async def drain(self) -> None:
        """Take nothing more and wait until what was taken is committed."""
        self._closing = True
        await self._idle.wait()

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
        if len(waiting) > 1 and not storage_is_down(error):
            log.warning("batch failed", action="batch.split", size=len(waiting), error=type(error).__name__)
            for one in waiting:
                await self._settle([one])
            return
        if not storage_is_down(error):
            error = await self._put_aside(waiting[0], error) or error
        if storage_is_down(error):
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


def storage_is_down(error: Exception) -> bool:
    """Told apart from a bad message: the connection is gone, the disk is full, the file is locked or read-only."""
    if isinstance(error, DBAPIError):
        state = getattr(error.orig, "sqlstate", None) or ""
        away = error.connection_invalidated or isinstance(error, OperationalError | InterfaceError)
        return away or state.startswith(AWAY)
    return isinstance(error, OSError | TimeoutError | PoolTimeout | StorageDown)

"""The heart: takes every message, lets the dialog think, and acknowledges only what is safely stored.

Messages that arrive together share one transaction. One bad message never fails its neighbours.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from time import perf_counter

from bot.journey.batch import HubBatch
from bot.journey.batching import Batching
from bot.lanes import Lanes, Waiting
from bot.logs import logger
from bot.metrics import Metrics
from bot.store.engine import Database
from bot.store.manners.trouble import again_if_crossed, storage_is_down
from channels.adapter import Taken
from channels.errors import Busy
from channels.message import Batch, Inbound

log = logger(__name__)

Arriving = Sequence[Waiting[Inbound, Taken]]


class StorageDown(Exception):
    """The database did not take it: the provider must be told that nothing was acknowledged."""


class Hub:
    """One per process; ``receive`` may be called by any number of callers."""

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
        self._queue_max = queue_max
        self._closing = False
        self._lanes = Lanes[Inbound, Taken](
            self._settle, owner=lambda one: one.address, lanes=database.writers, at_most=batch_max
        )

    @property
    def batching(self) -> Batching:
        """What its batches share, for replaying."""
        return self._batching

    async def receive(self, batch: Batch) -> list[Taken]:
        """Take the messages of one provider's call; returns after the commit, in their order.

        Raises Busy when too much waits already, StorageDown when the commit failed: then nothing was acknowledged.
        """
        if self._closing or len(self._lanes) + len(batch.messages) > self._queue_max:
            raise Busy("the queue of incoming messages is full", after=2)
        return await self._lanes.take(batch.messages)

    async def drain(self) -> None:
        """Take nothing more and wait until what was taken is committed."""
        self._closing = True
        await self._lanes.drained()

    async def _settle(self, waiting: Arriving) -> None:
        started = perf_counter()
        try:
            results = await again_if_crossed(lambda: self._once([one.thing for one in waiting]))
        except Exception as error:
            await self._fall_back(waiting, error)
        else:
            for one, result in zip(waiting, results, strict=True):
                one.answer(result)
        self._metrics.batch(len(waiting), perf_counter() - started)

    async def _fall_back(self, waiting: Arriving, error: Exception) -> None:
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
            one.fail(error)

    async def _put_aside(self, one: Waiting[Inbound, Taken], error: Exception) -> Exception | None:
        """Store a message whose own transaction failed as stuck; None when that worked."""
        log.error("message stuck", action="message.stuck", error=type(error).__name__)
        try:
            async with self._database.begin() as connection:
                result = await self._batching.put_aside(connection, one.thing, now=self._now())
        except Exception as again:
            return again
        self._metrics.stuck()
        one.answer(result)
        return None

    async def _once(self, messages: Sequence[Inbound]) -> list[Taken]:
        now = self._now()
        await self._batching.prepare(len(messages), now=now)
        async with self._database.begin() as connection:
            batch = HubBatch(self._batching, connection, now=now)
            results = await batch.take(messages)
        batch.committed()
        return results

"""Lets what arrives together be settled together: what waits is taken, up to a limit, and nothing is ever waited for.

The heart of group commit (decision 4 of the house). A lane settles one group after another while anything waits, and
ends when nothing does; so nobody needs to start it, and a thing that comes alone is settled at once.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Hashable, Sequence
from contextvars import Context
from dataclasses import dataclass, field
from typing import Generic, TypeVar

LOOKS = 3
"""Turns of the event loop a call needs from its socket to the queue."""

Thing = TypeVar("Thing")
Result = TypeVar("Result")


@dataclass(slots=True)
class Waiting(Generic[Thing, Result]):
    """A thing in the queue and the caller who waits for its result."""

    thing: Thing = field(repr=False)
    done: asyncio.Future[Result] = field(repr=False)

    def answer(self, result: Result) -> None:
        """It is settled."""
        if not self.done.done():
            self.done.set_result(result)

    def fail(self, error: Exception) -> None:
        """It could not be settled."""
        if not self.done.done():
            self.done.set_exception(error)


Settle = Callable[[Sequence[Waiting[Thing, Result]]], Awaitable[None]]
"""Answers or fails every one of a group."""


class Lanes(Generic[Thing, Result]):
    """Any number of callers, ``lanes`` groups at a time, each of ``at_most`` things.

    Two things of the same ``owner`` are never in two lanes at once: within a group they keep the order they came in.
    """

    def __init__(
        self, settle: Settle[Thing, Result], *, owner: Callable[[Thing], Hashable], lanes: int, at_most: int
    ) -> None:
        self._settle = settle
        self._owner = owner
        self._lanes = lanes
        self._at_most = at_most
        self._queue: deque[Waiting[Thing, Result]] = deque()
        self._busy: set[Hashable] = set()
        self._at_work: set[asyncio.Task[None]] = set()
        self._open = 0

    def __len__(self) -> int:
        """How many wait."""
        return len(self._queue)

    async def take(self, things: Sequence[Thing]) -> list[Result]:
        """Their results, in their order, once all are settled. Raises what the first that failed, failed with."""
        loop = asyncio.get_running_loop()
        waiting = [Waiting[Thing, Result](thing, loop.create_future()) for thing in things]
        self._queue.extend(waiting)
        self._call()
        return [await one.done for one in waiting]

    async def drained(self) -> None:
        """Wait until nothing waits and nothing is under way."""
        while self._at_work:
            await asyncio.wait(self._at_work)

    def _call(self) -> None:
        """Open another lane, if one may be opened: it is no part of the call that happened to come first."""
        if self._queue and self._open < self._lanes:
            self._open += 1
            lane = asyncio.get_running_loop().create_task(self._lane(), context=Context())
            self._at_work.add(lane)
            lane.add_done_callback(self._ended)

    def _ended(self, lane: asyncio.Task[None]) -> None:
        self._at_work.discard(lane)
        if not lane.cancelled() and (error := lane.exception()):
            raise error

    async def _lane(self) -> None:
        try:
            # What still waits when this ends belongs to owners another lane is busy with: that lane will come to it.
            while await self._group():
                pass
        finally:
            # In the same breath as it found nothing: what comes from now on opens a lane of its own.
            self._open -= 1

    async def _group(self) -> bool:
        """Settle one group; False when there is none."""
        await self._gather()
        if taken := self._next():
            self._call()
            owners = {self._owner(one.thing) for one in taken}
            self._busy |= owners
            try:
                await self._settle(taken)
            except Exception as error:
                for one in taken:
                    one.fail(error)
            finally:
                self._busy -= owners
        return bool(taken)

    async def _gather(self) -> None:
        """Let in what stands at the door already: look around, microseconds each time, until nothing more comes."""
        before, looks = 0, 0
        while looks < LOOKS and len(self._queue) < self._at_most:
            looks = 0 if len(self._queue) > before else looks + 1
            before = len(self._queue)
            await asyncio.sleep(0)

    def _next(self) -> list[Waiting[Thing, Result]]:
        """The next group: all that waits, up to the limit, but for owners another lane is busy with."""
        if not self._busy:
            return [self._queue.popleft() for _ in range(min(len(self._queue), self._at_most))]
        taken: list[Waiting[Thing, Result]] = []
        left: deque[Waiting[Thing, Result]] = deque()
        for one in self._queue:
            free = len(taken) < self._at_most and self._owner(one.thing) not in self._busy
            (taken if free else left).append(one)
        self._queue = left
        return taken

"""Counts the connections that stay open, so that one citizen cannot take them all and a shutdown ends them kindly."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from channels.app.problems import Problem


class Live:
    """The open sockets, streams and long polls of one account in this process."""

    def __init__(self, *, most_per_peer: int) -> None:
        self._most = most_per_peer
        self._count: Counter[str] = Counter()
        self._tasks: set[asyncio.Task[object]] = set()

    @contextmanager
    def one(self, peer: str) -> Iterator[None]:
        """Hold one connection's place. Raises :class:`Problem` when this citizen holds too many."""
        if self._count[peer] >= self._most:
            raise Problem("too_many_connections", retry_after=5)
        task = asyncio.current_task()
        assert task is not None
        self._count[peer] += 1
        self._tasks.add(task)
        try:
            yield
        finally:
            self._tasks.discard(task)
            self._count[peer] -= 1
            if not self._count[peer]:
                del self._count[peer]

    async def close(self) -> None:
        """End them all: the clients come back and catch up by ``seq``."""
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

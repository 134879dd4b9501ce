"""Rings at an agent's desk the moment his extension does, whichever process heard of it."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator
from contextlib import suppress

from sqlalchemy import select, tuple_

from bot.store.engine import Database
from bot.store.phone_calls import Seat
from bot.store.tables import call


class Bells:
    """Who waits at which extension. What this process hears rings at once; ``poll`` finds what others heard."""

    def __init__(self) -> None:
        self._waiting: defaultdict[Seat, set[asyncio.Event]] = defaultdict(set)
        self._seen: dict[Seat, object] = {}
        self._closed = False

    def ring(self, seat: Seat) -> None:
        """Something changed at this extension."""
        for waiting in self._waiting.get(seat, ()):
            waiting.set()

    async def watch(self, seat: Seat, *, beat: float) -> AsyncGenerator[None, None]:
        """Yields at once, at each change, and at the latest every ``beat`` seconds; ends when the process stops."""
        stirred = asyncio.Event()
        self._waiting[seat].add(stirred)
        try:
            while not self._closed:
                yield
                with suppress(TimeoutError):
                    async with asyncio.timeout(beat):
                        await stirred.wait()
                stirred.clear()
        finally:
            self._waiting[seat].discard(stirred)
            if not self._waiting[seat]:
                del self._waiting[seat]
                self._seen.pop(seat, None)

    async def poll(self, database: Database) -> None:
        """One look at the calls under way at the extensions somebody watches."""
        watched = list(self._waiting)
        if not watched:
            return
        places = tuple_(call.c.channel, call.c.account, call.c.extension)
        columns = (call.c.channel, call.c.account, call.c.extension, call.c.id, call.c.marks)
        wanted = [(one.channel, one.account, one.extension) for one in watched]
        under_way = select(*columns).where(places.in_(wanted), call.c.ended_at.is_(None)).order_by(call.c.id)
        async with database.read() as connection:
            rows = (await connection.execute(under_way)).all()
        found = {Seat(*row[:3]): tuple(row[3:]) for row in rows}
        for one in watched:
            if found.get(one) != self._seen.get(one):
                self._seen[one] = found.get(one)
                self.ring(one)

    async def close(self) -> None:
        """Let everybody go: the pages come back."""
        self._closed = True
        for seat in list(self._waiting):
            self.ring(seat)

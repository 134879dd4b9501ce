"""Follows one conversation as it grows: the one source behind the socket, the event stream and the long poll."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import suppress

from channels.adapter import Door, Line
from channels.message import Address

PAGE_LINES = 100
RECHECK_SECONDS = 60.0
"""A wake-up may be lost (another process, a database that dropped its listener), so the history is read again this
often even when nothing called: pushing is a courtesy, ``seq`` is the guarantee."""


async def follow(door: Door, address: Address, *, after: int, beat: float) -> AsyncGenerator[Sequence[Line], None]:
    """Yield pages of lines with ``seq > after``, oldest first, and an empty page at least every ``beat`` seconds.

    Pulls the next page only when the last one was dealt with: a slow reader costs no memory. Ends when the watch ends.
    """
    watch = door.watch(address)
    # Watching starts before the first reading, so that nothing falls between the two.
    grew = asyncio.ensure_future(anext(watch))
    await asyncio.sleep(0)
    try:
        while True:
            if grew.done():
                if isinstance(grew.exception(), StopAsyncIteration):
                    return
                grew.result()
                grew = asyncio.ensure_future(anext(watch))
                await asyncio.sleep(0)
            while lines := await door.history(address, after=after, limit=PAGE_LINES):
                after = lines[-1].seq
                yield lines
            waited = 0.0
            while not grew.done() and waited < RECHECK_SECONDS:
                yield ()
                await asyncio.wait({grew}, timeout=beat)
                waited += beat
    finally:
        grew.cancel()
        with suppress(asyncio.CancelledError, StopAsyncIteration):
            await grew
        if close := getattr(watch, "aclose", None):
            await close()

"""A TCP proxy between the hub and a provider: it can be away, fall silent with its sockets open, or cut a line anywhere."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from enum import Enum


class How(Enum):
    """What becomes of a provider's answer to a request of ours that reached it."""

    SILENCE = "silence"
    """It never comes, and the line stays open."""
    CUT = "cut"
    """The line is cut before its first byte."""
    HALF = "half"
    """The line is cut in its middle."""


class Proxy:
    """Forwards both ways until it is told otherwise; one line of ours is one line to the provider."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: list[asyncio.StreamWriter] = []
        self._passing = True
        self._spoil: tuple[How, Callable[[bytes], bool]] | None = None
        self._cut_at: int | None = None
        self._deaf = False
        self.port = 0

    async def back(self) -> None:
        """Listen, on the port it had before."""
        self._server = await asyncio.start_server(self._take, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def away(self) -> None:
        """Nobody listens any more, and every line is cut."""
        assert self._server is not None
        self._server.close()
        self._abort()

    def stall(self) -> None:
        """Swallow everything, as a dead router does: nothing is closed."""
        self._passing = False

    def spoil(self, how: How, *, request: Callable[[bytes], bool]) -> None:
        """Pass what we send; the answers on a line that carried such a ``request`` are spoiled until :meth:`heal`."""
        self._spoil = how, request

    def cut_after(self, octets: int) -> None:
        """Cut the line that brings so many more octets from the provider; once."""
        self._cut_at = octets

    def deafen(self) -> None:
        """Pass what comes next from the provider, swallow our answers to it, then cut the line; once."""
        self._deaf = True

    def heal(self) -> None:
        """New lines pass again; one that lost something by a stall stays dead, as TCP would leave it."""
        self._passing, self._spoil, self._cut_at, self._deaf = True, None, None, False

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.append(writer)
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.transport.abort()
            return
        self._writers.append(back)
        line = Line(self, writer, back)
        for task in (asyncio.create_task(line.ours(reader)), asyncio.create_task(line.theirs(there))):
            self._tasks.add(task)

    def _abort(self) -> None:
        for writer in self._writers:
            writer.transport.abort()

    async def close(self) -> None:
        """The end."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._abort()
        await asyncio.gather(*(one.wait_closed() for one in self._writers), return_exceptions=True)
        if self._server is not None:
            self._server.close()


class Line:
    """One line through the proxy."""

    def __init__(self, proxy: Proxy, hub: asyncio.StreamWriter, provider: asyncio.StreamWriter) -> None:
        self._proxy = proxy
        self._hub = hub
        self._provider = provider
        self._asked = False
        self._dead = False
        self._told = False

    def _passes(self) -> bool:
        """Asked with something in hand."""
        self._dead = self._dead or not self._proxy._passing
        return not self._dead

    async def ours(self, source: asyncio.StreamReader) -> None:
        """What the hub says."""
        with suppress(OSError):
            while octets := await source.read(65536):
                spoil = self._proxy._spoil
                self._asked = self._asked or (spoil is not None and spoil[1](octets))
                # What asks before anything was told is no answer: a poll that just ended is followed by the next.
                if self._passes() and not (self._proxy._deaf and self._told):
                    self._provider.write(octets)
                    await self._provider.drain()
            self._provider.close()

    async def theirs(self, source: asyncio.StreamReader) -> None:
        """What the provider says."""
        with suppress(OSError):
            while octets := await source.read(65536):
                if not self._passes():
                    continue
                spoil = self._proxy._spoil
                if spoil is not None and self._asked:
                    if spoil[0] is How.SILENCE:
                        continue
                    self._end(octets[: len(octets) // 2] if spoil[0] is How.HALF else b"")
                    return
                at = self._proxy._cut_at
                if at is not None and len(octets) >= at:
                    self._proxy._cut_at = None
                    self._end(octets[:at])
                    return
                if at is not None:
                    self._proxy._cut_at = at - len(octets)
                self._told = self._proxy._deaf
                self._hub.write(octets)
                await self._hub.drain()
                if self._told:
                    await asyncio.sleep(0.3)  # the hub takes it, and answers to nobody
                    self._proxy._deaf = False
                    self._end(b"")
                    return
            self._hub.close()

    def _end(self, last: bytes) -> None:
        """Bring the hub these last octets, and cut both ways."""
        self._hub.write(last)
        self._hub.close()
        self._provider.transport.abort()


@asynccontextmanager
async def between(port: int) -> AsyncIterator[Proxy]:
    """A proxy in front of ``port``."""
    proxy = Proxy(port)
    await proxy.back()
    try:
        yield proxy
    finally:
        await proxy.close()

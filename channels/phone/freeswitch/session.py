"""One connection to FreeSWITCH's event socket: logged in, asked, and listened to."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Self

from channels.errors import Credential, Later, Malformed, Unknown
from channels.phone.freeswitch.frames import LARGEST, Frame, command, head, length
from channels.phone.settings import EslSettings

_REPLIES = frozenset({"command/reply", "api/response"})
_GOODBYE = "text/disconnect-notice"


class Session:
    """Commands are asked one after another; events that come meanwhile wait."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, patience: float) -> None:
        self._reader = reader
        self._writer = writer
        self._patience = patience
        self._events: deque[Frame] = deque()

    @classmethod
    async def open(cls, settings: EslSettings) -> Self:
        """Connect and log in. Raises Later, Credential."""
        try:
            async with asyncio.timeout(settings.timeout_seconds):
                reader, writer = await asyncio.open_connection(settings.host, settings.port, limit=LARGEST)
        except (OSError, TimeoutError) as problem:
            raise Later(f"FreeSWITCH is away: {type(problem).__name__}") from None
        session = cls(reader, writer, settings.timeout_seconds)
        try:
            await session._greeted()
            answer = await session.ask(f"auth {settings.password.get_secret_value()}")
            if not answer.words.startswith("+OK"):
                raise Credential("FreeSWITCH refuses the password", code="auth")
        except BaseException:
            await session.close()
            raise
        return session

    async def ask(self, words: str, **headers: str) -> Frame:
        """One command and its reply. Raises Later before it left, Unknown where no answer came."""
        try:
            self._writer.write(command(words, **headers))
            await self._writer.drain()
        except (OSError, ValueError) as problem:
            raise Later(f"the command did not leave: {type(problem).__name__}") from None
        try:
            async with asyncio.timeout(self._patience):
                while (frame := await self._frame()).kind not in _REPLIES:
                    self._events.append(frame)
        except (Later, TimeoutError):
            raise Unknown("FreeSWITCH did not answer") from None
        return frame

    async def event(self, *, silence: float) -> Frame:
        """The next event. Raises Later when the connection ends, or after so many seconds without one."""
        while True:
            try:
                async with asyncio.timeout(silence):
                    frame = self._events.popleft() if self._events else await self._frame()
            except TimeoutError:
                raise Later("FreeSWITCH fell silent") from None
            if frame.kind.startswith("text/event"):
                return frame
            if frame.kind == _GOODBYE:
                raise Later("FreeSWITCH said goodbye")

    async def close(self) -> None:
        """End the connection."""
        self._writer.close()
        try:
            async with asyncio.timeout(1.0):
                await self._writer.wait_closed()
        except (OSError, TimeoutError):
            return

    async def _greeted(self) -> None:
        try:
            async with asyncio.timeout(self._patience):
                frame = await self._frame()
        except TimeoutError:
            raise Later("FreeSWITCH says nothing") from None
        if frame.kind != "auth/request":
            # "text/rude-rejection": our address is not in its list.
            raise Credential("FreeSWITCH does not let us in", code=frame.kind[:32])

    async def _frame(self) -> Frame:
        try:
            headers = head(await self._reader.readuntil(b"\n\n"))
            return Frame(headers, await self._reader.readexactly(length(headers)))
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, Malformed, OSError) as problem:
            raise Later(f"the connection to FreeSWITCH ended: {type(problem).__name__}") from None

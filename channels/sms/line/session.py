"""One connection to a gateway: requests in a window, answers by their number, pings in silence, and a farewell."""

from __future__ import annotations

import asyncio
import ssl
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from channels.errors import Later, Malformed, SendError, Unknown
from channels.sms.line.dialect import Answer, Dialect, Frame, Role

MISSED = 2
"""Pings in a row without an answer after which the connection is taken for dead."""
BACKLOG = 1000
"""Deliveries we hold unanswered; a gateway's own window is far smaller."""
GOODBYE = 2.0
"""Seconds the gateway has to answer our farewell."""
_ANSWERS = {Role.ADMISSION, Role.VERDICT, Role.PONG, Role.FAREWELL, Role.REFUSAL}


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """How the gateway is reached and how patient we are. Seconds; ``window`` counts unanswered requests."""

    host: str
    port: int
    tls: ssl.SSLContext | None
    window: int
    patience: float
    silence: float
    """After so long without a word from the gateway we ask whether it is there."""


class Session:
    """An admitted connection. Everything here ends with the connection; a new one is a new session."""

    def __init__(
        self, dialect: Dialect, where: Where, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._dialect = dialect
        self._where = where
        self._reader = reader
        self._writer = writer
        self._window = asyncio.Semaphore(where.window)
        self._asked: dict[int, tuple[asyncio.Future[Frame], int]] = {}
        self._sequence = 0
        self._arrivals: deque[Frame] = deque()
        self._stirred = asyncio.Event()
        self._heard = asyncio.Event()
        self._fault: SendError | None = None
        self._leaving = False
        self.answered = 0
        """Deliveries we have answered."""
        self.proved = 0
        """How many of those answers the gateway has read for certain: it answered something we sent after them."""
        self._tasks = [asyncio.create_task(work, name="sms:line") for work in (self._listen(), self._watch())]

    @classmethod
    async def open(cls, dialect: Dialect, where: Where, *, now: datetime) -> Self:
        """Connect and be admitted. Raises ``Later``, or ``Credential`` where an operator must act."""
        try:
            async with asyncio.timeout(where.patience):
                reader, writer = await asyncio.open_connection(where.host, where.port, ssl=where.tls)
        except (OSError, TimeoutError) as problem:
            raise Later(f"the gateway cannot be reached: {type(problem).__name__}") from None
        session = cls(dialect, where, reader, writer)
        try:
            dialect.admitted(await session._request(lambda sequence: dialect.hello(sequence, now)))
        except (Unknown, Malformed):
            session.drop()
            raise Later("the gateway did not answer our greeting") from None
        except BaseException:
            session.drop()
            raise
        return session

    @property
    def open_(self) -> bool:
        """Whether a text may be sent now."""
        return self._fault is None and not self._leaving

    async def ask(self, make: Callable[[int], bytes]) -> Frame:
        """Send what ``make`` makes of a number, when the window has room, and wait for its answer.

        Raises ``Later`` where it did not leave, ``Unknown`` where it left and no answer came.
        """
        try:
            async with asyncio.timeout(self._where.patience):
                await self._window.acquire()
        except TimeoutError:
            raise Later("the gateway's window stayed full") from None
        try:
            if not self.open_:
                raise Later("the connection ended before the text left", after=1.0)
            return await self._request(make)
        finally:
            self._window.release()

    async def arrived(self, *, wait: float, most: int = 64) -> list[Frame]:
        """What was delivered, oldest first, at most ``wait`` seconds waited for; raises what ended the session.

        What came before the end and was not answered is not handed out: the gateway delivers it again.
        """
        if not self._arrivals and self._fault is None:
            self._stirred.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._stirred.wait()
        if self._fault is not None:
            raise self._fault
        return [self._arrivals.popleft() for _ in range(min(most, len(self._arrivals)))]

    def answer(self, frame: Frame, answer: Answer) -> None:
        """Answer a delivery."""
        self._write(self._dialect.answer(frame, answer))
        self.answered += 1

    async def leave(self) -> None:
        """Refuse what waits, let the sends under way be answered, say goodbye, close."""
        self._leaving = True
        while self._arrivals:
            self.answer(self._arrivals.popleft(), Answer.AGAIN)
        with suppress(TimeoutError, SendError):
            async with asyncio.timeout(self._where.patience):
                for _ in range(self._where.window):  # held when nothing is under way any more
                    await self._window.acquire()
            async with asyncio.timeout(GOODBYE):
                await self._request(self._dialect.bye)
        self.drop()
        try:
            async with asyncio.timeout(GOODBYE):
                await self._writer.wait_closed()
        except Exception:  # it went badly, or what we last said cannot be got rid of
            self._writer.transport.abort()

    def drop(self) -> None:
        """Close at once."""
        self._end(Later("the connection was closed"))
        for task in self._tasks:
            if task is not asyncio.current_task():
                task.cancel()

    async def _request(self, make: Callable[[int], bytes]) -> Frame:
        if self._fault is not None or self._writer.is_closing():
            raise Later("the connection has ended", after=1.0)
        self._sequence = self._sequence % self._dialect.last_sequence + 1
        sequence = self._sequence
        answer: asyncio.Future[Frame] = asyncio.get_running_loop().create_future()
        self._asked[sequence] = answer, self.answered
        try:
            self._write(make(sequence))
            async with asyncio.timeout(self._where.patience):
                return await answer
        except TimeoutError:
            raise Unknown("no answer from the gateway") from None
        finally:
            self._asked.pop(sequence, None)

    def _write(self, octets: bytes) -> None:
        # Not drained: what may wait here is bounded by the two windows, and a dead peer is found by its silence.
        if octets and not self._writer.is_closing():
            self._writer.write(octets)

    async def _listen(self) -> None:
        dialect = self._dialect
        try:
            while True:
                head = await self._reader.readexactly(dialect.head)
                frame = dialect.frame(head + await self._reader.readexactly(dialect.size(head) - dialect.head))
                self._heard.set()
                self._take(frame)
        except (OSError, EOFError) as problem:
            self._end(Later(f"the gateway went away: {type(problem).__name__}"))
        except Malformed:
            self._end(Later("the gateway does not keep to the protocol"))

    def _take(self, frame: Frame) -> None:
        if frame.role in _ANSWERS:
            future, answered = self._asked.get(frame.sequence, (None, 0))
            if future is not None and not future.done():
                self.proved = max(self.proved, answered)
                future.set_result(frame)
        elif frame.role is Role.ARRIVAL:
            if len(self._arrivals) >= BACKLOG or self._leaving:
                self.answer(frame, Answer.AGAIN)
            else:
                self._arrivals.append(frame)
                self._stirred.set()
        else:
            self._write(self._dialect.answer(frame, Answer.TAKEN))
            if frame.role is Role.LEAVING:
                self._end(Later("the gateway ended the session"))

    async def _watch(self) -> None:
        """Find a connection nobody is at the other end of."""
        missed = 0
        while True:
            self._heard.clear()
            await asyncio.sleep(self._where.silence)
            if self._heard.is_set() and self.proved == self.answered:
                missed = 0
                continue
            try:
                await self._request(self._dialect.ping)
                missed = 0
            except SendError:
                missed += 1
            if missed >= MISSED:
                self._end(Later("the gateway fell silent"))

    def _end(self, fault: SendError) -> None:
        if self._fault is not None:
            return
        self._fault = fault
        self._writer.close()
        for future, _ in self._asked.values():
            if not future.done():
                future.set_exception(Unknown("the connection ended before the answer"))
        self._stirred.set()

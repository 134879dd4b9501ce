"""The conversation over a WebSocket: the citizen's frames in, the lines of the conversation out."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from typing import Any, ClassVar

from aiohttp import WSMsgType, web

from channels.adapter import Act
from channels.app.parts import Parts
from channels.app.problems import Problem
from channels.app.rest import SEQ_MOST
from channels.app.tokens import Session
from channels.errors import Busy
from channels.message import Stage

FRAME_BYTES = 64 * 1024
PROTOCOL_BEAT_SECONDS = 25.0
IDLE_SECONDS = 60.0
"""A page pings every 25 s; one that says nothing for this long is gone."""
AUTH_SECONDS = 10.0
SLOW_SECONDS = 10.0
TYPING_SECONDS = 2.0
"""Signs of typing that come faster are not passed on."""
REFUSALS = 20
"""Refused frames on one socket before it is closed as a flood."""


class Ended(Exception):
    """Close the socket: 4401 not authenticated, 4403 foreign origin, 4408 idle, 4429 too fast or too slow."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Sockets:
    """GET /ws of one account."""

    parts: Parts

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One socket, from handshake to close."""
        # The browser cannot read the status of a refused handshake, so a foreign page is told by a close code.
        ws = web.WebSocketResponse(heartbeat=PROTOCOL_BEAT_SECONDS, max_msg_size=FRAME_BYTES, timeout=SLOW_SECONDS)
        await ws.prepare(request)
        end = Ended(1000, "bye")
        try:
            if not self.parts.gate.welcomes(request):
                raise Ended(4403, "origin")
            await Talk(self.parts, ws, request.remote or "").run()
        except Ended as ended:
            end = ended
        except asyncio.CancelledError:
            end = Ended(1001, "restarting")
        except (ConnectionResetError, TimeoutError):
            end = Ended(4429, "too slow")
        with suppress(ConnectionResetError, TimeoutError):
            async with asyncio.timeout(SLOW_SECONDS):
                await ws.close(code=end.code, message=end.reason.encode())
        return ws


@dataclass(slots=True)
class Talk:
    """One socket after its handshake. There is no queue to overflow: lines are pulled by ``seq`` as the reader
    takes them, and a reader that takes none for ``SLOW_SECONDS`` is dropped."""

    parts: Parts
    ws: web.WebSocketResponse
    ip: str = field(repr=False)
    refusals: int = 0
    typed: float = -TYPING_SECONDS
    """When the citizen's typing was last passed on, by the loop's clock."""

    async def run(self) -> None:
        """Serve until either side leaves. Raises :class:`Ended`, ConnectionResetError or TimeoutError."""
        session, after = await self._authenticate()
        try:
            with self.parts.live.one(session.peer):
                async with asyncio.timeout(self.parts.seconds_left(session)) as lifetime:
                    works = self._pump(session, after), self._listen(session), self._signs(session)
                    tasks = [asyncio.ensure_future(work) for work in works]
                    try:
                        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                    finally:
                        for task in tasks:
                            task.cancel()
                        ends = await asyncio.gather(*tasks, return_exceptions=True)
                    for end in ends:
                        if isinstance(end, Exception):
                            raise end
        except TimeoutError:
            if lifetime.expired():
                raise Ended(4401, "token expired") from None
            raise
        except Problem:
            raise Ended(4429, "too many connections") from None

    async def _authenticate(self) -> tuple[Session, int]:
        try:
            async with asyncio.timeout(AUTH_SECONDS):
                frame = _frame(await self._receive())
            if frame.get("op") != "auth":
                raise Problem("unauthenticated")
            session = self.parts.gate.read(_text(frame, "token"))
            after = _seq(frame, "after")
        except (TimeoutError, Problem):
            raise Ended(4401, "auth") from None
        await self._tell({"op": "ready", "session_id": session.id})
        return session, after

    async def _pump(self, session: Session, after: int) -> None:
        async with aclosing(self.parts.follow(session, after=after, beat=IDLE_SECONDS)) as pages:
            async for lines in pages:
                if lines:
                    await self._tell({"op": "lines", "lines": self.parts.shown(lines, session)})
        raise Ended(1001, "restarting")

    async def _signs(self, session: Session) -> None:
        """The officer is writing, or has read: shown while he is there, asked for nowhere."""
        async with aclosing(self.parts.signs(session)) as signs:
            async for sign in signs:
                await self._tell({"op": "read", "seq": sign.seq} if sign.act is Act.READ else {"op": "typing"})

    async def _listen(self, session: Session) -> None:
        while True:
            try:
                async with asyncio.timeout(IDLE_SECONDS):
                    raw = await self._receive()
            except TimeoutError:
                raise Ended(4408, "idle") from None
            client_id = ""
            try:
                frame = _frame(raw)
                client_id = _text(frame, "client_id")
                answer = self._OPS.get(_text(frame, "op"))
                if answer is None:
                    raise Problem("bad_message", at=("op",))
                await answer(self, frame, session)
            except Problem as problem:
                await self._refuse(problem, client_id)
            except Busy as busy:
                await self._refuse(Problem("busy", retry_after=busy.after), client_id)

    async def _refuse(self, problem: Problem, client_id: str) -> None:
        self.refusals += 1
        if self.refusals > REFUSALS:
            raise Ended(4429, "too many refusals")
        await self._tell({"op": "refused", "client_id": client_id[:64], "problem": problem.as_json()})

    async def _message(self, frame: Mapping[str, Any], session: Session) -> None:
        raw = json.dumps(frame.get("body")).encode()
        status, taken = await self.parts.intake.take(
            raw, client_id=_text(frame, "client_id"), session=session, ip=self.ip
        )
        await self._tell({"op": "taken", "status": status, **taken})

    async def _ack(self, frame: Mapping[str, Any], session: Session) -> None:
        await self.parts.door.seen(self.parts.address(session), seq=_seq(frame, "seq"), stage=Stage.DELIVERED)

    async def _read(self, frame: Mapping[str, Any], session: Session) -> None:
        await self.parts.door.seen(self.parts.address(session), seq=_seq(frame, "seq"), stage=Stage.READ)

    async def _typing(self, _frame: Mapping[str, Any], session: Session) -> None:
        """Passed on to the officer who holds the conversation; the hub keeps no half-written words."""
        now = asyncio.get_running_loop().time()
        if now - self.typed >= TYPING_SECONDS:
            self.typed = now
            await self.parts.door.typing(self.parts.address(session))

    async def _pong(self, _frame: Mapping[str, Any], _session: Session) -> None:
        await self._tell({"op": "pong"})

    _OPS: ClassVar[dict[str, Callable[[Talk, Mapping[str, Any], Session], Awaitable[None]]]] = {
        "msg": _message,
        "ack": _ack,
        "read": _read,
        "typing": _typing,
        "ping": _pong,
    }

    async def _receive(self) -> str:
        message = await self.ws.receive()
        if message.type is not WSMsgType.TEXT:
            raise Ended(1003 if message.type is WSMsgType.BINARY else 1000, "text only")
        return str(message.data)

    async def _tell(self, frame: Mapping[str, Any]) -> None:
        async with asyncio.timeout(SLOW_SECONDS):
            await self.ws.send_str(json.dumps(frame, ensure_ascii=False))


def _frame(raw: str) -> dict[str, Any]:
    try:
        frame = json.loads(raw)
    except (ValueError, RecursionError):
        raise Problem("bad_json") from None
    if not isinstance(frame, dict):
        raise Problem("bad_message")
    return frame


def _text(frame: Mapping[str, Any], name: str) -> str:
    value = frame.get(name, "")
    if not isinstance(value, str):
        raise Problem("bad_message", at=(name,))
    return value


def _seq(frame: Mapping[str, Any], name: str) -> int:
    value = frame.get(name, 0)
    if type(value) is not int or not 0 <= value <= SEQ_MOST:
        raise Problem("bad_message", at=(name,))
    return value

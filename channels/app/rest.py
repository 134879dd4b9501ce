"""The plain requests: open or resume a session, send a message, read the history, wait for more."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass

from aiohttp import web

from channels.adapter import Line
from channels.app import parse
from channels.app.follow import PAGE_LINES
from channels.app.parts import Parts
from channels.app.problems import Problem
from channels.app.tokens import Denied, Session, Tokens, Voucher, anonymous
from channels.message import Stage

BODY_BYTES = 64 * 1024
"""4000 characters of JSON escapes and four times room."""
WAIT_SECONDS = 25
_FRESH = {"Cache-Control": "no-store"}


async def read_body(request: web.Request) -> bytes:
    """The whole body of a small request. Raises :class:`Problem` when it is not small."""
    raw = bytearray()
    async for chunk in request.content.iter_chunked(BODY_BYTES):
        raw += chunk
        if len(raw) > BODY_BYTES:
            raise Problem("too_large")
    return bytes(raw)


def whole_number(request: web.Request, name: str, *, default: int, most: int) -> int:
    """A query parameter between 0 and ``most`` (larger ones are cut down). Raises :class:`Problem`."""
    given = request.query.get(name, str(default))
    if not (given.isascii() and given.isdecimal() and len(given) <= 18):
        raise Problem("bad_query")
    return min(int(given), most)


SEQ_MOST = 2**53
"""The largest whole number a browser holds exactly."""


@dataclass(frozen=True, slots=True)
class Rest:
    """The handlers of one account."""

    parts: Parts
    tokens: Tokens
    voucher: Voucher | None

    async def open(self, request: web.Request) -> web.StreamResponse:
        """POST /sessions."""
        self.parts.gate.spend("session", peer="", ip=request.remote or "")
        session = self._opened(parse.opening(await read_body(request)))
        issued = self.tokens.issue(session, now=self.parts.door.now())
        body = {
            "session_id": session.id,
            "conversation_id": session.conversation_id,
            "token": issued.token,
            "expires_at": issued.expires_at.isoformat(timespec="seconds"),
            "resume_token": issued.resume_token,
        }
        return web.json_response(body, status=201, headers=_FRESH)

    def _opened(self, opening: parse.Opening) -> Session:
        now = self.parts.door.now()
        try:
            if opening.resume_token:
                return self.tokens.resume(opening.resume_token, now=now)
            if opening.identity is None:
                return anonymous()
            if self.voucher is None:
                raise Problem("bad_identity")
            return self.voucher.session(opening.identity, now=now)
        except Denied:
            raise Problem("bad_resume" if opening.resume_token else "bad_identity") from None

    async def send(self, request: web.Request) -> web.StreamResponse:
        """POST /messages."""
        session = self.parts.gate.session(request)
        raw = await read_body(request)
        key = request.headers.get("Idempotency-Key", "")
        status, body = await self.parts.intake.take(raw, client_id=key, session=session, ip=request.remote or "")
        return web.json_response(body, status=status, headers=_FRESH)

    async def read(self, request: web.Request) -> web.StreamResponse:
        """GET /messages: what is there, or with ``wait`` the first that comes."""
        session = self.parts.gate.session(request)
        self.parts.gate.spend("read", peer=session.peer, ip="")
        after = whole_number(request, "after", default=0, most=SEQ_MOST)
        limit = max(1, whole_number(request, "limit", default=PAGE_LINES, most=PAGE_LINES))
        wait = whole_number(request, "wait", default=0, most=WAIT_SECONDS)
        lines = await self.parts.door.history(self.parts.address(session), after=after, limit=limit)
        if wait and not lines:
            with self.parts.live.one(session.peer):
                lines = await self._next(session, after=after, wait=wait)
        return web.json_response({"messages": self.parts.shown(lines[:limit], session)}, headers=_FRESH)

    async def seen(self, request: web.Request) -> web.StreamResponse:
        """POST /seen: the device has, or shows, everything up to ``seq`` (a socket says it with ``ack`` or ``read``)."""
        session = self.parts.gate.session(request)
        self.parts.gate.spend("read", peer=session.peer, ip="")
        seen = parse.seen(await read_body(request))
        stage = Stage.READ if seen.shown else Stage.DELIVERED
        await self.parts.door.seen(self.parts.address(session), seq=seen.seq, stage=stage)
        return web.Response(status=204)

    async def _next(self, session: Session, *, after: int, wait: float) -> Sequence[Line]:
        try:
            async with asyncio.timeout(wait), aclosing(self.parts.follow(session, after=after, beat=wait)) as pages:
                async for lines in pages:
                    if lines:
                        return lines
        except TimeoutError:
            pass
        return ()

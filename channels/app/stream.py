"""The conversation as server-sent events, for networks that let no socket through."""

from __future__ import annotations

import asyncio
import json
from contextlib import aclosing, suppress
from dataclasses import dataclass

from aiohttp import web

from channels.app.parts import Parts
from channels.app.problems import Problem
from channels.app.rest import SEQ_MOST, whole_number
from channels.app.tokens import Session

BEAT_SECONDS = 15.0
SLOW_SECONDS = 10.0
"""A reader that does not drain its socket for this long is dropped; he comes back and catches up by ``seq``."""
_HEADERS = {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",
}


@dataclass(frozen=True, slots=True)
class Stream:
    """GET /events of one account."""

    parts: Parts

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Each line is an event ``line`` with ``id: seq``; ``Last-Event-ID`` wins over ``?after=``."""
        parts = self.parts
        session = parts.gate.session(request)
        parts.gate.spend("read", peer=session.peer, ip="")
        after = _start(request)
        with parts.live.one(session.peer):
            response = web.StreamResponse(headers=_HEADERS | parts.gate.cors(request))
            await response.prepare(request)
            with suppress(ConnectionResetError, TimeoutError, asyncio.CancelledError):
                async with asyncio.timeout(parts.seconds_left(session)):
                    signs = asyncio.ensure_future(self._signs(response, session))
                    try:
                        await self._pump(response, session, after)
                    finally:
                        signs.cancel()
                        await asyncio.gather(signs, return_exceptions=True)
        return response

    async def _signs(self, response: web.StreamResponse, session: Session) -> None:
        """The officer is writing, or has read: events of their own, without an id."""
        async with aclosing(self.parts.signs(session)) as signs:
            async for sign in signs:
                data = json.dumps({"seq": sign.seq} if sign.seq else {})
                await response.write(f"event: {sign.act}\ndata: {data}\n\n".encode())

    async def _pump(self, response: web.StreamResponse, session: Session, after: int) -> None:
        async with aclosing(self.parts.follow(session, after=after, beat=BEAT_SECONDS)) as pages:
            async for lines in pages:
                events = "".join(
                    f"id: {shown['seq']}\nevent: line\ndata: {json.dumps(shown, ensure_ascii=False)}\n\n"
                    for shown in self.parts.shown(lines, session)
                )
                async with asyncio.timeout(SLOW_SECONDS):
                    await response.write((events or ": beat\n\n").encode())


def _start(request: web.Request) -> int:
    last = request.headers.get("Last-Event-ID", "")
    if not last:
        return whole_number(request, "after", default=0, most=SEQ_MOST)
    if not (last.isascii() and last.isdecimal() and len(last) <= 18):
        raise Problem("bad_query")
    return int(last)

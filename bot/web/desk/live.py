"""Keeps an open conversation page alive: what comes is told at once, and each side sees that the other is writing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from typing import Any

from aiohttp import web

from bot.journey.whispers import Side
from bot.services import Services
from bot.store import reading
from bot.store.lists import desk_lists
from bot.web.desk.room import Room, number
from bot.web.desk.view import HEADERS, STREAM
from channels.adapter import Act, Sign
from channels.message import Address
from dialog.view import Owner
from tickets.privacy.access import Officer

BEAT = 15.0
LASTS = 600.0
"""Seconds after which a page asks anew: who was logged out meanwhile hears nothing more."""


class LiveTalks:
    """``/desk/talks/{id}/live`` and ``/desk/talks/{id}/typing``."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._services = room.services
        self._open: set[asyncio.Task[Any]] = set()

    def routes(self) -> list[web.RouteDef]:
        """The page's script calls them."""
        seated = self._room.seated
        return [
            web.get(r"/desk/talks/{id:\d{1,19}}/live", seated(self.live, "talks", works=False)),
            web.post(r"/desk/talks/{id:\d{1,19}}/typing", seated(self.typing, "talks")),
        ]

    async def close(self, _app: web.Application) -> None:
        """End the open streams before the server waits for its handlers; the pages come back by themselves."""
        for task in tuple(self._open):
            task.cancel()

    async def live(self, request: web.Request, officer: Officer) -> web.StreamResponse:
        """Server-sent events: ``changed`` when the page is no longer what it was, ``typing`` while the citizen writes."""
        row = await desk_lists.talk(self._services.database, number(request))
        if row is None:
            return await self._room.missing(officer)
        response = web.StreamResponse(headers=STREAM)
        await response.prepare(request)
        task = asyncio.ensure_future(self._pump(response, address_of(row)))
        self._open.add(task)
        task.add_done_callback(self._open.discard)
        with suppress(ConnectionResetError, TimeoutError, asyncio.CancelledError):
            await task
        return response

    async def _pump(self, response: web.StreamResponse, address: Address) -> None:
        told: asyncio.Queue[str] = asyncio.Queue()
        news = self._services.door.watch(address), self._services.whispers.listen(address, Side.CITIZEN)
        copying = [asyncio.ensure_future(_copy(one, told)) for one in news]
        try:
            async with asyncio.timeout(LASTS):
                while True:
                    await response.write((await _next(told)).encode())
        finally:
            for task in copying:
                task.cancel()
            await asyncio.gather(*copying, return_exceptions=True)

    async def typing(self, request: web.Request, officer: Officer) -> web.StreamResponse:
        """The officer who holds the conversation is writing just now: the citizen is shown it."""
        row = await desk_lists.talk(self._services.database, number(request))
        if row is not None and held_by(row, officer):
            await self._services.whispers.tell(address_of(row), Side.OFFICER, Sign(Act.TYPING))
        return web.Response(status=204, headers=HEADERS)


async def has_read(services: Services, row: Mapping[str, Any], officer: Officer, *, seq: int) -> None:
    """Whoever holds the conversation has it before him up to ``seq``: the citizen is told so."""
    if not held_by(row, officer) or row["officer_seq"] >= seq:
        return
    async with services.database.begin() as connection:
        rose = await reading.read_by_officer(connection, row["id"], seq=seq)
    if rose:
        await services.whispers.tell(address_of(row), Side.OFFICER, Sign(Act.READ, seq))


def held_by(row: Mapping[str, Any], officer: Officer) -> bool:
    """Whether this officer holds the conversation."""
    return bool(row["owner"] == Owner.AGENT and row["agent"] == officer.account)


def address_of(row: Mapping[str, Any]) -> Address:
    """Where the citizen of a conversation's row is reached."""
    return Address(row["channel"], row["account"], row["peer_sealed"] or row["peer"])


async def _next(told: asyncio.Queue[str]) -> str:
    try:
        async with asyncio.timeout(BEAT):
            return f"event: {await told.get()}\ndata:\n\n"
    except TimeoutError:
        return ": beat\n\n"


async def _copy(news: AsyncIterator[int | Sign], told: asyncio.Queue[str]) -> None:
    async for one in news:
        typing = isinstance(one, Sign) and one.act is Act.TYPING
        told.put_nowait("typing" if typing else "changed")

"""The desk's pages of alerts to units (单位提醒) and of supervisions that are under way (督办)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from bot.store.lists import alert_lists, supervision_lists
from bot.web.desk.room import Room, back
from bot.words.alerts import GRAVE, POSTS, WORDS
from tickets.orders import Post
from tickets.privacy.access import Officer

LONGEST_ID = 19
"""Digits of the largest number a row can have."""


class Alerts:
    """``/desk/alerts`` and ``/desk/supervision``."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._services = room.services
        self._city = room.services.city

    def routes(self) -> list[web.RouteDef]:
        """The two lists, and seeing alerts."""
        seated = self._room.seated
        return [
            web.get("/desk/alerts", seated(self.list, "alerts")),
            web.post("/desk/alerts", seated(self.seen, "alerts")),
            web.get("/desk/supervision", seated(self.supervisions, "supervision")),
        ]

    async def list(self, request: web.Request, officer: Officer) -> web.StreamResponse:
        """What nobody has seen yet, of one unit or post where asked."""
        unit, post = self._asked(request, officer)
        return await self._room.show(
            "alerts.html",
            officer,
            rows=await alert_lists.listed(self._services.database, unit=unit, post=post),
            unit=unit,
            post=post,
            **self._names(),
        )

    async def seen(self, request: web.Request, officer: Officer) -> web.StreamResponse:
        """One alert, or all that were shown, are seen."""
        ids = _ids((await request.post()).getall("id", ()))
        own = officer.unit if officer.only_own else ""
        now = self._services.now()
        await alert_lists.seen(self._services.database, ids, officer=officer.account, unit=own, now=now)
        unit, post = self._asked(request, officer)
        kept = urlencode({name: value for name, value in (("unit", unit), ("post", post)) if value})
        raise back(f"/desk/alerts?{kept}" if kept else "/desk/alerts")

    async def supervisions(self, request: web.Request, officer: Officer) -> web.StreamResponse:
        """Who owes an answer, or waits for one to be looked at."""
        unit, _ = self._asked(request, officer)
        rows = await supervision_lists.under_way(self._services.database, unit=unit)
        return await self._room.show("supervision.html", officer, rows=rows, unit=unit, **self._names())

    def _asked(self, request: web.Request, officer: Officer) -> tuple[str, str]:
        """The unit and post asked for; who works for a unit alone is shown his own."""
        unit, post = request.query.get("unit", ""), request.query.get("post", "")
        if officer.only_own:
            unit = officer.unit
        return unit if unit in self._city.directory else "", post if post in POSTS else ""

    def _names(self) -> dict[str, Any]:
        return {
            "units": self._city.talk.units,
            "directory": self._city.directory,
            "posts": POSTS,
            "told": WORDS,
            "grave": GRAVE,
            "holder": lambda unit, post: self._city.directory.officer(unit, Post(post)),
        }


def _ids(given: Sequence[object]) -> list[int]:
    """Row numbers of a form; whatever else it holds is dropped."""
    texts = (one for one in given if isinstance(one, str))
    return [int(one) for one in texts if one.isascii() and one.isdigit() and len(one) < LONGEST_ID][
        : alert_lists.LISTED
    ]

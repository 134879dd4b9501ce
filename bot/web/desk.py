"""The officers' page /desk: what every room of it shares, and the door with login and logout."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from bot.logs import logger
from bot.roster import every_role
from bot.services import Services
from bot.store import desk_lists, phone_calls
from bot.store.wording import storable
from bot.web.desk_gate import COOKIE, NAME_LENGTH, SHIFT, Keys, Throttle, officer_name, same_site
from bot.web.desk_rooms import SPEAKERS, doors, open_to
from bot.web.desk_view import FOLDER, HEADERS, Pages
from tickets.access import Officer

log = logger(__name__)

LONGEST = 4000
"""Characters of one field of a form."""

Seated = Callable[[web.Request, Officer], Awaitable[web.StreamResponse]]
"""A page for an officer."""


@dataclass(slots=True)
class Room:
    """What every page of the desk shares: who may enter, and how pages look."""

    services: Services = field(repr=False)
    keys: Keys | None = field(repr=False)
    """The demonstration's key: who has it holds every role. Without one only accounts open the desk."""
    pages: Pages = field(default_factory=Pages, repr=False)
    throttle: Throttle = field(default_factory=Throttle, repr=False)

    def seated(self, page: Seated, room: str = "", *, works: bool = True) -> Callable[[web.Request], Any]:
        """Let only officers in who may enter ``room``, and only from our own pages; note who is here. A page that asks
        for itself, by script, does not show that somebody ``works``."""

        async def enter(request: web.Request) -> web.StreamResponse:
            if await self.closed():
                return self.pages.page("closed.html", status=404)
            if not same_site(request.method, request.headers, host=request.host):
                raise web.HTTPForbidden
            officer = await self._officer(request.cookies.get(COOKIE, ""), works=works)
            if officer is None:
                raise web.HTTPSeeOther("/desk/login", headers=HEADERS)
            if officer.roles & SPEAKERS:
                await desk_lists.seen(self.services.database, officer.account, now=self.services.now())
            if not open_to(officer, room):
                return await self.show("forbidden.html", officer, status=403)
            return await page(request, officer)

        return enter

    async def closed(self) -> bool:
        """Nobody could log in: there is no key, and no account."""
        return self.keys is None and not await self.services.roster.anybody()

    async def _officer(self, cookie: str, *, works: bool) -> Officer | None:
        if self.keys and (name := self.keys.read(cookie, now=self.services.now())):
            return every_role(name)
        return await self.services.roster.seated(cookie, works=works) if cookie else None

    async def show(self, template: str, officer: Officer, *, status: int = 200, **blanks: Any) -> web.Response:
        """A page with its frame: the officer, the rooms he may enter, and what waits there."""
        waiting = await desk_lists.waiting_work(self.services.database)
        rings = bool(self.telephones) and open_to(officer, "phone")
        frame = {
            "officer": officer,
            "doors": tuple(door for door in doors(officer) if door[0] != "phone" or rings),
            "rings": rings,
            "waiting": waiting,
            "now": self.services.now(),
            "categories": self.services.city.categories,
            "channels": {account.channel.name: account.channel.title for account in self.services.accounts},
        }
        return self.pages.page(template, status=status, **frame, **blanks)

    @property
    def telephones(self) -> tuple[tuple[str, str], ...]:
        """Channel and account of every hotline calls come in at."""
        return tuple((one.channel.name, one.name) for one in self.services.accounts if one.capabilities.telephone)

    async def missing(self, officer: Officer) -> web.Response:
        """Nothing is here."""
        return await self.show("missing.html", officer, status=404)


async def filled(request: web.Request) -> Mapping[str, str]:
    """The fields of a form, storable, each at most 4000 characters; several values of one name with commas between.
    Raises HTTPRequestEntityTooLarge."""
    posted = await request.post()
    given = {
        name: storable(",".join(value for value in posted.getall(name) if isinstance(value, str))) for name in posted
    }
    longest = max(map(len, given.values()), default=0)
    if longest > LONGEST:
        raise web.HTTPRequestEntityTooLarge(max_size=LONGEST, actual_size=longest)
    return given


def number(request: web.Request) -> int:
    """The row a path speaks of. Raises HTTPNotFound when no row can have it."""
    value = int(request.match_info["id"])
    if value >= 2**63:
        raise web.HTTPNotFound
    return value


def back(path: str) -> web.HTTPSeeOther:
    """Where the browser goes after a deed."""
    return web.HTTPSeeOther(path, headers=HEADERS)


class Door:
    """Logging in and out."""

    def __init__(self, room: Room) -> None:
        self._room = room

    def routes(self) -> list[web.AbstractRouteDef]:
        """Login, logout, and the files of the pages' look."""
        return [
            web.get("/desk/login", self.ask),
            web.post("/desk/login", self.enter),
            web.post("/desk/logout", self._room.seated(self.leave)),
            web.get("/desk/news", self._room.seated(self.news, works=False)),
            web.static("/desk/static", FOLDER / "desk_static"),
        ]

    async def ask(self, _request: web.Request) -> web.StreamResponse:
        """The empty form."""
        return await self._form("")

    async def enter(self, request: web.Request) -> web.StreamResponse:
        """An account and its password, or a name and the demonstration's key."""
        room, now, address = self._room, self._room.services.now(), request.remote or ""
        if await room.closed():
            return await self._form("")
        if not same_site(request.method, request.headers, host=request.host):
            raise web.HTTPForbidden
        given = await filled(request)
        name, key = officer_name(given.get("name", "")), given.get("key", "")
        if room.throttle.blocked(address, now=now) or room.throttle.blocked(f"account {name}", now=now):
            return await self._form("口令错误次数过多，请5分钟后再试。", status=429)
        cookie = await self._cookie(name, key)
        if cookie is None:
            for guessing in (address, f"account {name}"):
                room.throttle.wrong(guessing, now=now)
            log.warning("wrong password", action="desk.refused")
            return await self._form("账号或口令不对，请核对后再试。", status=403, name=name)
        room.throttle.right(address)
        if not cookie:
            return await self._form("请填写您的姓名。", status=400)
        room.throttle.right(f"account {name}")
        response = back("/desk")
        response.set_cookie(
            COOKIE,
            cookie,
            max_age=int(SHIFT.total_seconds()),
            path="/desk",
            httponly=True,
            samesite="Strict",
            secure=_encrypted(request, proxies=room.services.settings.house.web.trusted_proxies),
        )
        raise response

    async def _cookie(self, name: str, key: str) -> str | None:
        """What the browser keeps; None when it is wrong, "" when the key is right and nobody is named. The key opens no
        account: what an officer did is his alone."""
        keys, roster = self._room.keys, self._room.services.roster
        if keys is None or not keys.fits(key):
            return await roster.enter(name, key) or None
        if await roster.knows(name):
            return None
        return keys.issue(name, now=self._room.services.now()) if name else ""

    async def leave(self, request: web.Request, officer: Officer) -> web.StreamResponse:
        """The shift is over."""
        await desk_lists.left(self._room.services.database, officer.account)
        await phone_calls.stand_up(self._room.services.database, officer.account)
        await self._room.services.roster.leave(request.cookies.get(COOKIE, ""), officer)
        response = back("/desk/login")
        response.del_cookie(COOKIE, path="/desk")
        raise response

    async def news(self, _request: web.Request, officer: Officer) -> web.StreamResponse:
        """What waits, for the page's own script; asking for it keeps an officer on duty."""
        waiting = await desk_lists.waiting_work(self._room.services.database)
        mine = {name: count for name, count in waiting.items() if open_to(officer, name)}
        return web.json_response(mine, headers=HEADERS)

    async def _form(self, problem: str, *, status: int = 200, name: str = "") -> web.Response:
        room = self._room
        if await room.closed():
            return room.pages.page("closed.html", status=404)
        blanks = {"problem": problem, "name": name, "longest": NAME_LENGTH, "demonstration": room.keys is not None}
        return room.pages.page("login.html", status=status, **blanks)


def _encrypted(request: web.Request, *, proxies: int) -> bool:
    """Whether the browser came by HTTPS, to us or to a proxy of ours."""
    return request.secure or (proxies > 0 and request.headers.get("X-Forwarded-Proto") == "https")

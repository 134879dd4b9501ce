"""The officers' plain page /desk: tickets, alarms, conversations, calls and letters, for who has the desk key."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from bot.logs import logger
from bot.services import Services
from bot.store import desk_lists
from bot.store.wording import storable
from bot.web.desk_gate import COOKIE, NAME_LENGTH, SHIFT, Keys, Throttle, officer_name, same_site
from bot.web.desk_view import FOLDER, HEADERS, Pages

log = logger(__name__)

LONGEST = 4000
"""Characters of one field of a form."""

Seated = Callable[[web.Request, str], Awaitable[web.StreamResponse]]
"""A page for an officer, whose name comes second."""


@dataclass(slots=True)
class Room:
    """What every page of the desk shares: who may enter, and how pages look."""

    services: Services = field(repr=False)
    keys: Keys | None = field(repr=False)
    pages: Pages = field(default_factory=Pages, repr=False)
    throttle: Throttle = field(default_factory=Throttle, repr=False)

    def seated(self, page: Seated) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        """Let only officers in, and only from our own pages; note who is here."""

        async def enter(request: web.Request) -> web.StreamResponse:
            if self.keys is None:
                return self.pages.page("closed.html", status=404)
            if not same_site(request.method, request.headers, host=request.host):
                raise web.HTTPForbidden
            now = self.services.now()
            officer = self.keys.read(request.cookies.get(COOKIE, ""), now=now)
            if not officer:
                raise web.HTTPSeeOther("/desk/login", headers=HEADERS)
            await desk_lists.seen(self.services.database, officer, now=now)
            return await page(request, officer)

        return enter

    async def show(self, template: str, officer: str, *, status: int = 200, **blanks: Any) -> web.Response:
        """A page with its frame: the officer's name and what waits."""
        waiting = await desk_lists.waiting_work(self.services.database)
        frame = {
            "officer": officer,
            "waiting": waiting,
            "now": self.services.now(),
            "categories": self.services.city.categories,
            "channels": {account.channel.name: account.channel.title for account in self.services.accounts},
        }
        return self.pages.page(template, status=status, **frame, **blanks)

    async def missing(self, officer: str) -> web.Response:
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
            web.get("/desk/news", self._room.seated(self.news)),
            web.static("/desk/static", FOLDER / "desk_static"),
        ]

    async def ask(self, _request: web.Request) -> web.StreamResponse:
        """The empty form."""
        return self._form("")

    async def enter(self, request: web.Request) -> web.StreamResponse:
        """A key and a name."""
        room, now, address = self._room, self._room.services.now(), request.remote or ""
        if room.keys is None:
            return self._form("")
        if not same_site(request.method, request.headers, host=request.host):
            raise web.HTTPForbidden
        if room.throttle.blocked(address, now=now):
            return self._form("口令错误次数过多，请5分钟后再试。", status=429)
        given = await filled(request)
        name = officer_name(given.get("name", ""))
        if not room.keys.fits(given.get("key", "")):
            room.throttle.wrong(address, now=now)
            log.warning("wrong desk key", action="desk.refused")
            return self._form("口令不对，请核对后再试。", status=403, name=name)
        room.throttle.right(address)
        if not name:
            return self._form("请填写您的姓名。", status=400)
        response = back("/desk")
        response.set_cookie(
            COOKIE,
            room.keys.issue(name, now=now),
            max_age=int(SHIFT.total_seconds()),
            path="/desk",
            httponly=True,
            samesite="Strict",
            secure=_encrypted(request, proxies=room.services.settings.house.web.trusted_proxies),
        )
        raise response

    async def leave(self, _request: web.Request, officer: str) -> web.StreamResponse:
        """The shift is over."""
        await desk_lists.left(self._room.services.database, officer)
        response = back("/desk/login")
        response.del_cookie(COOKIE, path="/desk")
        raise response

    async def news(self, _request: web.Request, _officer: str) -> web.StreamResponse:
        """What waits, for the page's own script; asking for it keeps an officer on duty."""
        return web.json_response(await desk_lists.waiting_work(self._room.services.database), headers=HEADERS)

    def _form(self, problem: str, *, status: int = 200, name: str = "") -> web.Response:
        if self._room.keys is None:
            return self._room.pages.page("closed.html", status=404)
        return self._room.pages.page("login.html", status=status, problem=problem, name=name, longest=NAME_LENGTH)


def _encrypted(request: web.Request, *, proxies: int) -> bool:
    """Whether the browser came by HTTPS, to us or to a proxy of ours."""
    return request.secure or (proxies > 0 and request.headers.get("X-Forwarded-Proto") == "https")

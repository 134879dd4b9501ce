"""The door of the officers' page /desk: logging in and out."""

from __future__ import annotations

from aiohttp import web

from bot.logs import logger
from bot.store import phone_calls
from bot.store.lists import desk_lists
from bot.web.desk.doors import open_to
from bot.web.desk.gate import COOKIE, NAME_LENGTH, SHIFT, officer_name, same_site
from bot.web.desk.room import Room, back, filled
from bot.web.desk.view import FOLDER, HEADERS
from tickets.privacy.access import Officer

log = logger(__name__)


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
            web.static("/desk/static", FOLDER / "static"),
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

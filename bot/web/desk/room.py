"""What every room of the officers' page /desk shares: who may enter, how its pages look, how its forms are read."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from bot.roster import every_role
from bot.services import Services
from bot.store.lists import desk_lists
from bot.store.wording import storable
from bot.web.desk.doors import SPEAKERS, doors, open_to
from bot.web.desk.gate import COOKIE, Keys, Throttle, same_site
from bot.web.desk.view import HEADERS, Pages
from tickets.privacy.access import Officer

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

"""The desk's pages of matters many citizens report (串案): proposals with their evidence, and every way to join and part."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web

from bot.store import matters
from bot.web.desk.room import Room, back, filled, number
from bot.words import desk as w
from tickets.orders import NotAllowed
from tickets.privacy.access import Officer
from tickets.state import Actor, Role

NEAR: Mapping[str, str] = {"point": "位置相近", "key": "同一地点", "unknown": "地点不详", "other": "地点不同"}
MEMBERS: Mapping[str, str] = {"proposed": "待确认", "joined": "已并入", "apart": "已移出"}
Deed = Callable[[int, Mapping[str, str], Actor], Awaitable[Any]]


class Matters:
    """``/desk/matters`` and ``/desk/matters/<id>``."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._services = room.services
        families = room.services.families
        self._deeds: Mapping[str, Deed] = {
            "join": self._join,
            "part": lambda _id, given, by: families.part(given.get("ticket", ""), by=by),
            "dissolve": lambda id_, _given, by: families.dissolve(id_, by=by),
            "split": lambda id_, given, by: families.split(id_, given.get("tickets", "").split(), by=by),
        }

    def routes(self) -> list[web.RouteDef]:
        """The list, a matter, a new one, and the deeds."""
        seated, one = self._room.seated, r"/desk/matters/{id:\d{1,19}}"
        return [
            web.get("/desk/matters", seated(self.list, "matters")),
            web.post("/desk/matters", seated(self.make, "matters")),
            web.get(one, seated(self.read, "matters")),
            web.post(one + "/{deed:join|part|split|dissolve}", seated(self.deed, "matters")),
        ]

    async def list(self, _request: web.Request, officer: Officer) -> web.StreamResponse:
        """What waits for a decision first."""
        return await self._list(officer)

    async def make(self, request: web.Request, officer: Officer) -> web.StreamResponse:
        """Two tickets an officer found himself: ``ticket`` joins ``parent``."""
        given, by = await filled(request), Actor(Role.DISPATCHER, officer.account)
        parent, child = (given.get(name, "").strip() for name in ("parent", "ticket"))
        try:
            made = await self._services.families.join(parent, child, by=by)
        except NotAllowed as refused:
            return await self._list(officer, problem=w.refusal(refused), given=given, status=409)
        except LookupError:
            return await self._list(officer, problem="没有这个工单号，请核对。", given=given, status=404)
        raise back(f"/desk/matters/{made}?done=join")

    async def read(self, request: web.Request, officer: Officer) -> web.StreamResponse:
        """One matter with its members."""
        return await self._show(number(request), officer, done=request.query.get("done", ""))

    async def deed(self, request: web.Request, officer: Officer) -> web.StreamResponse:
        """Join, take out, split, dissolve; refused, the page says why and nothing has changed."""
        id_, deed = number(request), request.match_info["deed"]
        given = {**await filled(request)}
        # A form sends one field a box that is ticked.
        given["tickets"] = " ".join(str(one) for one in (await request.post()).getall("ticket", ()))
        try:
            made = await self._deeds[deed](id_, given, Actor(Role.DISPATCHER, officer.account))
        except NotAllowed as refused:
            return await self._show(id_, officer, problem=w.refusal(refused), status=409)
        except LookupError:
            return await self._show(id_, officer, problem="没有这个工单，或它已不在这件事里。", status=404)
        raise back(f"/desk/matters/{made or id_}?done={deed}")

    async def _join(self, id_: int, given: Mapping[str, str], by: Actor) -> int | None:
        async with self._services.database.read() as connection:
            known = await matters.found(connection, id_)
        if known is None or known["state"] == "dissolved":
            raise LookupError(f"there is no matter {id_}")
        return await self._services.families.join(known["parent"], given.get("ticket", "").strip(), by=by)

    async def _list(self, officer: Officer, *, status: int = 200, **said: Any) -> web.StreamResponse:
        rows = await matters.listed(self._services.database)
        blanks = {"problem": "", "given": {}} | said
        return await self._room.show("matters.html", officer, status=status, rows=rows, **blanks)

    async def _show(self, id_: int, officer: Officer, *, status: int = 200, **said: Any) -> web.StreamResponse:
        async with self._services.database.read() as connection:
            one = await matters.found(connection, id_)
            if one is None:
                return await self._room.missing(officer)
            several = await matters.members(connection, id_)
            inside = {each["ticket"] for each in several if each["state"] == "joined"}
            citizens = await matters.citizens(connection, {*inside, one["parent"]})
        return await self._room.show(
            "matter.html",
            officer,
            status=status,
            one=one,
            members=several,
            citizens=citizens,
            units=self._services.city.talk.units,
            near=NEAR,
            named=MEMBERS,
            **{"problem": "", "done": ""} | said,
        )

"""The desk's buttons of a three-way call (三方通话): call a unit's duty line, join the citizen, leave, call it off."""

from __future__ import annotations

from aiohttp import web

from bot.phone.registering import NoSuchCall
from bot.phone.unit_calls import CannotCall
from bot.web.desk.room import Room, back, filled, number
from bot.words import phone as said
from channels.three_way import Happening
from tickets.privacy.access import Officer


class UnitCallButtons:
    """``/desk/phone/calls/<id>/unit``."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._units = room.services.phone.units

    def routes(self) -> list[web.RouteDef]:
        """One route for each button."""
        seated, one = self._room.seated, r"/desk/phone/calls/{id:\d{1,19}}/unit"
        return [
            web.post(one, seated(self.begin, "phone")),
            web.post(one + "/{button:join|leave|call_off}", seated(self.press, "phone")),
        ]

    async def begin(self, request: web.Request, officer: Officer) -> web.StreamResponse:
        """The citizen waits with music, the unit's duty line rings."""
        call, unit = number(request), (await filled(request)).get("unit", "")
        try:
            await self._units.begin(call, unit, officer)
        except NoSuchCall:
            return await self._room.missing(officer)
        except CannotCall as refused:
            return await self._refused(call, officer, refused)
        raise back(f"/desk/phone/calls/{call}#unit")

    async def press(self, request: web.Request, officer: Officer) -> web.StreamResponse:
        """What the agent wants next."""
        call = number(request)
        try:
            await self._units.press(call, Happening(request.match_info["button"]), officer)
        except CannotCall as refused:
            return await self._refused(call, officer, refused)
        raise back(f"/desk/phone/calls/{call}#unit")

    async def _refused(self, call: int, officer: Officer, refused: CannotCall) -> web.StreamResponse:
        problem = said.not_dialled(refused)
        return await self._room.show("phone_refused.html", officer, status=409, call=call, problem=problem)

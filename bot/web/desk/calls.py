"""The desk's page of calls to make (回电): taken, dialled, not answered, done."""

from __future__ import annotations

from aiohttp import web

from bot.orders.calls import CallRefused, NoSuchCall
from bot.phone.unit_calls import CannotCall
from bot.web.desk.room import Room, back, filled, number
from bot.words import phone as said
from channels.errors import SendError
from tickets.privacy.access import Officer

GONE = "这个电话不需要再打了。"


class CallTasks:
    """``/desk/calls``."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._phone = room.services.phone

    def routes(self) -> list[web.RouteDef]:
        """The list, and what becomes of a call."""
        seated, one = self._room.seated, r"/desk/calls/{id:\d{1,19}}"
        return [
            web.get("/desk/calls", seated(self.calls, "calls")),
            web.post(one, seated(self.called, "calls")),
            web.post(one + "/{deed:take|no_answer|dial}", seated(self.deed, "calls")),
        ]

    async def calls(self, _request: web.Request, officer: Officer) -> web.StreamResponse:
        """Calls to make now; the officer's own first."""
        return await self._list(officer)

    async def called(self, request: web.Request, officer: Officer) -> web.StreamResponse:
        """A call was made."""
        result = (await filled(request)).get("result", "").strip()
        try:
            await self._phone.tasks.done(number(request), officer.account, result)
        except CallRefused as refused:
            return await self._list(officer, status=409, problem=f"这个电话已由{refused.holder}领取。")
        raise back("/desk/calls")

    async def deed(self, request: web.Request, officer: Officer) -> web.StreamResponse:
        """Take it, dial it, or note that nobody answered."""
        task, tasks, account = number(request), self._phone.tasks, officer.account
        try:
            match request.match_info["deed"]:
                case "take":
                    await tasks.take(task, account)
                case "no_answer":
                    await tasks.not_answered(task, account)
                case _:
                    row = await tasks.held(task, account)
                    await self._phone.dialling.dial(account, row["conversation_id"])
        except NoSuchCall:
            return await self._list(officer, status=404, problem=GONE)
        except CallRefused as refused:
            return await self._list(officer, status=409, problem=said.refused(refused))
        except (CannotCall, SendError) as refused:
            return await self._list(officer, status=409, problem=said.not_dialled(refused))
        raise back("/desk/calls")

    async def _list(self, officer: Officer, *, status: int = 200, problem: str = "") -> web.Response:
        rows = await self._phone.tasks.waiting(officer.account)
        dials = await self._phone.dialling.can(officer.account)
        return await self._room.show("calls.html", officer, status=status, rows=rows, dials=dials, problem=problem)

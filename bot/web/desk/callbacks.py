"""The desk's pages of callback (回访): calls to make and what came of them, and dissatisfied citizens to be looked into."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from bot.orders.calls import CallRefused, NoSuchCall
from bot.phone.unit_calls import CannotCall
from bot.store.lists.triage_lists import waiting_triage
from bot.store.ticket_rows import read_ticket
from bot.web.desk.orders import Standing
from bot.web.desk.room import Room, back, filled
from bot.words import desk as w
from bot.words.phone import not_dialled
from channels.errors import SendError
from tickets.command import Command
from tickets.orders import NotAllowed
from tickets.privacy.access import Officer

ONE = r"/desk/callbacks/{id:\d{1,32}-\d{1,3}}"
TRIAGE = (
    Command.REDO,
    Command.EXPLAIN,
    Command.CLAIM_UNREASONABLE,
    Command.REQUEST_SUSPEND,
    Command.ACCEPT_CHANGE,
    Command.ADD_FINDING,
)
"""What a reviewer may do, in the order of the findings (a) to (f)."""
NOT_TAKEN = "这个电话不在您手中，请先领取。"
_SAID = ("solved", "satisfaction", "contacted", "comment")


class Callbacks:
    """``/desk/callbacks`` and ``/desk/triage``."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._services = room.services

    def routes(self) -> list[web.RouteDef]:
        """Lists and deeds."""
        seated = self._room.seated
        return [
            web.get("/desk/callbacks", seated(self.calls, "callbacks")),
            web.post(ONE + "/take", seated(self.take, "callbacks")),
            web.get(ONE, seated(self.sheet, "callbacks")),
            web.post(ONE + "/{deed:answered|no_answer}", seated(self.record, "callbacks")),
            web.post(ONE + "/dial", seated(self.dial, "callbacks")),
            web.get("/desk/triage", seated(self.triage, "triage")),
        ]

    async def calls(self, _request: web.Request, officer: Officer) -> web.StreamResponse:
        """Calls to make now; the officer's own first."""
        return await self._list(officer)

    async def take(self, request: web.Request, officer: Officer) -> web.StreamResponse:
        """Hold a call."""
        call = request.match_info["id"]
        try:
            await self._services.calls.take(call, officer.account, unit=officer.unit)
        except NoSuchCall:
            return await self._list(officer, status=404, problem="这个电话不需要再打了。")
        except CallRefused as refused:
            problem = f"这个电话已由{refused.holder}领取。" if refused.holder else "现在不是拨打这个电话的时间。"
            return await self._list(officer, status=409, problem=problem)
        raise back(f"/desk/callbacks/{call}")

    async def sheet(self, request: web.Request, officer: Officer) -> web.StreamResponse:
        """The form of a call under way; the number is shown to who took it, and to nobody else."""
        return await self._sheet(request.match_info["id"], officer)

    async def record(self, request: web.Request, officer: Officer) -> web.StreamResponse:
        """What came of it."""
        call, calls = request.match_info["id"], self._services.calls
        given = await filled(request)
        reasons = [str(one) for one in (await request.post()).getall("reasons", [])]
        said: dict[str, Any] = {name: value for name in _SAID if (value := given.get(name, "").strip())}
        try:
            if request.match_info["deed"] == "no_answer":
                await calls.not_answered(call, officer.account, unit=officer.unit, note=given.get("note", ""))
            elif "satisfaction" not in said:
                return await self._sheet(call, officer, status=400, problem="请选择市民的评价。", given=given)
            else:
                await calls.answered(call, officer.account, said | {"reasons": reasons}, unit=officer.unit)
        except NoSuchCall:
            return await self._list(officer, status=404, problem="这个电话不需要再打了。")
        except CallRefused:
            return await self._list(officer, status=409, problem=NOT_TAKEN)
        except NotAllowed as refused:
            return await self._sheet(call, officer, status=409, problem=w.refusal(refused), given=given)
        raise back("/desk/callbacks")

    async def dial(self, request: web.Request, officer: Officer) -> web.StreamResponse:
        """Let the switchboard call the citizen, where the officer sits at an extension."""
        call = request.match_info["id"]
        row = await self._held(call, officer)
        if row is None:
            return await self._list(officer, status=409, problem=NOT_TAKEN)
        try:
            await self._services.phone.dialling.dial(officer.account, row["conversation_id"])
        except (CannotCall, SendError) as refused:
            return await self._sheet(call, officer, status=409, problem=not_dialled(refused))
        raise back(f"/desk/callbacks/{call}")

    async def triage(self, _request: web.Request, officer: Officer) -> web.StreamResponse:
        """Who is dissatisfied, why, and what may be done about it."""
        rows = await waiting_triage(self._services.database)
        cases = [(row, read_ticket(row).this_round, self._forms(row, officer)) for row in rows]
        return await self._room.show("triage.html", officer, cases=cases, units=self._services.city.talk.units)

    def _forms(self, row: Mapping[str, Any], officer: Officer) -> list[Any]:
        ticketing = self._services.office.ticketing
        try:
            policy = ticketing.policies.get(row["policy"])
        except LookupError:
            return []
        now = self._services.now()
        standing = Standing(
            ticket=read_ticket(row),
            officer=officer,
            policy=policy,
            calendar=ticketing.calendar,
            directory=ticketing.directory,
            now=now,
        )
        return sorted(
            (one for one in standing.forms() if one.command in TRIAGE), key=lambda one: TRIAGE.index(one.command)
        )

    async def _list(self, officer: Officer, *, status: int = 200, problem: str = "") -> web.Response:
        rows = await self._services.calls.waiting(officer.account, unit=officer.unit)
        units = self._services.city.talk.units
        return await self._room.show("callbacks.html", officer, status=status, rows=rows, problem=problem, units=units)

    async def _sheet(
        self,
        call: str,
        officer: Officer,
        *,
        status: int = 200,
        problem: str = "",
        given: Mapping[str, str] | None = None,
    ) -> web.Response:
        row = await self._held(call, officer)
        if row is None:
            return await self._list(officer, status=409, problem=NOT_TAKEN)
        return await self._room.show(
            "callback.html",
            officer,
            status=status,
            row=row,
            problem=problem,
            given=given or {},
            units=self._services.city.talk.units,
            dials=await self._services.phone.dialling.can(officer.account),
        )

    async def _held(self, call: str, officer: Officer) -> Mapping[str, Any] | None:
        """A call he took."""
        mine = await self._services.calls.waiting(officer.account, unit=officer.unit)
        return next((one for one in mine if one["id"] == call and one["taken_by"] == officer.account), None)

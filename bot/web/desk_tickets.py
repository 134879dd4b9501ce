"""The desk's pages of tickets: the list by state, one ticket, and the orders to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web

from bot.store import desk_lists
from bot.store.sights import glance, look_at, visible_to
from bot.store.ticket_lists import listed, whole
from bot.store.ticket_rows import read_ticket
from bot.web import desk_words as w
from bot.web.desk import Room, back, filled
from bot.web.desk_forms import UNITS, Form
from bot.web.desk_orders import BY_COMMAND, offered
from bot.web.desk_rooms import doors, open_to
from tickets.access import Look, Officer, veil
from tickets.dispatch import Suggestion, suggest
from tickets.orders import NotAllowed
from tickets.ticket import State

CLOSED = "closed"
"""The tab of what ended lately, beside the open states."""
TABS = (
    State.RECEIVED,
    State.TO_DISPATCH,
    State.DISPATCHED,
    State.HANDLING,
    State.IN_CONSULTATION,
    State.SUSPENDED,
    State.TO_REVIEW,
    State.TO_CALLBACK,
    State.EMERGENCY_DIVERTED,
)


class Tickets:
    """``/desk`` and ``/desk/tickets/<number>``."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._services = room.services
        self._city = room.services.city

    def routes(self) -> list[web.RouteDef]:
        """The list, a ticket, an order."""
        seated, one = self._room.seated, r"/desk/tickets/{number:[\w-]{1,32}}"
        return [
            web.get("/desk", seated(self.list)),
            web.get(one, seated(self.read, "tickets")),
            web.post(one + r"/{command:[a-z_]{1,32}}", seated(self.order, "tickets")),
        ]

    async def list(self, request: web.Request, officer: Officer) -> web.StreamResponse:
        """Open tickets, the soonest due first, or what ended lately."""
        if not open_to(officer, "tickets"):
            raise back(next(doors(officer), ("", "/desk/login", ""))[1])
        state, database, visible = request.query.get("state", ""), self._services.database, visible_to(officer)
        if state == CLOSED:
            rows = await desk_lists.lately_closed(database, visible=visible)
        else:
            rows = await listed(database, state=state if state in TABS else "", visible=visible)
        return await self._room.show(
            "tickets.html",
            officer,
            rows=[veil(row, glance(officer, row)) for row in rows],
            state=state,
            tabs=TABS,
            counts=await desk_lists.open_states(database, visible=visible),
            units=self._city.talk.units,
        )

    async def read(self, request: web.Request, officer: Officer) -> web.StreamResponse:
        """One ticket."""
        done = BY_COMMAND.get(request.query.get("done", ""))
        return await self._show(request.match_info["number"], officer, done=done)

    async def order(self, request: web.Request, officer: Officer) -> web.StreamResponse:
        """An order; refused, the page comes back with the reason and everything that was filled in."""
        number, form = request.match_info["number"], BY_COMMAND.get(request.match_info["command"])
        if form is None:
            return await self._room.missing(officer)
        given = await filled(request)
        try:
            row, _, _ = await self._seen(number, officer)
            if problem := self._amiss(form, given):
                return await self._show(number, officer, problem=problem, form=form, given=given, status=400)
            await self._give(number, form, given, officer=officer, lead=row["lead_unit"])
        except NotAllowed as refused:
            return await self._show(number, officer, problem=w.refusal(refused), form=form, given=given, status=409)
        except LookupError:
            return await self._room.missing(officer)
        raise back(f"/desk/tickets/{number}?done={form.command.value}")

    async def _give(self, number: str, form: Form, given: Mapping[str, str], *, officer: Officer, lead: str) -> None:
        """The order in the first of his roles that may give it now. Raises NotAllowed when none may."""
        orders = tuple(form.orders(given, officer=officer, lead=lead))
        if not orders:
            raise NotAllowed(form.command, State.DRAFT, "role")
        *firsts, last = orders
        for order in firsts:
            try:
                return await self._services.office.order(number, order)
            except NotAllowed as refused:
                if refused.reason not in {"role", "not_yours"}:
                    raise
        return await self._services.office.order(number, last)

    def _amiss(self, form: Form, given: Mapping[str, str]) -> str:
        """What a form lacks before the life cycle is asked."""
        for blank in form.blanks:
            value = given.get(blank.name, "").strip()
            known = self._city.talk.units if blank.choices is UNITS else blank.choices
            if blank.required and not value:
                return f"请填写“{blank.label}”。"
            if value and known is not None and value not in known:
                return f"“{blank.label}”请从列表中选择。"
        return ""

    async def _show(self, number: str, officer: Officer, *, status: int = 200, **said: Any) -> web.StreamResponse:
        try:
            row, events, look = await self._seen(number, officer)
            ticketing = self._services.office.ticketing
            forms = tuple(
                offered(
                    read_ticket(row),
                    officer,
                    policy=ticketing.policies.get(row["policy"]),
                    calendar=ticketing.calendar,
                    now=self._services.now(),
                )
            )
        except LookupError:
            return await self._room.missing(officer)
        return await self._room.show(
            "ticket.html",
            officer,
            status=status,
            row=veil(row, look),
            look=look,
            events=[{**event, "data": veil(event["data"], look)} for event in events],
            forms=forms,
            suggestions=self._suggest(row),
            directory=self._city.directory,
            units=self._city.talk.units,
            district=self._district(row["district"]),
            category=self._city.categories.get(row["category"], row["category"]),
            UNITS=UNITS,
            **{"done": None, "problem": "", "form": None, "given": {}} | said,
        )

    async def _seen(self, number: str, officer: Officer) -> tuple[Mapping[str, Any], Sequence[Mapping[str, Any]], Look]:
        """A ticket with its events, and how he looks at it. Raises LookupError where it does not exist for him."""
        row, events = await whole(self._services.database, number)
        look = await look_at(self._services.database, officer, row, now=self._services.now())
        if not look.at_all:
            raise LookupError(f"there is no ticket {number} for this officer")
        return row, events, look

    def _suggest(self, row: Mapping[str, Any]) -> tuple[Suggestion, ...]:
        return suggest(self._city.directory, self._city.catalogue, category=row["category"], district=row["district"])

    def _district(self, code: str) -> str:
        return next((one.name for one in self._city.talk.districts if one.code == code), "未说明")

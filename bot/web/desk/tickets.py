"""The desk's pages of tickets: the list by state, one ticket, and the orders to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web

from bot.store import matters, phone_calls
from bot.store.lists import alert_lists, desk_lists
from bot.store.lists.sights import glance, look_at, visible_to
from bot.store.lists.ticket_lists import listed, whole
from bot.store.ticket_rows import read_ticket
from bot.web.desk.doors import doors, open_to
from bot.web.desk.forms import Among, Form
from bot.web.desk.matters import NEAR
from bot.web.desk.orders import BY_COMMAND, Standing
from bot.web.desk.room import Room, back, filled
from bot.words import desk as w
from bot.words.alerts import POSTS, WORDS
from tickets.dispatch.suggestion import Suggestion
from tickets.orders import Command, NotAllowed
from tickets.privacy.access import Look, Officer, may_hear, veil
from tickets.privacy.sealing import reader_of
from tickets.ticket import State

CLOSED = "closed"
"""The tab of what ended lately, beside the open states."""
UNDECIDED = {State.RECEIVED, State.TO_DISPATCH, State.IN_CONSULTATION, State.DISPATCHED, State.HANDLING}
"""Where somebody may still have to name a unit."""
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
        """One ticket; ``take`` fills the dispatch form with the proposal of that place."""
        done = BY_COMMAND.get(request.query.get("done", ""))
        take = request.query.get("take", "")
        return await self._show(request.match_info["number"], officer, done=done, take=take)

    async def order(self, request: web.Request, officer: Officer) -> web.StreamResponse:
        """An order; refused, the page comes back with the reason and everything that was filled in."""
        number, form = request.match_info["number"], BY_COMMAND.get(request.match_info["command"])
        if form is None:
            return await self._room.missing(officer)
        given = await filled(request)
        try:
            row, _, _ = await self._seen(number, officer)
            if problem := self._amiss(form, given, row):
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

    def _amiss(self, form: Form, given: Mapping[str, str], row: Mapping[str, Any]) -> str:
        """What a form lacks before the life cycle is asked."""
        for blank in form.blanks:
            value = given.get(blank.name, "").strip()
            known = blank.choices
            if known is Among.SUPERVISIONS:
                known = {one.number: "" for one in read_ticket(row).supervisions if one.open}
            elif isinstance(known, Among):
                known = self._city.talk.units
            if blank.required and not value:
                return f"请填写“{blank.label}”。"
            chosen = blank.values(value) if blank.several else [value] * bool(value)
            if known is not None and not set(chosen) <= set(known):
                return f"“{blank.label}”请从列表中选择。"
        return ""

    async def _show(
        self, number: str, officer: Officer, *, status: int = 200, take: str = "", **said: Any
    ) -> web.StreamResponse:
        now, ticketing = self._services.now(), self._services.office.ticketing
        try:
            row, events, look = await self._seen(number, officer)
            standing = Standing(
                ticket=read_ticket(row),
                officer=officer,
                policy=ticketing.policies.get(row["policy"]),
                calendar=ticketing.calendar,
                directory=self._city.directory,
                now=now,
            )
        except LookupError:
            return await self._room.missing(officer)
        suggestions = self._services.advice.suggest(row, now=now) if row["state"] in UNDECIDED else ()
        return await self._room.show(
            "ticket.html",
            officer,
            status=status,
            row=veil(row, look),
            look=look,
            beside=await matters.beside(self._services.database, row),
            near=NEAR,
            events=[{**event, "data": veil(event["data"], look)} for event in events],
            forms=tuple(standing.forms()),
            suggestions=suggestions,
            choices={among: standing.known(among) for among in Among},
            units=self._city.talk.units,
            district=self._district(row["district"]),
            category=self._city.categories.get(row["category"], row["category"]),
            Among=Among,
            alerts=await alert_lists.of_ticket(self._services.database, number),
            told=WORDS,
            posts=POSTS,
            calls=await self._calls(row, officer),
            **{"done": None, "problem": "", "form": None, "given": {}} | _taken(suggestions, take) | said,
        )

    async def _calls(self, of: Mapping[str, Any], officer: Officer) -> Sequence[tuple[Mapping[str, Any], bool]]:
        """The calls it was spoken of in, and which of them he may hear; of a confidential one they lead to its citizen."""
        rows = [] if of["confidential"] else await phone_calls.of_ticket(self._services.database, of["number"])
        recorded = ((row, bool(phone_calls.read_call(row).word("recording"))) for row in rows)
        return [(row, there and may_hear(officer, by=row["officer"])) for row, there in recorded]

    async def _seen(self, number: str, officer: Officer) -> tuple[Mapping[str, Any], Sequence[Mapping[str, Any]], Look]:
        """A ticket with its events, and how he looks at it. Raises LookupError where it does not exist for him."""
        row, events = await whole(self._services.database, number, reader=reader_of(officer))
        look = await look_at(self._services.database, officer, row, now=self._services.now())
        if not look.at_all:
            raise LookupError(f"there is no ticket {number} for this officer")
        return row, events, look

    def _district(self, code: str) -> str:
        return next((one.name for one in self._city.talk.districts if one.code == code), "未说明")


def _taken(suggestions: Sequence[Suggestion], take: str) -> dict[str, Any]:
    """The dispatch form filled with a proposal, by its place from 1."""
    if take not in {str(place) for place in range(1, len(suggestions) + 1)}:
        return {}
    one = suggestions[int(take) - 1]
    given = {"lead": one.unit, "co": ",".join(one.co), "because": one.reason}
    return {"form": BY_COMMAND[Command.DISPATCH.value], "given": given}

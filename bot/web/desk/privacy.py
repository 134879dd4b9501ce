"""The desk's pages of privacy: seeing who a citizen is, writing to him unseen, his own requests, and the auditor's page."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from bot.citizens.own_data import Refused
from bot.store.citizens import accesses
from bot.store.citizens.contacts import numbers
from bot.store.lists.sights import look_at
from bot.store.lists.ticket_lists import whole
from bot.web.desk.room import Room, back, filled, number
from bot.web.own_copy import readable
from bot.words import privacy as words
from bot.words.desk import refusal
from tickets.orders import NotAllowed
from tickets.privacy.access import FieldClass, Officer
from tickets.privacy.revealing import Denied, Purpose, askable, may_break_glass

TICKET = r"{number:[\w-]{1,32}}"


class Privacy:
    """``/desk/private/<ticket>``, ``/desk/reveals``, ``/desk/requests``, ``/desk/audit``."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._services = room.services

    def routes(self) -> list[web.RouteDef]:
        """Pages and deeds."""
        seated, one = self._room.seated, rf"/desk/private/{TICKET}"
        return [
            web.get(one, seated(self.private, "tickets")),
            web.post(rf"{one}/reveal", seated(self.ask, "tickets")),
            web.post(rf"{one}/relay", seated(self.relay, "tickets")),
            web.get("/desk/reveals", seated(self.reveals, "reveals")),
            web.post(r"/desk/reveals/{id:\d{1,19}}/{deed:agree|refuse}", seated(self.decide, "reveals")),
            web.get("/desk/requests", seated(self.requests, "requests")),
            web.post(r"/desk/requests/{id:\d{1,19}}/{deed:sign|refuse}", seated(self.sign, "requests")),
            web.get(r"/desk/requests/{id:\d{1,19}}/copy", seated(self.copy, "requests")),
            web.get("/desk/audit", seated(self.audit, "audit")),
            web.post(r"/desk/audit/{id:\d{1,19}}", seated(self.review, "audit")),
        ]

    async def private(self, request: web.Request, officer: Officer) -> web.StreamResponse:
        """Who the citizen of a ticket is, as far as revealed, and how to reach him unseen."""
        return await self._private(request.match_info["number"], officer)

    async def ask(self, request: web.Request, officer: Officer) -> web.StreamResponse:
        """A purpose and a reason; refused, the page comes back with what was written."""
        ticket, given = request.match_info["number"], await filled(request)
        try:
            what, purpose = FieldClass(given.get("field", "")), Purpose(given.get("purpose", ""))
            runs = await self._services.reveals.ask(officer, ticket, what, purpose, given.get("reason", ""))
        except Denied as denied:
            return await self._private(ticket, officer, status=409, problem=words.denied(denied), given=given)
        except (LookupError, ValueError):
            return await self._room.missing(officer)
        raise back(f"/desk/private/{ticket}?asked={'now' if runs else 'second'}")

    async def relay(self, request: web.Request, officer: Officer) -> web.StreamResponse:
        """The unit's words to the citizen, through the hotline."""
        ticket, given = request.match_info["number"], await filled(request)
        try:
            row, _ = await self._look(ticket, officer)
            key = given.get("key", "")[:64]
            text = given.get("text", "")
            await self._services.relay.say(ticket, officer, text, lead=row["lead_unit"], key=key)
        except NotAllowed as refused:
            return await self._private(ticket, officer, status=409, problem=refusal(refused), given=given)
        except ValueError:
            return await self._private(ticket, officer, status=400, problem="请写下要转达的话。", given=given)
        except LookupError:
            return await self._room.missing(officer)
        raise back(f"/desk/tickets/{ticket}?done=contact")

    async def _look(self, ticket: str, officer: Officer) -> tuple[Mapping[str, Any], Any]:
        row, _ = await whole(self._services.database, ticket)
        look = await look_at(self._services.database, officer, row, now=self._services.now())
        if not look.at_all:
            raise LookupError(f"there is no ticket {ticket} for this officer")
        return row, look

    async def _private(
        self, ticket: str, officer: Officer, *, status: int = 200, problem: str = "", given: Mapping[str, str] = {}
    ) -> web.StreamResponse:
        services = self._services
        try:
            row, look = await self._look(ticket, officer)
        except LookupError:
            return await self._room.missing(officer)
        contact: list[str] = []
        if look.revealed:
            await services.reveals.read(look, ticket)
        if FieldClass.CONTACT in look.revealed:
            contact = await numbers(services.database, row["citizen"], services.accounts)
        unit = officer.acts_for(row["lead_unit"])
        return await self._room.show(
            "private.html",
            officer,
            status=status,
            row=row,
            contact=contact,
            content=row["content"] if FieldClass.IDENTITY in look.revealed else "",
            revealed=look.revealed,
            may=askable(look),
            glass=may_break_glass(officer),
            own=words,
            unit=services.city.talk.units.get(unit, unit),
            key=secrets.token_urlsafe(12),
            problem=problem,
            given=given,
        )

    async def reveals(self, _request: web.Request, officer: Officer) -> web.StreamResponse:
        """What waits for a second person."""
        return await self._reveals(officer)

    async def _reveals(self, officer: Officer, *, status: int = 200, problem: str = "") -> web.StreamResponse:
        rows = await self._services.reveals.pending()
        return await self._room.show("reveals.html", officer, status=status, rows=rows, own=words, problem=problem)

    async def decide(self, request: web.Request, officer: Officer) -> web.StreamResponse:
        """Agree, or not."""
        reveals = self._services.reveals
        deed = reveals.agree if request.match_info["deed"] == "agree" else reveals.refuse
        try:
            await deed(officer, number(request))
        except Denied as denied:
            return await self._reveals(officer, status=409, problem=words.denied(denied))
        except LookupError:
            return await self._room.missing(officer)
        raise back("/desk/reveals")

    async def requests(self, _request: web.Request, officer: Officer) -> web.StreamResponse:
        """What citizens ask of their own data."""
        return await self._requests(officer)

    async def _requests(self, officer: Officer, *, status: int = 200, problem: str = "") -> web.StreamResponse:
        rows = await self._services.own_data.open_requests()
        return await self._room.show("requests.html", officer, status=status, rows=rows, problem=problem)

    async def sign(self, request: web.Request, officer: Officer) -> web.StreamResponse:
        """One of two signatures, or a refusal with its reason."""
        own, id = self._services.own_data, number(request)
        try:
            if request.match_info["deed"] == "refuse":
                await own.refuse(id, officer, (await filled(request)).get("note", ""))
            else:
                await own.sign(id, officer)
        except Refused as refused:
            return await self._requests(officer, status=409, problem=words.refused(refused))
        except LookupError:
            return await self._room.missing(officer)
        raise back("/desk/requests")

    async def copy(self, request: web.Request, officer: Officer) -> web.StreamResponse:
        """The copy a citizen asked for, as a text he can read."""
        own = self._services.own_data
        try:
            row = await own.get(number(request))
            if row["kind"] != "export" or row["refused_at"]:
                raise LookupError
            kept = await own.export(row["citizen"], by=officer)
        except LookupError:
            return await self._room.missing(officer)
        headers = {
            "Content-Disposition": f'attachment; filename="citizen-{row["citizen"]}.md"',
            "Cache-Control": "no-store",
        }
        return web.Response(text=readable(kept), content_type="text/markdown", headers=headers)

    async def audit(self, request: web.Request, officer: Officer) -> web.StreamResponse:
        """Who looked at whom, and the break-glass looks to review."""
        return await self._audit(request, officer)

    async def _audit(
        self, request: web.Request, officer: Officer, *, status: int = 200, problem: str = ""
    ) -> web.StreamResponse:
        account, ticket = request.query.get("account", "")[:64], request.query.get("ticket", "")[:32]
        return await self._room.show(
            "audit.html",
            officer,
            status=status,
            rows=await accesses.entries(self._services.database, account=account, ticket=ticket),
            unreviewed=await self._services.reveals.unreviewed(),
            account=account,
            ticket=ticket,
            own=words,
            problem=problem,
        )

    async def review(self, request: web.Request, officer: Officer) -> web.StreamResponse:
        """The auditor's word on a break-glass look."""
        try:
            await self._services.reveals.review(officer, number(request), (await filled(request)).get("note", ""))
        except Denied as denied:
            return await self._audit(request, officer, status=409, problem=words.denied(denied))
        except LookupError:
            return await self._room.missing(officer)
        raise back("/desk/audit")

"""The desk's telephone pages (话务): the seat, who is calling, the call form (话务登记), and the recording."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping
from contextlib import aclosing, suppress
from datetime import timedelta
from typing import Any

from aiohttp import web

from bot.phone.registering import NoSuchCall, Registered
from bot.store import phone_calls
from bot.store.citizens import accesses
from bot.store.phone_calls import Seat, read_call
from bot.web.desk.doors import SPEAKERS
from bot.web.desk.room import Room, back, filled, number
from bot.web.desk.view import STREAM, discreet
from bot.words import desk as w
from bot.words import phone as said
from channels.calls import Phase
from channels.three_way import Stage, buttons
from dialog.call_form import Elements
from tickets.appeal import AppealType, Urgency
from tickets.orders import NotAllowed
from tickets.privacy.access import Officer, may_hear

BEAT = 15.0
"""Seconds of silence after which an open stream says that it lives."""
LONGEST = timedelta(minutes=20)
"""A stream ends after this long and is opened again: the officer is looked at anew."""
_EXTENSION = re.compile(r"[0-9]{2,16}")


class PhonePages:
    """``/desk/phone``."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._services = room.services
        self._database = room.services.database
        self._phone = room.services.phone

    def routes(self) -> list[web.RouteDef]:
        """The seat, the live event, one call and what is registered during it."""
        seated, one = self._room.seated, r"/desk/phone/calls/{id:\d{1,19}}"
        return [
            web.get("/desk/phone", seated(self.home, "phone")),
            web.post("/desk/phone/seat", seated(self.sit, "phone")),
            web.get("/desk/phone/events", seated(self.events, "phone", works=False)),
            web.get(one, seated(self.call, "phone")),
            web.post(one + "/{deed:open|supplement|urge}", seated(self.register, "phone")),
            web.get(one + "/recording", seated(self.recording)),
        ]

    async def home(self, _request: web.Request, officer: Officer) -> web.StreamResponse:
        """Where he sits, and his last calls."""
        return await self._home(officer)

    async def sit(self, request: web.Request, officer: Officer) -> web.StreamResponse:
        """He sits at an extension, or at none."""
        given = await filled(request)
        extension, line = given.get("extension", "").strip(), given.get("line", "")
        if not extension:
            await phone_calls.stand_up(self._database, officer.account)
            raise back("/desk/phone")
        place = next((one for one in self._room.telephones if ".".join(one) == line), None)
        if place is None or not _EXTENSION.fullmatch(extension):
            return await self._home(officer, status=400, problem="请填写分机号（2至16位数字）。")
        await phone_calls.sit(self._database, officer.account, Seat(*place, extension), now=self._services.now())
        raise back("/desk/phone")

    async def events(self, request: web.Request, officer: Officer) -> web.StreamResponse:
        """来电弹屏: tells the page of each call at his extension, and when it is over. 204 where he sits at none."""
        seat = await phone_calls.seat_of(self._database, officer.account)
        if seat is None:
            return web.Response(status=204)
        response = web.StreamResponse(headers=STREAM)
        await response.prepare(request)
        with suppress(ConnectionError):
            await self._pump(response, seat, officer)
        return response

    async def _pump(self, response: web.StreamResponse, seat: Seat, officer: Officer) -> None:
        until, shown = self._services.now() + LONGEST, ""
        async with aclosing(self._phone.bells.watch(seat, beat=BEAT)) as changes:
            async for _ in changes:
                sits = await phone_calls.seat_of(self._database, officer.account) == seat
                told = json.dumps(await self._at(seat) if sits else {}, ensure_ascii=False)
                await response.write(_event(told, shown))
                shown = told
                if not sits or self._services.now() > until:
                    return

    async def _at(self, seat: Seat) -> Mapping[str, Any]:
        """Who calls, as the officer may know it: by the ends of his number, and by his own open tickets."""
        row = await phone_calls.at_seat(self._database, seat, now=self._services.now())
        if row is None:
            return {}
        tickets = await phone_calls.open_tickets(self._database, row["citizen"])
        return {
            "id": row["id"],
            "phase": said.PHASES[read_call(row).phase],
            "ringing": read_call(row).phase is Phase.RINGING,
            "caller": said.caller(row["phone_sealed"]),
            "who": f"市民 {row['citizen']}" if row["citizen"] else "",
            "tickets": [f"{one['number']} {discreet(one['title'])}" for one in tickets[:3]],
            "more": max(len(tickets) - 3, 0),
        }

    async def call(self, request: web.Request, officer: Officer) -> web.StreamResponse:
        """One call: who it is, what he has open, and the form."""
        return await self._call(number(request), officer)

    async def register(self, request: web.Request, officer: Officer) -> web.StreamResponse:
        """The form: a new ticket, or more on one that is open."""
        call, given, deed = number(request), await filled(request), request.match_info["deed"]
        if not officer.roles & SPEAKERS:
            return await self._room.show("forbidden.html", officer, status=403)
        try:
            done = await self._registered(call, officer, deed, given)
        except NoSuchCall:
            return await self._room.missing(officer)
        except LookupError:
            return await self._call(call, officer, status=404, problem="来电人名下没有这件在办工单。", given=given)
        except NotAllowed as refused:
            return await self._call(call, officer, status=409, problem=w.refusal(refused), given=given)
        except ValueError:
            return await self._call(call, officer, status=400, problem="请写下市民反映的事情。", given=given)
        return await self._call(call, officer, done=done)

    async def _registered(self, call: int, officer: Officer, deed: str, given: Mapping[str, str]) -> Registered:
        form, key = self._phone.registering, f"f:{call}:{given.get('key', '')[:64]}"
        ticket = given.get("ticket", "").strip() or given.get("other", "").strip()
        if deed == "urge":
            return await form.urge(call, officer, ticket, key=key)
        if deed == "supplement":
            return await form.supplement(call, officer, ticket, given.get("text", ""), key=key)
        return await form.open(call, officer, elements(given), key=key)

    async def recording(self, request: web.Request, officer: Officer) -> web.StreamResponse:
        """Off to the recording, for who may hear it; that he did is written down."""
        row = await phone_calls.get(self._database, number(request))
        address = read_call(row).word("recording") if row else ""
        if row is None or not address or not may_hear(officer, by=row["officer"]):
            return await self._room.missing(officer)
        async with self._database.begin() as connection:
            of_it = {"account": officer.account, "unit": officer.unit, "text": f"call {row['id']}"}
            talk = row["conversation_id"]
            await accesses.note(connection, "recording", now=self._services.now(), conversation_id=talk, **of_it)
        raise back(address)

    async def _home(self, officer: Officer, *, status: int = 200, problem: str = "") -> web.StreamResponse:
        seat = await phone_calls.seat_of(self._database, officer.account)
        rows = await phone_calls.lately(self._database, officer.account)
        return await self._room.show(
            "phone.html",
            officer,
            status=status,
            seat=seat,
            lines=self._room.telephones,
            calls=[(row, read_call(row)) for row in rows],
            problem=problem,
            said=said,
        )

    async def _call(
        self,
        call: int,
        officer: Officer,
        *,
        status: int = 200,
        problem: str = "",
        given: Mapping[str, str] | None = None,
        done: Registered | None = None,
    ) -> web.StreamResponse:
        row = await phone_calls.get(self._database, call)
        if row is None:
            return await self._room.missing(officer)
        city, units = self._services.city, await self._phone.units.of_call(call)
        under_way = next((one for one in units if one["ended_at"] is None), None)
        found = read_call(row)
        return await self._room.show(
            "phone_call.html",
            officer,
            status=status,
            row=row,
            call=found,
            tickets=await phone_calls.open_tickets(self._database, row["citizen"]),
            registered=await phone_calls.registered(self._database, call, officer.account),
            speaks=bool(officer.roles & SPEAKERS),
            hears=bool(found.word("recording")) and may_hear(officer, by=row["officer"]),
            three_way=units,
            under_way=under_way,
            buttons=buttons(Stage(under_way["stage"])) if under_way else (),
            controls=self._phone.units.hindrance(row, officer) == "",
            units=city.talk.units,
            called=[one for one in city.directory.on(self._today()) if one.duty_phone],
            districts=city.talk.districts,
            key=secrets.token_urlsafe(12),
            problem=problem,
            given=given or {},
            done=done,
            said=said,
        )

    def _today(self) -> Any:
        return self._services.office.ticketing.today(self._services.now())


def elements(given: Mapping[str, str]) -> Elements:
    """What was filled in; a choice that is none of the form's counts as not made."""
    names = ("what", "occurred", "place", "respondent", "wanted", "title", "category", "district")
    type_, urgency = given.get("type", ""), given.get("urgency", "")
    return Elements(
        **{name: given.get(name, "") for name in names},
        type=AppealType(type_) if type_ in set(AppealType) else None,
        urgency=Urgency(urgency) if urgency in set(Urgency) else None,
        confidential=given.get("confidential") == "yes",
    )


def _event(told: str, shown: str) -> bytes:
    """What the page does not know yet, else a sign of life."""
    return b": beat\n\n" if told == shown else f"event: call\ndata: {told}\n\n".encode()

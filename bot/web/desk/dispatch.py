"""The desk's pages of dispatch: panels that sit with their papers, and the catalogue with what waits for a signature."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from aiohttp import web

from bot.dispatch.agenda import paper
from bot.dispatch.rulebook import NotSigned
from bot.store.lists import dispatch_lists
from bot.web.desk.room import Room, back, filled, number
from bot.web.desk.view import HEADERS
from bot.words import desk as w
from tickets.dispatch.catalogue import DISTRICT, Rule
from tickets.limits.calendar import SHANGHAI
from tickets.privacy.access import Officer

MEASURED = timedelta(days=30)
"""The time the accuracy of dispatch is shown for."""
_TEXTS = ("category", "lead", "district", "street", "concern", "source", "clause", "note")


_EMPTY = dict.fromkeys((*_TEXTS, "co", "valid_from", "valid_to", "department_only", "reason"), "")


class BadRow(ValueError):
    """A row of the catalogue that cannot be, said in Chinese."""


class DispatchPages:
    """``/desk/consultations`` and ``/desk/catalogue``."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._services = room.services

    def routes(self) -> list[web.RouteDef]:
        """Lists and deeds."""
        seated, one = self._room.seated, r"/desk/catalogue/{id:\d{1,19}}"
        return [
            web.get("/desk/consultations", seated(self.consultations, "consultations")),
            web.get(r"/desk/consultations/{number:[\w-]{1,32}}", seated(self.paper, "consultations")),
            web.get("/desk/catalogue", seated(self.catalogue, "catalogue")),
            web.post("/desk/catalogue", seated(self.propose, "catalogue")),
            web.post(one + "/approve", seated(self.approve, "catalogue")),
            web.post(one + "/reject", seated(self.reject, "catalogue")),
        ]

    async def consultations(self, _request: web.Request, officer: Officer) -> web.StreamResponse:
        """Panels that sit."""
        rows = await dispatch_lists.open_consultations(self._services.database)
        return await self._room.show("consultations.html", officer, rows=rows, **self._names())

    async def paper(self, request: web.Request, officer: Officer) -> web.StreamResponse:
        """The agenda paper of one, as a text to print or send on."""
        wanted = request.match_info["number"]
        try:
            text = await paper(self._services, wanted)
        except LookupError:
            return await self._room.missing(officer)
        return web.Response(text=text, content_type="text/plain", charset="utf-8", headers=HEADERS)

    async def catalogue(self, request: web.Request, officer: Officer) -> web.StreamResponse:
        """What waits for a signature, what changed, what holds today, and how good dispatch was."""
        return await self._show(officer, done=_DONE.get(request.query.get("done", ""), ""))

    async def propose(self, request: web.Request, officer: Officer) -> web.StreamResponse:
        """An editor's own change; somebody else signs it."""
        given = await filled(request)
        try:
            rule = row_of(given, Rule(category="", lead=""))
            reason = given.get("reason", "").strip()
            await self._services.rulebook.propose(rule, reason=reason, by=officer.account, now=self._services.now())
        except (BadRow, NotSigned) as refused:
            return await self._show(officer, problem=why(refused), given=given, status=409)
        raise back("/desk/catalogue?done=proposed")

    async def approve(self, request: web.Request, officer: Officer) -> web.StreamResponse:
        """Sign a proposal, as filled in."""
        given, proposal = await filled(request), number(request)
        try:
            waiting = {row["id"]: row["rule"] for row in await self._services.rulebook.proposals()}
            rule = row_of(given, waiting[proposal]) if proposal in waiting else None
            rulebook, now = self._services.rulebook, self._services.now()
            await rulebook.approve(proposal, rule, by=officer.account, now=now, note=given.get("remark", ""))
            await rulebook.refresh()
        except (BadRow, NotSigned) as refused:
            return await self._show(officer, problem=why(refused), status=409)
        raise back("/desk/catalogue?done=approved")

    async def reject(self, request: web.Request, officer: Officer) -> web.StreamResponse:
        """Decline a proposal."""
        note = (await filled(request)).get("remark", "").strip()
        try:
            if not note:
                raise BadRow("请填写不同意的理由")
            await self._services.rulebook.reject(
                number(request), by=officer.account, now=self._services.now(), note=note
            )
        except (BadRow, NotSigned) as refused:
            return await self._show(officer, problem=why(refused), status=409)
        raise back("/desk/catalogue?done=rejected")

    async def _show(self, officer: Officer, *, status: int = 200, **said: Any) -> web.StreamResponse:
        services, now = self._services, self._services.now()
        today = now.astimezone(SHANGHAI).date()
        measured = await dispatch_lists.accuracy(services.database, since=now - MEASURED, until=now)
        holds = sorted(services.city.catalogue.on(today), key=lambda rule: rule.key)
        return await self._room.show(
            "catalogue.html",
            officer,
            status=status,
            proposals=await services.rulebook.proposals(),
            history=await services.rulebook.history(),
            holds=holds,
            measured=measured[0],
            days=MEASURED.days,
            today=today,
            **self._names(),
            **{"done": "", "problem": ""} | said | {"given": {**_EMPTY, **said.get("given", {})}},
        )

    def _names(self) -> dict[str, Any]:
        city, today = self._services.city, self._services.now().astimezone(SHANGHAI).date()
        leads = {unit.code: unit.name for unit in city.directory.on(today) if unit.level <= 2}
        return {
            "units": {**city.talk.units, DISTRICT: "事发地区县"},
            "leads": {DISTRICT: "事发地区县"} | leads,
            "districts": {one.code: one.name for one in city.talk.districts},
            "concerns": {one.code: one.name for one in city.concerns},
        }


_DONE: Mapping[str, str] = {
    "proposed": "已提出，待他人审核。",
    "approved": "已审核同意，即时生效。",
    "rejected": "已退回。",
}


def row_of(given: Mapping[str, str], before: Rule) -> Rule:
    """The row as filled in; what was not asked stays as ``before``. Raises BadRow."""
    texts = {name: given.get(name, getattr(before, name)).strip() for name in _TEXTS}
    co = tuple(filter(None, given.get("co", ",".join(before.co) if "lead" not in given else "").split(",")))
    days: dict[str, Any] = {
        name: _day(given[name]) if name in given else getattr(before, name) for name in ("valid_from", "valid_to")
    }
    if not texts["category"] or not texts["lead"]:
        raise BadRow("请填写类别和承办单位")
    if texts["street"] and not texts["district"]:
        raise BadRow("填写街道（镇）时须同时选择区县")
    if texts["lead"] in co:
        raise BadRow("承办单位不能同时是协办单位")
    if days["valid_from"] and days["valid_to"] and days["valid_to"] < days["valid_from"]:
        raise BadRow("失效日期不能早于生效日期")
    kept = given.get("department_only") == "yes" if "lead" in given else before.department_only
    return replace(before, **texts, **days, co=co, department_only=kept)


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value) if value.strip() else None
    except ValueError:
        raise BadRow("日期请写作 2026-01-31") from None


def why(refused: BadRow | NotSigned) -> str:
    """Why nothing was done, as a sentence."""
    said = w.NOT_SIGNED.get(str(refused), str(refused))
    return f"{said}。"

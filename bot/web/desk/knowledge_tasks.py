"""The desk's pages of work on the knowledge base: gaps, reports, contradictions, checks."""

from __future__ import annotations

from aiohttp import web

from bot.knowledge.tasks import TaskKind
from bot.knowledge.upkeep import NoSuchEntry
from bot.store.lists import knowledge_lists as lists
from bot.web.desk.room import Room, back, filled, number
from bot.words import knowledge as kw
from dialog.knowledge.scrub import scrub
from tickets.privacy.access import Officer


class KnowledgeTasks:
    """``/desk/knowledge/tasks``."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._services = room.services
        self._upkeep = room.services.learning.upkeep

    def routes(self) -> list[web.RouteDef]:
        """Lists and deeds."""
        seated = self._room.seated
        return [
            web.get("/desk/knowledge/tasks", seated(self.tasks, "knowledge")),
            web.get(r"/desk/knowledge/tasks/{id:\d{1,19}}", seated(self.task, "knowledge")),
            web.post(r"/desk/knowledge/tasks/{id:\d{1,19}}/{deed:assign|dismiss}", seated(self.deed, "knowledge")),
            web.post(r"/desk/knowledge/asked/{id:\d{1,19}}/take_out", seated(self.take_out, "knowledge")),
        ]

    async def tasks(self, request: web.Request, officer: Officer) -> web.StreamResponse:
        """Open tasks of one kind, of one unit."""
        kind, owner = request.query.get("kind", ""), request.query.get("owner", "")
        rows = await lists.tasks(self._services.database, kind=kind if kind in kw.KINDS else "", owner=owner)
        return await self._show("knowledge_tasks.html", officer, rows=rows, kind=kind, owner=owner)

    async def task(self, request: web.Request, officer: Officer) -> web.StreamResponse:
        """One task."""
        return await self._one(number(request), officer)

    async def deed(self, request: web.Request, officer: Officer) -> web.StreamResponse:
        """Name its owner, or say why nothing is to be done."""
        task, given = number(request), await filled(request)
        try:
            if request.match_info["deed"] == "assign":
                await self._upkeep.name_owner(task, given.get("unit", ""), by=officer.account)
            else:
                await self._upkeep.dismiss(task, given.get("note", ""), by=officer.account)
        except NoSuchEntry:
            return await self._room.missing(officer)
        except ValueError:
            return await self._one(task, officer, status=400, problem="请写明原因。")
        raise back(f"/desk/knowledge/tasks/{task}")

    async def take_out(self, request: web.Request, officer: Officer) -> web.StreamResponse:
        """A question that is not of this gap."""
        try:
            await self._upkeep.take_out(number(request))
        except NoSuchEntry:
            return await self._room.missing(officer)
        raise back("/desk/knowledge/tasks")

    async def _one(self, task: int, officer: Officer, *, status: int = 200, problem: str = "") -> web.StreamResponse:
        row = await lists.task(self._services.database, task)
        if row is None:
            return await self._room.missing(officer)
        gap = row["kind"] == TaskKind.GAP
        asked = await lists.asked_in(self._services.database, task) if gap else []
        reports = (
            await lists.reports_on(self._services.database, row["entry"]) if row["kind"] == TaskKind.REPORT else []
        )
        return await self._show(
            "knowledge_task.html",
            officer,
            status=status,
            task=row,
            asked=[{**one, "question": scrub(one["question"])} for one in asked],
            reports=[{**one, "words": scrub(one["words"])} for one in reports],
            problem=problem,
        )

    async def _show(
        self, template: str, officer: Officer, *, status: int = 200, **blanks: object
    ) -> web.StreamResponse:
        units = self._services.city.talk.units
        return await self._room.show(template, officer, status=status, kw=kw, units=units, **blanks)

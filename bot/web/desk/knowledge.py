"""The desk's pages of the knowledge base: entries found, written, reviewed, compared and taken off."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from aiohttp import web

from bot.knowledge.upkeep import NoSuchEntry
from bot.store.entry_rows import read_version
from bot.store.lists import knowledge_lists as lists
from bot.web.desk.room import Room, back, filled
from bot.words import knowledge as kw
from dialog.knowledge.entry import Entry, EntryError, EntryState
from dialog.knowledge.life import OPEN, Deed, Hand, NotPossible, possible
from tickets.privacy.access import Officer
from tickets.state import Role

_ID = r"{id:[A-Za-z0-9][\w.-]{0,31}}"
_BY_HAND = {Deed.SUBMIT: Hand.EDITOR, Deed.WITHDRAW: Hand.EDITOR}
"""Whose deed it is; all others are the reviewer's."""
_HANDS = {
    Hand.EDITOR: frozenset({Role.KB_EDITOR, Role.UNIT}),
    Hand.REVIEWER: frozenset({Role.KB_EDITOR, Role.REVIEWER, Role.OFFICE_LEADER}),
}
"""Who may lend a hand; that editor and reviewer of one version are two persons is the entry's own rule."""


class Knowledge:
    """``/desk/knowledge``: a list, one entry, and the form that writes it."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._services = room.services
        self._loop = room.services.learning

    def routes(self) -> list[web.RouteDef]:
        """Lists and deeds."""
        seated = self._room.seated
        deeds = "|".join((*kw.DEEDS, "report"))
        return [
            web.get("/desk/knowledge", seated(self.entries, "knowledge")),
            web.get("/desk/knowledge/new", seated(self.blank, "knowledge")),
            web.post("/desk/knowledge/new", seated(self.write, "knowledge")),
            web.get(f"/desk/knowledge/entries/{_ID}", seated(self.entry, "knowledge")),
            web.get(f"/desk/knowledge/entries/{_ID}/edit", seated(self.edit, "knowledge")),
            web.post(f"/desk/knowledge/entries/{_ID}/edit", seated(self.write, "knowledge")),
            web.post(f"/desk/knowledge/entries/{_ID}/{{deed:{deeds}}}", seated(self.deed, "knowledge")),
        ]

    async def entries(self, request: web.Request, officer: Officer) -> web.StreamResponse:
        """Entries in one state, of one unit, with these words."""
        state = request.query.get("state", EntryState.PUBLISHED)
        owner, words = request.query.get("owner", ""), request.query.get("q", "").strip()[:40]
        if state not in kw.TABS:
            state = EntryState.PUBLISHED
        if state == EntryState.PUBLISHED:
            rows = list(islice(self._served(owner, words), lists.LISTED))
        else:
            found = await lists.in_state(self._services.database, state, owner=owner, words=words)
            rows = [read_version(row).entry for row in found]
        return await self._show("knowledge.html", officer, rows=rows, state=state, owner=owner, words_asked=words)

    async def entry(self, request: web.Request, officer: Officer) -> web.StreamResponse:
        """One entry with its versions."""
        return await self._one(request.match_info["id"], officer)

    async def blank(self, request: web.Request, officer: Officer) -> web.StreamResponse:
        """An empty form, or one for a gap."""
        given: dict[str, str] = {"effective": str(self._today())}
        task = request.query.get("task", "")
        if (
            task.isascii()
            and task.isdigit()
            and len(task) < 19
            and (row := await lists.task(self._services.database, int(task)))
        ):
            given |= {
                "question": row["question"][:128],
                "owner_unit": row["owner_unit"] or row["suggested"],
                "task": task,
            }
        return await self._form(officer, given)

    async def edit(self, request: web.Request, officer: Officer) -> web.StreamResponse:
        """The form with the text that is being written, or the one in service."""
        id_ = request.match_info["id"]
        rows = await lists.versions(self._services.database, id_)
        entry = read_version(rows[0]).entry if rows else self._loop.keeper.index.get(id_)
        if entry is None:
            return await self._room.missing(officer)
        return await self._form(officer, {field: kw.shown(entry, field) for field in kw.FIELDS}, id_=id_)

    async def write(self, request: web.Request, officer: Officer) -> web.StreamResponse:
        """Keep a draft."""
        given, id_ = await filled(request), request.match_info.get("id", "")
        fields = {field: given[field].strip() for field in kw.FIELDS if given.get(field, "").strip()}
        task = given.get("task", "")
        number = int(task) if task.isascii() and task.isdigit() and len(task) < 19 else None
        try:
            if officer.only_own:  # units maintain theirs
                await self._own(id_, officer)
                fields["owner_unit"] = officer.unit
            kept = await self._loop.upkeep.draft(fields, by=officer.account, entry_id=id_, task=number)
        except NoSuchEntry:
            return await self._room.missing(officer)
        except EntryError as wrong:
            return await self._form(officer, given, id_=id_, status=400, problem=str(wrong).rpartition(": ")[2])
        except NotPossible:
            return await self._form(officer, given, id_=id_, status=409, problem="这条知识正在审核，不能修改。")
        raise back(f"/desk/knowledge/entries/{kept}")

    async def deed(self, request: web.Request, officer: Officer) -> web.StreamResponse:
        """Submit, review, hold, withdraw, or say that it is wrong."""
        id_, deed, given = request.match_info["id"], request.match_info["deed"], await filled(request)
        try:
            if deed == "report":
                reason = given.get("reason", "") if given.get("reason") in kw.REASONS else "wrong"
                await self._loop.upkeep.report(id_, reason, given.get("note", ""), by=officer.account)
            else:
                hand = _BY_HAND.get(Deed(deed), Hand.REVIEWER)
                if not officer.roles & _HANDS[hand]:
                    return await self._room.show("forbidden.html", officer, status=403)
                if officer.only_own:
                    await self._own(id_, officer)
                await self._loop.upkeep.order(
                    id_, Deed(deed), hand=hand, by=officer.account, note=given.get("note", "")
                )
        except NoSuchEntry:
            return await self._room.missing(officer)
        except NotPossible as refused:
            return await self._one(id_, officer, status=409, problem=kw.refusal(refused.reason))
        except EntryError as wrong:
            return await self._one(id_, officer, status=409, problem=str(wrong))
        raise back(f"/desk/knowledge/entries/{id_}")

    async def _own(self, id_: str, officer: Officer) -> None:
        """Raises NoSuchEntry where another unit keeps the entry."""
        rows = await lists.versions(self._services.database, id_)
        if rows and read_version(rows[0]).entry.owner_unit != officer.unit:
            raise NoSuchEntry(id_)

    def _served(self, owner: str, words: str) -> Iterator[Entry]:
        entries = (one for one in self._loop.keeper.index if one.state is EntryState.PUBLISHED)
        for one in sorted(entries, key=lambda one: one.id):
            if (not owner or one.owner_unit == owner) and (not words or words in one.question or words == one.id):
                yield one

    async def _one(self, id_: str, officer: Officer, *, status: int = 200, problem: str = "") -> web.StreamResponse:
        rows = await lists.versions(self._services.database, id_)
        kept = [read_version(row) for row in rows]
        served = self._loop.keeper.index.get(id_)
        entry = kept[0].entry if kept else served
        if entry is None:
            return await self._room.missing(officer)
        compared = [
            (row, tuple(kw.differences(older.entry, one.entry)) if older else ())
            for row, one, older in zip(rows, kept, [*kept[1:], None][: len(kept)], strict=True)
        ]
        states = [one.entry.state for one in kept[:1]] or [entry.state]
        deeds = [deed for state in states for deed in possible(state, Hand.EDITOR, Hand.REVIEWER)]
        if entry.state in OPEN:  # what is in service beside the draft can be dealt with too
            deeds += [
                deed
                for one in kept[1:]
                for deed in possible(one.entry.state, Hand.REVIEWER)
                if deed in (Deed.CONFIRM, Deed.HOLD)
            ]
        return await self._show(
            "knowledge_entry.html",
            officer,
            status=status,
            entry=entry,
            versions=compared,
            deeds=sorted(dict.fromkeys(deeds), key=lambda deed: deed not in kw.USUAL),
            usage=await lists.usage(self._services.database, id_),
            reports=await lists.reports_on(self._services.database, id_),
            today=self._today(),
            problem=problem,
        )

    async def _form(
        self, officer: Officer, given: Mapping[str, Any], *, id_: str = "", status: int = 200, problem: str = ""
    ) -> web.StreamResponse:
        return await self._show("knowledge_edit.html", officer, status=status, given=given, id=id_, problem=problem)

    async def _show(self, template: str, officer: Officer, *, status: int = 200, **blanks: Any) -> web.StreamResponse:
        units = self._services.city.talk.units
        districts = {one.code: one.name for one in self._services.city.talk.districts}
        return await self._room.show(
            template, officer, status=status, kw=kw, units=units, districts=districts, **blanks
        )

    def _today(self) -> Any:
        return self._loop.keeper.rules.today(self._services.now())

"""What editors, reviewers and units do to the knowledge base: write, submit, review, withdraw, take on a task."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from bot.knowledge.editors import Editors
from bot.knowledge.importing import id_of
from bot.knowledge.release import Release
from bot.knowledge.tasks import Outcome, TaskKind, close_task, due, open_task, settle
from bot.orders.ticketing import Ticketing
from bot.store.engine import Database
from bot.store.entry_rows import read_version
from bot.store.tables import knowledge_report, knowledge_task, knowledge_version, unanswered
from bot.store.tables.knowledge import OPEN_TASK, OPEN_VERSION
from dialog.knowledge.entry import EntryState
from dialog.knowledge.life import LIVE, OPEN, Deed, Hand, NotPossible, Version, advance
from dialog.knowledge.loader import entry_of
from dialog.knowledge.scrub import scrub
from tickets.limits.deadlines import add

_ENDS = {Deed.APPROVE: Outcome.PUBLISHED, Deed.CONFIRM: Outcome.KEPT, Deed.WITHDRAW: Outcome.WITHDRAWN}


class NoSuchEntry(LookupError):
    """No entry, version or task has this id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upkeep:
    """Each deed in one transaction. ``by`` is the officer's name: who wrote a version may not review it."""

    database: Database = field(repr=False)
    editors: Editors = field(repr=False)
    rules: Ticketing = field(repr=False)
    now: Callable[[], datetime] = field(repr=False)

    async def draft(self, given: Mapping[str, Any], *, by: str, entry_id: str = "", task: int | None = None) -> str:
        """Begin or change the draft of an entry (a new one without ``entry_id``) from the fields of a form; returns the
        entry's id. Raises EntryError for a text that breaks a rule, NotPossible while it is in review."""
        now = self.now()
        async with self.editors.releasing(now=now) as release:
            id_ = entry_id or id_of(str(given.get("question", "")), str(given.get("area", "")))
            await release.adopt([id_])
            rows = select(knowledge_version).where(knowledge_version.c.entry == id_).order_by(knowledge_version.c.n)
            known = [dict(row) for row in (await release.connection.execute(rows)).mappings()]
            before = next((row for row in known if row["state"] in ("draft", "review")), None)
            if before is not None and before["state"] == "review":
                raise NotPossible(Deed.SUBMIT, EntryState.REVIEW, "state")
            today = self.rules.today(now)
            written = {"id": id_, "checked": today, **given, "state": "draft"}
            entry = entry_of({name: value for name, value in written.items() if value not in ("", None)})
            number = before["n"] if before else max((row["n"] for row in known), default=0) + 1
            await release.write([Version(entry, number, by)])
            if task is not None:
                mine = knowledge_version.c.entry == id_, knowledge_version.c.n == number
                await release.connection.execute(update(knowledge_version).where(*mine).values(task_id=task))
        return id_

    async def order(self, entry_id: str, deed: Deed, *, hand: Hand, by: str, note: str = "") -> list[str]:
        """Take the entry on in its life. Returns the ids held because they contradict each other. Raises NoSuchEntry,
        NotPossible, or EntryError for words another entry has already."""
        now, held = self.now(), list[str]()
        async with self.editors.releasing(now=now) as release:
            row = await self._standing(release, entry_id, deed)
            after = advance(read_version(row), deed, hand=hand, by=by, today=self.rules.today(now), note=note)
            if deed is Deed.APPROVE:
                held = await release.publish([self._next_check(after, now)])
            else:
                await self._change(release, after, was_live=row["state"] in {one.value for one in LIVE})
            if outcome := _ENDS.get(deed):
                await settle(release.connection, entry_id, outcome, by=by, now=now)
                if row["task_id"] and deed is Deed.APPROVE:
                    await close_task(release.connection, row["task_id"], outcome, by=by, now=now)
                    await _answers(release, row["task_id"], entry_id)
        await self.editors.refresh()
        return held

    async def report(self, entry_id: str, reason: str, words: str, *, by: str) -> None:
        """An officer says that an entry is wrong or outdated; a task to its owner follows."""
        row = {"entry": entry_id, "reason": reason, "words": scrub(words), "by": by, "at": self.now()}
        async with self.database.begin() as connection:
            await connection.execute(insert(knowledge_report), row)

    async def name_owner(self, task: int, unit: str, *, by: str) -> None:
        """An editor names who does it; the limit runs from now. Raises NoSuchEntry."""
        if unit not in self.rules.directory:
            raise NoSuchEntry(f"there is no unit {unit}")
        now = self.now()
        policy = self.rules.policies.at(self.rules.today(now)).knowledge
        limit = due(self.rules, policy.gap, now)
        mine = update(knowledge_task).where(knowledge_task.c.id == task, OPEN_TASK)
        async with self.database.begin() as connection:
            done = await connection.execute(mine.values(owner_unit=unit, named_by=by, due_at=limit, remind_at=limit))
        if not done.rowcount:
            raise NoSuchEntry(f"there is no open task {task}")

    async def dismiss(self, task: int, note: str, *, by: str) -> None:
        """Nothing is to be done, for a reason. Raises NoSuchEntry, ValueError without one."""
        if not note.strip():
            raise ValueError("a task is dismissed for a reason")
        async with self.database.begin() as connection:
            if not await close_task(connection, task, Outcome.DISMISSED, by=by, now=self.now(), note=note.strip()):
                raise NoSuchEntry(f"there is no open task {task}")

    async def take_out(self, asked: int) -> None:
        """This question was put into the wrong gap: it becomes a gap of its own. Raises NoSuchEntry."""
        async with self.database.begin() as connection:
            row = (await connection.execute(select(unanswered).where(unanswered.c.id == asked))).one_or_none()
            if row is None or row.task_id is None:
                raise NoSuchEntry(f"there is no placed question {asked}")
            now = self.now()
            own = await open_task(
                connection, TaskKind.GAP, rules=self.rules, now=now, key=f"gap:{asked}", question=scrub(row.question)
            )
            await connection.execute(update(unanswered).where(unanswered.c.id == asked).values(task_id=own))
            for gap, more in ((row.task_id, -1), (own, 1)):
                mine = update(knowledge_task).where(knowledge_task.c.id == gap)
                await connection.execute(mine.values(asked=knowledge_task.c.asked + more))

    async def _standing(self, release: Release, entry_id: str, deed: Deed) -> dict[str, Any]:
        """The version the deed is about: the one being written, else the one in service."""
        await release.adopt([entry_id])
        versions = select(knowledge_version).where(knowledge_version.c.entry == entry_id)
        wanted = versions.where(OPEN_VERSION)
        if deed in {Deed.CONFIRM, Deed.HOLD}:
            wanted = versions.where(knowledge_version.c.state.not_in([one.value for one in OPEN]))
        latest = knowledge_version.c.n.desc()
        for statement in (wanted, versions):
            row = (await release.connection.execute(statement.order_by(latest).limit(1))).mappings().one_or_none()
            if row is not None:
                return dict(row)
        raise NoSuchEntry(f"there is no entry {entry_id}")

    async def _change(self, release: Release, after: Version, *, was_live: bool) -> None:
        if after.entry.state is EntryState.PUBLISHED:  # confirmed
            if others := release.contradictions(after.entry):
                raise NotPossible(Deed.CONFIRM, EntryState.HELD, f"contradicts:{'、'.join(others)}")
            after = self._next_check(after, release.now)
        await release.write([after])
        if was_live:
            await release.serve([after.entry])

    def _next_check(self, version: Version, now: datetime) -> Version:
        policy = self.rules.policies.at(self.rules.today(now)).knowledge
        latest = add(self.rules.calendar, now, policy.check).date()
        wanted = version.entry.next_check
        keep = wanted is not None and self.rules.today(now) < wanted <= latest
        return version if keep else replace(version, entry=replace(version.entry, next_check=latest))


async def _answers(release: Release, task: int, entry_id: str) -> None:
    await release.connection.execute(update(knowledge_task).where(knowledge_task.c.id == task).values(entry=entry_id))

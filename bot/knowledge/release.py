"""Brings versions into service and out of it: what citizens hear changes here and nowhere else.

One writer at a time, in every process: contradictions are seen only by who sees all that is published.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.knowledge.tasks import TaskKind, open_task
from bot.orders.ticketing import Ticketing
from bot.store.entry_rows import read_version, version_columns, write_entry
from bot.store.tables import knowledge_entry, knowledge_version
from bot.store.tables.knowledge import LIVE_VERSION
from dialog.knowledge.entry import Entry, EntryError, EntryState
from dialog.knowledge.index import KnowledgeIndex
from dialog.knowledge.life import OPEN, Version, meet
from dialog.knowledge.normal import normal

RULES = "系统"
"""Signs what the hub does by its rules."""
CONTRADICTS = "与{other}就同一问题答复不一致"
PORTION = 500
SEEDED = "城市知识文件"
"""Signs the first version of an entry that came with the city's files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """One transaction that changes what is said. Use :func:`releasing`."""

    connection: AsyncConnection = field(repr=False)
    index: KnowledgeIndex = field(repr=False)
    rules: Ticketing = field(repr=False)
    now: datetime

    async def adopt(self, ids: Iterable[str]) -> None:
        """Give entries that came with the city's files, or from an older hub, their first version."""
        served = {entry.id: entry for id_ in ids if (entry := self.index.get(id_)) is not None}
        for some in _portions(list(served)):
            known = await self.connection.scalars(
                select(knowledge_version.c.entry).where(knowledge_version.c.entry.in_(some)).distinct()
            )
            first = [Version(served[id_], 1, SEEDED, SEEDED) for id_ in sorted(set(some) - set(known))]
            await self._add(first)

    async def publish(self, versions: Sequence[Version]) -> list[str]:
        """Versions that stand as PUBLISHED (or, from a sheet, WITHDRAWN) replace the live ones of their entries. Those
        that contradict another entry are held with it. Returns the ids of all that are held. Raises EntryError for a
        title another entry has with the same words."""
        rivals = self._rivals([one.entry for one in versions if one.entry.state is EntryState.PUBLISHED])
        held = set(rivals) | {other.id for others in rivals.values() for other in others}
        mine = {one.entry.id for one in versions}
        await self.adopt(held | mine)
        for some in _portions(sorted(mine)):
            gone = update(knowledge_version).where(knowledge_version.c.entry.in_(some), LIVE_VERSION)
            await self.connection.execute(gone.values(state=EntryState.REPLACED.value))
        settled = [_held(one, rivals.get(one.entry.id, ())) for one in versions]
        await self.write(settled)
        others = {other.id: (other, one) for one, found in rivals.items() for other in found if other.id not in mine}
        for other, one in others.values():
            await self.hold(other.id, note=CONTRADICTS.format(other=one))
        await self.serve([one.entry for one in settled])
        await self._alert(rivals, {one.entry.id: one.entry for one in settled})
        return sorted(held)

    async def hold(self, entry_id: str, *, note: str) -> bool:
        """待核: out of service until an editor looked. False where it is not in service."""
        row = await self.live(entry_id)
        if row is None or row["state"] != EntryState.PUBLISHED:
            return False
        before = read_version(row)
        after = replace(before, entry=replace(before.entry, state=EntryState.HELD), note=note)
        await self.write([after])
        await self.serve([after.entry])
        return True

    async def live(self, entry_id: str) -> Mapping[str, Any] | None:
        """The row of the live version."""
        found = select(knowledge_version).where(knowledge_version.c.entry == entry_id, LIVE_VERSION)
        row = (await self.connection.execute(found)).mappings().one_or_none()
        return None if row is None else dict(row)

    async def write(self, versions: Sequence[Version]) -> None:
        """Store versions, each new or over its own row."""
        known: set[tuple[str, int]] = set()
        for some in _portions([one.entry.id for one in versions]):
            rows = select(knowledge_version.c.entry, knowledge_version.c.n)
            known.update(
                (id_, n) for id_, n in await self.connection.execute(rows.where(knowledge_version.c.entry.in_(some)))
            )
        await self._add([one for one in versions if (one.entry.id, one.n) not in known])
        for one in versions:
            if (one.entry.id, one.n) in known:
                mine = knowledge_version.c.entry == one.entry.id, knowledge_version.c.n == one.n
                await self.connection.execute(update(knowledge_version).where(*mine).values(self._row(one)))

    async def _add(self, versions: Sequence[Version]) -> None:
        if versions:
            rows = [{"edited_at": self.now, "reviewed_at": None} | self._row(one) for one in versions]
            await self.connection.execute(insert(knowledge_version), rows)

    def _row(self, version: Version) -> dict[str, Any]:
        signed = {"reviewed_at": self.now} if version.reviewer and version.entry.state not in OPEN else {}
        return version_columns(version) | signed

    async def serve(self, entries: Sequence[Entry]) -> None:
        """Tell every running hub; they look every few seconds."""
        if not entries:
            return
        connection = self.connection
        highest = await connection.scalar(select(func.max(knowledge_entry.c.version))) or 0
        insertion = (sqlite if connection.dialect.name == "sqlite" else postgresql).insert(knowledge_entry)
        statement = insertion.on_conflict_do_update(
            index_elements=[knowledge_entry.c.id],
            set_={name: insertion.excluded[name] for name in ("entry", "version", "changed_at")},
        )
        rows = [
            {"id": entry.id, "entry": write_entry(entry), "version": place, "changed_at": self.now}
            for place, entry in enumerate(entries, highest + 1)
        ]
        await connection.execute(statement, rows)

    def contradictions(self, entry: Entry) -> list[str]:
        """Ids of entries in service that answer the same question otherwise."""
        return [other.id for other in self._rivals([entry]).get(entry.id, ())]

    def _rivals(self, entries: Sequence[Entry]) -> dict[str, list[Entry]]:
        """Entry id -> those in service, or among ``entries``, that contradict it."""
        new = {entry.id: entry for entry in entries}
        standing = self.index.asking({normal(entry.question) for entry in entries})
        others = [one for one in standing if one.id not in new and one.state is EntryState.PUBLISHED]
        asked: dict[str, list[Entry]] = {}
        for one in (*others, *entries):
            asked.setdefault(normal(one.question), []).append(one)
        found: dict[str, list[Entry]] = {}
        for entry in entries:
            for other in asked[normal(entry.question)]:
                if not meet(entry, other):
                    continue
                if entry.says_the_same(other):
                    raise EntryError(f"{entry.id}: 与 {other.id} 的问题和答案相同,不要另立一条:{entry.question}")
                found.setdefault(entry.id, []).append(other)
        return found

    async def _alert(self, rivals: Mapping[str, Sequence[Entry]], mine: Mapping[str, Entry]) -> None:
        for id_, others in rivals.items():
            for other in others:
                first, second = sorted((id_, other.id))
                await open_task(
                    self.connection,
                    TaskKind.CONFLICT,
                    entry=first,
                    rules=self.rules,
                    now=self.now,
                    key=f"conflict:{first}:{second}",
                    other=second,
                    question=mine[id_].question,
                    owner_unit=mine[id_].owner_unit or other.owner_unit,
                )


def _held(version: Version, rivals: Sequence[Entry]) -> Version:
    if not rivals:
        return version
    note = CONTRADICTS.format(other="、".join(other.id for other in rivals))
    return replace(version, entry=replace(version.entry, state=EntryState.HELD), note=note)


def _portions(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    """A database takes only so many values in one statement."""
    return (ids[start : start + PORTION] for start in range(0, len(ids), PORTION))


async def one_writer(connection: AsyncConnection) -> None:
    """Wait until no other transaction changes what is said; readers never wait. SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        await connection.execute(text("LOCK TABLE knowledge_entry IN SHARE ROW EXCLUSIVE MODE"))

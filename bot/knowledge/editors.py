"""The editors' knowledge (知识库): what they import goes into the database, and every running hub reads it from there."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.knowledge.release import Release, one_writer
from bot.orders.ticketing import Ticketing
from bot.store.engine import Database
from bot.store.entry_rows import read_entry
from bot.store.tables import knowledge_entry, knowledge_version
from bot.store.tables.knowledge import OPEN_VERSION
from dialog.knowledge.entry import Entry, EntryState
from dialog.knowledge.index import KnowledgeIndex
from dialog.knowledge.life import OPEN, Version

PAGE = 500
IMPORTED = "导入"


class Editors:
    """Puts entries into the database, and brings the index of this process up to what is there."""

    def __init__(self, database: Database, index: KnowledgeIndex, rules: Ticketing) -> None:
        self._database = database
        self._index = index
        self._rules = rules
        self._version = 0

    async def publish(self, entries: Sequence[Entry], *, now: datetime, by: str = IMPORTED) -> list[str]:
        """Store these entries, each as the next version of its id; running hubs serve them within seconds.

        Who may import may publish: the sheet's own state counts, and a draft takes nothing out of service. What says
        nothing new is passed over. Returns the ids that are held because they contradict each other or what is in
        service. Raises EntryError for two entries that say the same."""
        async with self.releasing(now=now) as release:
            known = await self._known(release.connection, entries)
            versions = [
                Version(entry, number + 1, by, "" if entry.state in OPEN else by)
                for entry in entries
                for number, text in [known.get(entry.id, (0, None))]
                if text != entry
            ]
            written = [one for one in versions if one.entry.state in OPEN]
            await self._write_open(release, written)
            return await release.publish([one for one in versions if one.entry.state not in OPEN])

    @asynccontextmanager
    async def releasing(self, *, now: datetime) -> AsyncIterator[Release]:
        """A transaction that changes what is said, alone and with all before it in view."""
        async with self._database.begin() as connection:
            await one_writer(connection)
            await self._take_over(connection)
            yield Release(connection=connection, index=self._index, rules=self._rules, now=now)

    async def refresh(self) -> int:
        """Take over what is new since the last look, a page at a time: a large base must not be in memory twice.

        Returns how many entries."""
        async with self._database.read() as connection:
            return await self._take_over(connection)

    async def _take_over(self, connection: AsyncConnection) -> int:
        taken = 0
        while rows := (await connection.execute(_page(self._version))).all():
            self._index.put([read_entry(row.entry) for row in rows])
            self._version = rows[-1].version
            taken += len(rows)
        return taken

    async def _known(
        self, connection: AsyncConnection, entries: Sequence[Entry]
    ) -> dict[str, tuple[int, Entry | None]]:
        """Id -> its highest version and the text in service."""
        known: dict[str, tuple[int, Entry | None]] = {}
        for start in range(0, len(entries), PAGE):
            ids = [entry.id for entry in entries[start : start + PAGE]]
            counted = select(knowledge_version.c.entry, func.max(knowledge_version.c.n)).group_by(
                knowledge_version.c.entry
            )
            numbers = {id_: n for id_, n in await connection.execute(counted.where(knowledge_version.c.entry.in_(ids)))}
            for id_ in ids:
                served = self._index.get(id_)
                # What came with the city's files becomes its first version when the next one comes.
                known[id_] = (numbers.get(id_, 1 if served else 0), served)
        return known

    async def _write_open(self, release: Release, versions: Sequence[Version]) -> None:
        ids = [one.entry.id for one in versions]
        await release.adopt(ids)
        gone = update(knowledge_version).where(knowledge_version.c.entry.in_(ids), OPEN_VERSION)
        await release.connection.execute(gone.values(state=EntryState.REPLACED.value))
        await release.write(versions)


def _page(version: int) -> Any:
    return (
        select(knowledge_entry.c.entry, knowledge_entry.c.version)
        .where(knowledge_entry.c.version > version)
        .order_by(knowledge_entry.c.version)
        .limit(PAGE)
    )

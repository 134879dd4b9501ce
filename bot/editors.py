"""The editors' knowledge (知识库): what they import goes into the database, and every running hub reads it from there."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.engine import Database
from bot.store.tables import knowledge_entry
from dialog.knowledge.entry import Entry, EntryState
from dialog.knowledge.index import KnowledgeIndex

_SHARED = ("source", "clause", "owner_unit", "category", "area", "nature")
PAGE = 500

_DATES = ("effective", "expires", "checked")


class Editors:
    """Puts entries into the database, and brings the index of this process up to what is there."""

    def __init__(self, database: Database, index: KnowledgeIndex) -> None:
        self._database = database
        self._index = index
        self._version = 0

    async def publish(self, entries: Sequence[Entry], *, now: datetime) -> None:
        """Store these entries, replacing those with the same ids; running hubs serve them within seconds."""
        dialect = sqlite if self._database.sqlite else postgresql
        async with self._database.begin() as connection:
            highest = await connection.scalar(select(func.max(knowledge_entry.c.version))) or 0
            insert = dialect.insert(knowledge_entry)
            statement = insert.on_conflict_do_update(
                index_elements=[knowledge_entry.c.id],
                set_={name: insert.excluded[name] for name in ("entry", "version", "changed_at")},
            )
            for place, entry in enumerate(entries, highest + 1):
                row = {"id": entry.id, "entry": write_entry(entry), "version": place, "changed_at": now}
                await connection.execute(statement, row)

    async def refresh(self) -> int:
        """Take over what is new since the last look, a page at a time: a large base must not be in memory twice.

        Returns how many entries."""
        taken = 0
        while rows := await self._page():
            self._index.put([read_entry(row.entry) for row in rows])
            self._version = rows[-1].version
            taken += len(rows)
        return taken

    async def _page(self) -> Sequence[Any]:
        statement = (
            select(knowledge_entry.c.entry, knowledge_entry.c.version)
            .where(knowledge_entry.c.version > self._version)
            .order_by(knowledge_entry.c.version)
            .limit(PAGE)
        )
        async with self._database.read() as connection:
            return (await connection.execute(statement)).all()


def write_entry(entry: Entry) -> dict[str, Any]:
    """An entry as a JSON object."""
    row = asdict(entry)
    for name in _DATES:
        row[name] = row[name].isoformat() if row[name] else None
    return row | {"state": entry.state.value}


def read_entry(stored: Mapping[str, Any]) -> Entry:
    """The inverse of :func:`write_entry`."""
    known = {one.name for one in fields(Entry)}
    values = {name: value for name, value in stored.items() if name in known}
    for name in _DATES:
        values[name] = date.fromisoformat(values[name]) if values[name] else None
    for name in _SHARED:  # thousands of entries name the same few documents and units
        values[name] = sys.intern(values.get(name, ""))
    for name in ("similar", "keywords"):
        values[name] = tuple(values[name])
    return Entry(**values | {"state": EntryState(values["state"])})

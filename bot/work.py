"""One transaction's worth of changes: gathered while we think, written together at the end.

Rows of one table go out in one statement, tables in the order their keys need. Nothing else in the house commits.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import Insert, Table, Update, bindparam, insert, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables import metadata

Row = dict[str, Any]

ORDER = tuple(metadata.sorted_tables)
"""Tables in the order their foreign keys need; sorting them again for every transaction costs."""


@dataclass(slots=True)
class Changes:
    """Rows to insert and rows to change, not yet written. Those of a message that failed are simply dropped."""

    inserts: defaultdict[Table, list[Row]] = field(default_factory=lambda: defaultdict(list), repr=False)
    keeps: defaultdict[Table, list[Row]] = field(default_factory=lambda: defaultdict(list), repr=False)
    updates: dict[tuple[Table, str, Any], Row] = field(default_factory=dict, repr=False)
    runs: dict[Update, list[Row]] = field(default_factory=dict, repr=False)
    after_commit: list[Callable[[], None]] = field(default_factory=list, repr=False)

    def insert(self, table: Table, **row: Any) -> None:
        """A new row; a broken constraint fails the transaction."""
        self.inserts[table].append(row)

    def keep(self, table: Table, **row: Any) -> None:
        """A new row unless a unique constraint says it is there already: this is what makes a sending happen once."""
        self.keeps[table].append(row)

    def update(self, table: Table, key: str, value: Any, **row: Any) -> None:
        """Change the row whose column ``key`` is ``value``. Of several changes of one column the last holds."""
        self.updates.setdefault((table, key, value), {}).update(row)

    def run(self, statement: Update, **values: Any) -> None:
        """A change that depends on how the row stands then, after all others. Give the same statement each time."""
        self.runs.setdefault(statement, []).append(values)

    def then(self, call: Callable[[], None]) -> None:
        """Call this once the transaction is committed (wake a worker); it must not raise."""
        self.after_commit.append(call)

    def absorb(self, other: Changes) -> None:
        """Take over another's changes, after one's own."""
        for table, rows in other.inserts.items():
            self.inserts[table].extend(rows)
        for table, rows in other.keeps.items():
            self.keeps[table].extend(rows)
        for (table, key, value), row in other.updates.items():
            self.update(table, key, value, **row)
        for statement, rows in other.runs.items():
            self.runs.setdefault(statement, []).extend(rows)
        self.after_commit.extend(other.after_commit)

    async def write(self, connection: AsyncConnection) -> None:
        """Write everything: inserts in the order of foreign keys, then updates. Clears what was written."""
        for table in ORDER if self.inserts or self.keeps else ():
            if rows := self.inserts.pop(table, None):
                for group in _alike(rows):
                    await connection.execute(_insert(table), group)
            if rows := self.keeps.pop(table, None):
                for group in _alike(rows):
                    await connection.execute(insert_or_keep(connection, table), group)
        for (table, key, columns), rows in self._updates_alike().items():
            await connection.execute(_update(table, key, columns), rows)
        for statement, rows in self.runs.items():
            await connection.execute(statement, rows)
        self.updates.clear()
        self.runs.clear()

    def _updates_alike(self) -> dict[tuple[Table, str, tuple[str, ...]], list[Row]]:
        """Changes of the same columns go out in one statement; each row is in one of them, so their order is free."""
        groups: dict[tuple[Table, str, tuple[str, ...]], list[Row]] = {}
        for (table, key, value), row in self.updates.items():
            if row:
                groups.setdefault((table, key, tuple(sorted(row))), []).append({"key_": value, **row})
        return groups

    def committed(self) -> None:
        """Make the calls that waited for the commit."""
        for call in self.after_commit:
            call()
        self.after_commit.clear()


@cache
def _update(table: Table, key: str, columns: tuple[str, ...]) -> Update:
    """Built once for each set of columns: building a statement costs more than running it."""
    return (
        update(table).where(table.c[key] == bindparam("key_")).values({column: bindparam(column) for column in columns})
    )


@cache
def _insert(table: Table) -> Insert:
    return insert(table)


def insert_or_keep(connection: AsyncConnection, table: Table) -> Any:
    """``INSERT … ON CONFLICT DO NOTHING`` in this database's dialect."""
    return _keep(table, connection.dialect.name)


@cache
def _keep(table: Table, dialect: str) -> Any:
    return (sqlite if dialect == "sqlite" else postgresql).insert(table).on_conflict_do_nothing()


def _alike(rows: list[Row]) -> list[list[Row]]:
    """Rows grouped by their columns: one statement needs the same columns in every row."""
    groups: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        groups.setdefault(tuple(row), []).append(row)
    return list(groups.values())

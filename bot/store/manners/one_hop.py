"""Asks SQLite in one errand: a statement and its rows come back together from the database's thread.

The driver makes four errands of a statement (open, run, fetch, close), and each costs more than most statements do.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from functools import partial
from typing import Any

from aiosqlite import Connection, Cursor


async def connect(path: str) -> Connection:
    """A connection to the file, for SQLAlchemy's ``async_creator``."""
    connection = OneHop(partial(sqlite3.connect, path, check_same_thread=False), iter_chunk_size=64)
    connection._thread.daemon = True  # as SQLAlchemy does: an operator's Ctrl-C must not wait for it
    return await connection


class OneHop(Connection):
    """A connection whose cursors cost one errand each."""

    def cursor(self) -> _Whole:  # type: ignore[override]  # SQLAlchemy only enters it
        """A cursor; nothing is asked of the thread yet."""
        return _Whole(self, self._conn.cursor())


class _Whole(Cursor):
    """Runs a statement and fetches all its rows at once. Nothing is left to close: a cursor that gave all is reset."""

    _rows: list[Any]

    async def execute(self, sql: str, parameters: Iterable[Any] | None = None) -> Cursor:
        self._rows = await self._execute(_run, self._cursor, sql, parameters or ())  # type: ignore[no-untyped-call]
        return self

    async def fetchall(self) -> Iterable[sqlite3.Row]:
        return self._rows

    async def close(self) -> None:
        return None


def _run(cursor: sqlite3.Cursor, sql: str, parameters: Any) -> list[Any]:
    cursor.execute(sql, parameters)
    return cursor.fetchall() if cursor.description else []

"""Opens the database and teaches SQLite the manners the house relies on.

SQLite: write-ahead log, ``synchronous=FULL`` (what we acknowledge is on the disk), ``BEGIN IMMEDIATE`` (the driver's
own transactions lose updates silently), and one connection for everything that writes: more only wait for each other.
"""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

if sys.platform == "linux":
    # Debian 12's own SQLite 3.40 can corrupt the log when two connections checkpoint at once (fixed in 3.51.3);
    # the packaged one is newer. Swapped in before anything imports sqlite3.
    import pysqlite3

    sys.modules["sqlite3"] = pysqlite3
    sys.modules["sqlite3.dbapi2"] = pysqlite3.dbapi2

from sqlalchemy import event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.store.manners import one_hop
from bot.store.sealed import Vault

# The patience first: switching the journal may meet another connection doing the same.
SQLITE_PRAGMAS = ("busy_timeout=10000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-6000")


class Database:
    """One database. ``begin`` writes, ``read`` reads; leaving the block commits, an exception rolls back."""

    def __init__(self, url: str | URL, *, connections: int = 8, vault: Vault | None = None) -> None:
        self.url = make_url(url)
        self.sqlite = self.url.get_backend_name() == "sqlite"
        self._writer = _engine(self.url, pool_size=1 if self.sqlite else connections)
        self._reader = _engine(self.url, pool_size=2) if self.sqlite else self._writer
        for engine in (self._writer, self._reader):
            engine.sync_engine.dialect.vault = vault  # type: ignore[attr-defined]  # read by the column types
        if self.sqlite:
            _teach_sqlite(self._writer, "BEGIN IMMEDIATE")
            _teach_sqlite(self._reader, "BEGIN")

    @property
    def writers(self) -> int:
        """How many groups of changes one process may usefully write at once."""
        return 1 if self.sqlite else 2

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that may write."""
        async with self._writer.begin() as connection:
            yield connection

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that only reads; it never waits for a writer."""
        async with self._reader.begin() as connection:
            yield connection

    async def close(self) -> None:
        """Return every connection."""
        await self._writer.dispose()
        if self._reader is not self._writer:
            await self._reader.dispose()


def _engine(url: URL, *, pool_size: int) -> AsyncEngine:
    options: dict[str, Any] = {
        # SQLite compares JSON paths byte by byte: Chinese keys must be stored as they are.
        "json_serializer": json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode,
        "pool_size": pool_size,
        "max_overflow": 0,
        "hide_parameters": True,  # citizens' words must not reach a log inside an error
    }
    if url.get_backend_name() == "postgresql":
        options["pool_pre_ping"] = True
    elif url.database and not url.query:
        options["async_creator"] = partial(one_hop.connect, url.database)
    return create_async_engine(url, **options)


def _teach_sqlite(engine: AsyncEngine, begin: str) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def _connect(dbapi_connection: Any, _record: Any) -> None:
        dbapi_connection.isolation_level = None  # no BEGIN of the driver's own
        cursor = dbapi_connection.cursor()
        for pragma in SQLITE_PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql(begin)

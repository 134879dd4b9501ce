"""PostgreSQL ends in the middle of a transaction, or is not there: nothing is acknowledged, nobody is called stuck."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import func, select, text

from bot.journey.hub import StorageDown
from bot.store.engine import Database
from bot.store.migrating import migrate
from bot.store.tables import message
from channels.message import Batch
from tests.bot.house import at_work, house, words
from tests.postgres import Postgres

BATCH = Batch(tuple(words(f"p{n}", "您好") for n in range(5)))
_CUT = (
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
    "WHERE wait_event_type = 'Lock' AND datname = current_database()"
)


@pytest.fixture(autouse=True)
def swept() -> Iterator[None]:
    """CPython 3.11 fails to compile while it collects what a cut connection leaves behind: collect it now."""
    yield
    gc.collect()


async def stored(database: Database) -> int:
    async with database.read() as connection:
        return int(await connection.scalar(select(func.count()).select_from(message)) or 0)


async def cut(database: Database) -> int:
    """End every connection that waits for a lock; returns how many."""
    async with database.read() as connection:
        return int(await connection.scalar(text(_CUT)) or 0)


async def test_a_connection_cut_in_the_middle(postgres: Postgres, postgres_template: str, tmp_path: Path) -> None:
    url = postgres.url(await postgres.fresh(template=postgres_template))
    operator = Database(url)
    async with at_work(house(url, tmp_path)) as services:
        async with operator.begin() as connection:
            await connection.execute(text("LOCK TABLE message"))
            taking = asyncio.create_task(services.hub.receive(BATCH))
            async with asyncio.timeout(10):
                while not await cut(operator):
                    await asyncio.sleep(0.02)
            with pytest.raises(StorageDown):
                await taking
        assert await stored(operator) == 0
        taken = await services.hub.receive(BATCH)
        assert [one.stuck for one in taken] == [False] * 5
        assert await stored(operator) == 5
    await operator.close()


async def test_a_server_that_is_not_there(tmp_path: Path) -> None:
    server = await asyncio.to_thread(Postgres)
    url = server.url(await server.fresh())
    await migrate(url)
    async with at_work(house(url, tmp_path)) as services:
        assert len(await services.hub.receive(BATCH)) == 5
        await asyncio.to_thread(server.stop)
        for _ in range(2):
            with pytest.raises(StorageDown):
                await services.hub.receive(Batch((words("p1", "您好"), words("p2", "您好"))))


async def test_a_server_without_room_for_one_more_connection(tmp_path: Path) -> None:
    options = ("fsync=off", "max_connections=4", "superuser_reserved_connections=0", "max_wal_senders=0")
    server = await asyncio.to_thread(Postgres, options=[part for one in options for part in ("-c", one)])
    name = await server.fresh()
    url = server.url(name)
    await migrate(url)
    async with at_work(house(url, tmp_path)) as services:
        taken = [
            await asyncpg.connect(host="127.0.0.1", port=server.port, user="minsheng", database=name) for _ in range(4)
        ]
        for batch in (BATCH, Batch((words("p9", "您好"),))):
            with pytest.raises(StorageDown):
                await services.hub.receive(batch)
        for connection in taken:
            await connection.close()
        assert [one.stuck for one in await services.hub.receive(BATCH)] == [False] * 5
    await asyncio.to_thread(server.stop)

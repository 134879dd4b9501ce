"""PostgreSQL measures a table that grew fast before its own minute is over, and only then."""

import pytest
from sqlalchemy import insert, text

from bot.clock import now
from bot.store.engine import Database
from bot.store.manners.measuring import measure
from bot.store.tables import refusal

ROW = {"channel": "wechat", "account": "city", "reason": "test", "size": 1, "sha256": "", "shape": ""}


async def add(database: Database, count: int) -> None:
    async with database.begin() as connection:
        await connection.execute(insert(refusal), [ROW | {"at": now()} for _ in range(count)])
        if not database.sqlite:
            await connection.execute(text("SELECT pg_stat_force_next_flush()"))


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_what_grew_fast_is_measured_once(database: Database) -> None:
    await add(database, 800)
    assert await measure(database) == ["refusal"]
    assert await measure(database) == []
    await add(database, 300)
    assert await measure(database) == []
    await add(database, 600)
    assert await measure(database) == ["refusal"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_sqlite_has_nothing_to_measure(database: Database) -> None:
    await add(database, 800)
    assert await measure(database) == []

"""A database in trouble is told apart from a bad message, by the errors the real drivers raise."""

from __future__ import annotations

import pytest
from sqlalchemy import insert, text

from bot.store.engine import Database
from bot.store.manners.trouble import storage_is_down
from bot.store.tables import account_state
from tests.postgres import Postgres


async def raised(database: Database, statement: object, values: object = None) -> Exception:
    with pytest.raises(Exception) as caught:
        async with database.begin() as connection:
            await connection.execute(statement, values)
    return caught.value


async def test_wrong_values_are_the_messages_fault(database: Database) -> None:
    too_large = {"n": 2**80}
    assert not storage_is_down(await raised(database, insert(account_state), {"channel": None}))
    if not database.sqlite:
        assert not storage_is_down(await raised(database, text("SELECT no_such_column FROM message")))
        assert not storage_is_down(await raised(database, text("SELECT CAST(:n AS BIGINT)"), too_large))
        assert not storage_is_down(await raised(database, text("SELECT CAST(:t AS TEXT)"), {"t": "a\0b"}))


async def test_a_read_only_database_is_the_databases_fault(database: Database) -> None:
    statement = text("PRAGMA query_only=1" if database.sqlite else "SET TRANSACTION READ ONLY")
    async with database.begin() as connection:
        await connection.execute(statement)
        with pytest.raises(Exception) as caught:
            await connection.execute(text("DELETE FROM message"))
    assert storage_is_down(caught.value)


async def test_a_server_that_lets_nobody_in_is_the_databases_fault(postgres: Postgres) -> None:
    for url in (postgres.url("no_such_database"), "postgresql+asyncpg://x@127.0.0.1:9/x"):
        database = Database(url, connections=2)
        assert storage_is_down(await raised(database, text("SELECT 1")))
        await database.close()

"""The migrations and the tables say the same, on both databases, however often they run."""

import asyncio

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from bot.store.engine import Database
from bot.store.migrating import migrate, newest, revision
from bot.store.tables import metadata


async def test_the_migrated_database_has_every_table_as_declared(database: Database) -> None:
    async with database.begin() as connection:
        differences = await connection.run_sync(
            lambda sync: compare_metadata(MigrationContext.configure(sync), metadata)
        )
    assert differences == []


async def test_migrating_again_changes_nothing(database_url: str, database: Database) -> None:
    await asyncio.gather(migrate(database_url), migrate(database_url))
    assert await revision(database) == newest() == "0002"

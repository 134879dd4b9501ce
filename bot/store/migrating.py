"""Brings a database to the newest shape of the tables, on SQLite and PostgreSQL alike."""

from __future__ import annotations

import asyncio
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url

from bot.store.engine import Database

HERE = Path(__file__).parent / "migrations"
ONE_AT_A_TIME = 0x6D696E73  # any fixed number: two processes starting together must not both migrate


def configuration() -> Config:
    """Alembic's own configuration, without a file."""
    config = Config()
    config.set_main_option("script_location", str(HERE))
    return config


def newest() -> str:
    """The revision this code expects."""
    return ScriptDirectory.from_config(configuration()).get_current_head() or ""


async def migrate(url: str) -> None:
    """Create the database file's folder if needed and run every migration that is missing."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        await asyncio.to_thread(Path(parsed.database).parent.mkdir, parents=True, exist_ok=True)
    database = Database(url)
    try:
        async with database.begin() as connection:
            await connection.run_sync(_upgrade)
    finally:
        await database.close()


async def revision(database: Database) -> str:
    """The revision the database is at, "" for an empty one."""
    async with database.read() as connection:
        return await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision()) or ""


def _upgrade(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
    config = configuration()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")

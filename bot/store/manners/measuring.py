"""Has PostgreSQL measure tables that grew fast: it plans by what it last measured.

Its own measuring comes about once a minute. A table that was empty when a statement was first planned would be read
whole, again and again, by every batch of that minute; the same holds after a large import.
"""

from __future__ import annotations

from sqlalchemy import text

from bot.store.engine import Database

_GREW = text(
    "SELECT c.relname FROM pg_stat_user_tables AS s JOIN pg_class AS c ON c.oid = s.relid"
    " WHERE s.schemaname = current_schema() AND s.n_mod_since_analyze > greatest(500, c.reltuples) ORDER BY c.relname"
)


async def measure(database: Database) -> list[str]:
    """Measure the tables of which more than half is new; their names. Nothing to do on SQLite."""
    if database.sqlite:
        return []
    async with database.read() as connection:
        grew = list(await connection.scalars(_GREW))
    for name in grew:
        async with database.begin() as connection:  # one at a time: nothing waits for the next one
            await connection.execute(text(f'ANALYZE "{name}"'))
    return grew

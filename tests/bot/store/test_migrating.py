"""The migrations and the tables say the same, on both databases, however often they run."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, text

from bot.store import audit, ticket_rows
from bot.store.engine import Database
from bot.store.migrating import configuration, migrate, newest, revision
from bot.store.tables import metadata
from tests.conftest import KINDS
from tests.postgres import Postgres
from tickets.papers.assignment import AssignmentState


def upgrade_to(connection: Connection, revision: str) -> None:
    config = configuration()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


async def test_the_migrated_database_has_every_table_as_declared(database: Database) -> None:
    async with database.begin() as connection:
        differences = await connection.run_sync(
            lambda sync: compare_metadata(MigrationContext.configure(sync), metadata)
        )
    assert differences == []


async def test_migrating_again_changes_nothing(database_url: str, database: Database) -> None:
    await asyncio.gather(migrate(database_url), migrate(database_url))
    assert await revision(database) == newest() == "0014"


@pytest.fixture(params=KINDS)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database with no table yet."""
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path}/old.db"
        return
    server: Postgres = request.getfixturevalue("postgres")
    name = asyncio.run(server.fresh())
    yield server.url(name)
    asyncio.run(server.drop(name))


async def test_tickets_of_the_first_shape_live_on(empty_url: str) -> None:
    """One dispatched with a co-organiser and one closed, as 0001 kept them: parts of units, and a log that can go on."""
    database = Database(empty_url)
    try:
        async with database.begin() as connection:
            await connection.run_sync(partial(upgrade_to, revision="0001"))
            for statement in OLD.split(";"):
                await connection.execute(text(statement))
        await migrate(empty_url)
        async with database.begin() as connection:
            rows = await ticket_rows.lock(connection, ["2609180000001", "2609180000002"])
        handled, closed = (ticket_rows.read_ticket(row) for row in rows.values())
        assert (handled.lead_unit, handled.co_units) == ("D04", ("M06", "M03"))
        assert handled.lead is not None
        assert (handled.lead.state, handled.lead.due_at) == (AssignmentState.HANDLING, handled.due_at)
        assert [one.state for one in closed.assignments] == [AssignmentState.ACCEPTED]
        now = datetime.now(UTC)
        looks = [row["watch_at"] for row in rows.values()]
        assert now - timedelta(minutes=1) < looks[0] <= now, "what is open is looked at at once"
        assert looks[1] == datetime(2027, 9, 20, 2, tzinfo=UTC), "what is over, when it is a year old"
        found = await audit.verify(database)
        assert (found.older, found.broken) == (2, [])
    finally:
        await database.close()


TICKET = """
INSERT INTO ticket (number, query_code, policy, conversation_id, citizen, type, category, urgency, emotion, state,
    confidential, safety, alarm, title, content, district, place, occurred, respondent, wanted, missing, attachments,
    lead_unit, co_units, received_at, dispatched_at, signed_at, due_at, closed_at, redo_no, reject_count, urge_count,
    supplement_count, callback_no, public_reply, internal_note, assignment, events)
VALUES ('{number}', '1', 'demo@1', 1, 1, 'help', '0203', 'normal', 0, '{state}', FALSE, FALSE, '', '', '', '', '', '', '', '',
    '[]', '[]', 'D04', '{co}', '2026-09-18 01:00:00', '2026-09-18 02:00:00', '2026-09-18 03:00:00',
    '2026-09-24 15:59:59', {closed}, 0, 0, 0, 0, 0, '', '', '{number}-3', 1)
"""
PART = """
INSERT INTO assignment (id, ticket, unit, role, dispatched_at, ended_at)
VALUES ('{number}-3', '{number}', 'D04', 'lead', '2026-09-18 02:00:00', {closed})
"""
EVENT = """
INSERT INTO ticket_event (ticket, n, at, role, actor, command, from_state, to_state, data)
VALUES ('{number}', 1, '2026-09-18 01:00:00', 'citizen', '', 'submit', 'draft', 'received', '{{}}')
"""
KEPT = [
    {"number": "2609180000001", "state": "handling", "co": '["M06", "M03"]', "closed": "NULL"},
    {"number": "2609180000002", "state": "closed", "co": "[]", "closed": "'2026-09-20 02:00:00'"},
]
OLD = ";".join(
    [
        "INSERT INTO conversation (id, channel, account, peer, citizen, memory, created_at, updated_at)"
        " VALUES (1, 'app', 'web', 'p', 1, '{}', '2026-09-18 00:00:00', '2026-09-18 00:00:00')",
        *(statement.format_map(one) for one in KEPT for statement in (TICKET, PART, EVENT)),
    ]
)

"""Nothing the hub does for a message or by the clock reads a whole table: a city keeps years of messages."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, text

from bot.clock import now
from bot.jobs import families, family_news
from bot.running import working
from bot.services import build
from bot.settings import load
from bot.store.engine import Database
from channels.message import Address, Batch, Inbound, Kind
from tests.bot.house import at_work, house
from tests.bot.orders.test_families import LAMPS, OFFICER, handled, report

LARGE = {
    *("conversation", "message", "outbox", "ticket", "ticket_event", "assignment", "survey", "attachment", "refusal"),
    *("alert", "supervision", "ticket_request", "consultation", "callback"),
    *("place_key", "matter", "matter_member", "kept_apart", "call"),
}


@pytest.fixture
def statements() -> Iterator[dict[str, Any]]:
    """Every statement run, with one set of its parameters."""
    found: dict[str, Any] = {}

    def note(_c: object, _cursor: object, statement: str, parameters: Any, _context: object, many: bool) -> None:
        if statement.startswith(("SELECT", "UPDATE", "DELETE", "WITH")):
            found[statement] = parameters[0] if many else parameters

    event.listen(Engine, "before_cursor_execute", note)
    yield found
    event.remove(Engine, "before_cursor_execute", note)


def said(number: int) -> Inbound:
    """A citizen's words."""
    return Inbound(address=Address("wechat", "city", "o1"), id=f"m{number}", sent_at=now(), kind=Kind.TEXT, text="人工")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_no_message_no_job_and_no_worker_reads_a_large_table_from_end_to_end(
    database: Database, database_url: str, tmp_path: Path, statements: dict[str, Any]
) -> None:
    settings = load(None, {}, default={"store": {"url": database_url}, "files": {"folder": str(tmp_path / "files")}})
    async with working(services := build(settings)):
        for number in range(2):
            await services.hub.receive(Batch(messages=(said(number),)))
        await asyncio.sleep(1.5)
    assert any("outbox" in statement for statement in statements)
    assert await whole(database, statements) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_looking_for_the_like_of_a_ticket_and_telling_followers_does_not_either(
    database: Database, database_url: str, tmp_path: Path, statements: dict[str, Any]
) -> None:
    async with at_work(house(database_url, tmp_path)) as services:
        numbers = [await report(services, f"p{n}", text) for n, text in enumerate(LAMPS)]
        statements.clear()
        assert await families.propose(services.families) == 3
        for child in numbers[1:]:
            await services.families.join(numbers[0], child, by=OFFICER)
        await handled(services, numbers[0])
        await family_news.tell(services.families)
        await families.lapse(services.families)
        await services.families.part(numbers[1], by=OFFICER)
    assert any("place_key" in statement for statement in statements)
    assert any("family_news" in statement for statement in statements)
    assert await whole(database, statements) == []


async def whole(database: Database, statements: dict[str, Any]) -> list[Any]:
    """The steps of their plans that read a large table from end to end."""
    found = []
    async with database.read() as connection:
        partial = set(
            await connection.scalars(
                text("SELECT name FROM sqlite_master WHERE type = 'index' AND sql LIKE '% WHERE %'")
            )
        )
        for statement, parameters in list(statements.items()):
            plan = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            found += [(row.detail, statement) for row in plan if _reads_all(row.detail, partial)]
    return found


def _reads_all(detail: str, partial: set[str]) -> bool:
    """Whether a step of a plan goes through a large table; through a partial index it does not."""
    words = detail.split()
    return words[0] == "SCAN" and words[1] in LARGE and not (len(words) > 2 and words[-1] in partial)

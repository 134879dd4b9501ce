"""A small simulated month, and the books that must balance at its end; the large one is ``python -m benchmarks.month``."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, update

from benchmarks.month.books import close
from benchmarks.month.simulation import Month, prepared
from bot.store.tables import outbox, ticket
from tests.journeys.clock import CITY_TIME

END = datetime(2026, 9, 27, tzinfo=CITY_TIME)


@pytest.fixture
async def lived(database_url: str, tmp_path: Path) -> AsyncIterator[Month]:
    """Twelve days of a small town."""
    month = prepared(database_url, tmp_path, seed=7, pace=timedelta(hours=4), end=END)
    await month.live(70)
    yield month
    await month.services.database.close()


async def test_a_small_month_is_lawful_and_adds_up(lived: Month) -> None:
    books = await close(lived)
    assert books.wrong == []
    assert not lived.tally.failures
    assert books.figures["tickets"] > 30
    assert {"closed", "to_callback", "handling"} <= set(books.figures["states"])
    assert {"dispatch", "submit_reply", "review_pass", "ask", "rate"} <= set(books.figures["commands"])
    assert lived.tally.pushed
    # And books that could not be wrong would prove nothing.
    async with lived.services.database.begin() as connection:
        number = (await connection.execute(ticket.select().limit(1))).mappings().one()["number"]
        await connection.execute(update(ticket).where(ticket.c.number == number).values(redo_no=7))
        row = (await connection.execute(outbox.select().where(outbox.c.key.startswith("t:")).limit(1))).mappings().one()
        await connection.execute(
            insert(outbox), {**row, "id": 10**6, "key": "t:1:ticket.signed:9.0", "seq": row["seq"] + 1000}
        )
    wrong = "\n".join((await close(lived)).wrong)
    for line in ("unlawful logs", "notices nobody asked for", "conversations with gaps"):
        assert line in wrong

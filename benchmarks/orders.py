"""How fast orders to tickets are, and whether a full archive slows them: ``python -m benchmarks.orders``.

Sixteen officers at once take tickets from dispatch to review, five orders each, every one durable. Measured in turn,
so that the machine's mood cancels out: the floor (one row a command, grouped and committed alike), the office with an
empty archive, the office with a full one.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import text

from benchmarks.stored_tickets import LIFE, fill, reported
from bot.lanes import Lanes, Waiting
from bot.orders.office import AT_MOST
from bot.services import Services
from bot.store.engine import Database
from bot.store.migrating import migrate
from tests.bot.house import at_work, house
from tests.postgres import Postgres

OFFICERS = 16
ROUNDS = 5
DURABLE = ("-c", "fsync=on", "-c", "synchronous_commit=on", "-c", "max_wal_size=4GB")


@dataclass(slots=True)
class Floor:
    """A command that is nothing but its durable row."""

    database: Database
    lanes: Lanes[int, None] = field(init=False)

    def __post_init__(self) -> None:
        self.lanes = Lanes(self._settle, owner=lambda one: one, lanes=self.database.writers, at_most=AT_MOST)

    async def _settle(self, waiting: Sequence[Waiting[int, None]]) -> None:
        async with self.database.begin() as connection:
            await connection.execute(text("INSERT INTO floor VALUES (:n)"), [{"n": one.thing} for one in waiting])
        for one in waiting:
            one.answer(None)

    async def run(self, commands: int) -> float:
        """Commands a second."""
        places = iter(range(commands))

        async def officer() -> None:
            for place in places:
                await self.lanes.take([place])

        return await rate(commands, officer)


async def rate(commands: int, officer: Callable[[], Awaitable[None]]) -> float:
    """All officers at once until nothing is left to do; commands a second."""
    started = time.perf_counter()
    await asyncio.gather(*(officer() for _ in range(OFFICERS)))
    return commands / (time.perf_counter() - started)


async def orders(services: Services, numbers: Sequence[str]) -> float:
    """The whole way of these tickets; orders a second."""
    left = iter(numbers)

    async def officer() -> None:
        for number in left:
            for order in LIFE:
                await services.office.order(number, order)

    return await rate(len(numbers) * len(LIFE), officer)


@contextlib.asynccontextmanager
async def built(url: str, folder: Path, *, past: int) -> AsyncIterator[Services]:
    """A house over the database ``url`` with a past, and fresh tickets to work on."""
    await migrate(url)
    async with at_work(house(url, folder)) as services:
        if past:
            await fill(services, past)
        yield services


async def measure(name: str, urls: tuple[str, str], folder: Path, *, past: int, count: int) -> None:
    """One line of the table."""
    each = max(OFFICERS, count // ROUNDS // len(LIFE))
    rates: dict[str, list[float]] = defaultdict(list)
    async with built(urls[0], folder, past=0) as empty, built(urls[1], folder, past=past) as full:
        async with empty.database.begin() as connection:
            await connection.execute(text("CREATE TABLE floor (n INTEGER)"))
        floor = Floor(empty.database)
        gc.collect()
        gc.freeze()
        for turn in range(-1, ROUNDS):  # the first warms up
            fresh = [await reported(one, [f"p{turn}.{n}" for n in range(each)]) for one in (empty, full)]
            lines = ("floor", await floor.run(each * len(LIFE)))
            empty_rate, full_rate = await orders(empty, fresh[0]), await orders(full, fresh[1])
            if turn < 0:
                for one in (empty, full):  # as the hub's own job does once there is something to measure
                    async with one.database.begin() as connection:
                        await connection.execute(text("ANALYZE"))
            else:
                for kind, found in (lines, ("empty", empty_rate), ("full", full_rate)):
                    rates[kind].append(found)
    middle = {kind: statistics.median(found) for kind, found in rates.items()}
    pairs = [full_ / empty_ for full_, empty_ in zip(rates["full"], rates["empty"], strict=True)]
    print(
        f"| {name} | {middle['empty']:,.0f}/s | {middle['full']:,.0f}/s | {middle['empty'] / middle['floor']:.2f} "
        f"({middle['floor']:,.0f}/s) | {statistics.median(pairs):.2f} ({min(pairs):.2f}-{max(pairs):.2f}) |",
        flush=True,
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--tickets", type=int, default=1_000_000, help="stored in the full archive")
    parser.add_argument("--orders", type=int, default=5_000, help="measured on each")
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    given = parser.parse_args()
    print(f"| {OFFICERS} officers | empty | {given.tickets:,} tickets stored | of the floor | full / empty |")
    print("|---|---|---|---|---|")
    with tempfile.TemporaryDirectory(prefix="minsheng-bench-") as name:
        folder = Path(name)
        if given.only != "postgresql":
            urls = (f"sqlite+aiosqlite:///{folder}/empty.db", f"sqlite+aiosqlite:///{folder}/full.db")
            asyncio.run(measure("SQLite", urls, folder, past=given.tickets, count=given.orders))
        if given.only != "sqlite":
            server = Postgres(options=DURABLE)
            try:
                urls = (server.url(asyncio.run(server.fresh())), server.url(asyncio.run(server.fresh())))
                asyncio.run(measure("PostgreSQL", urls, folder, past=given.tickets, count=given.orders))
            finally:
                server.stop()


if __name__ == "__main__":
    main()

"""How the clock's job costs with few and with very many tickets stored: ``python -m benchmarks.clocks [--tickets N]``.

Two things are timed on each database: finding the first due tickets of a thousand, and handling the thousand (two
reminders and a yellow card each: alerts, log, next look). The floor is the same work with ten thousand tickets stored; the goal is a flat cost.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import statistics
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import String, Table, cast, func, insert, literal, select, text, update

from benchmarks.__main__ import database
from bot.jobs import clocks
from bot.services import Services, build
from bot.settings import load
from bot.store.engine import Database
from bot.store.migrating import migrate
from bot.store.tables import assignment, conversation, ticket
from tickets.limits.calendar import SHANGHAI

FEW = 10_000
DUE = 1_000
ROUNDS = 3
FINDS = 200
NOW = datetime(2026, 9, 24, 9, tzinfo=SHANGHAI)
"""The last working day of what came on the 18th: the yellow card is due."""
RECEIVED = datetime(2026, 9, 18, 9, tzinfo=SHANGHAI)
LIMIT = datetime(2026, 9, 24, 23, 59, 59, tzinfo=SHANGHAI)
LATER = NOW + timedelta(days=300)
_TEXTS = ("alarm", "district", "place", "occurred", "respondent", "wanted", "public_reply", "internal_note")
_NUMBERS = ("emotion", "redo_no", "reject_count", "urge_count", "supplement_count", "callback_no", "events")
_BEGUN = {"dispatched_at": RECEIVED, "due_at": LIMIT, "signed_at": RECEIVED}
SAME: dict[Table, dict[str, Any]] = {
    conversation: {"channel": "app", "account": "web", "memory": {}, "created_at": RECEIVED, "updated_at": RECEIVED},
    ticket: dict.fromkeys(_TEXTS, "")
    | dict.fromkeys(_NUMBERS, 0)
    | {"query_code": "1", "policy": "cn-jinan-like@1", "type": "complaint", "category": "0106", "urgency": "normal"}
    | {"title": "油烟扰民", "content": "楼下烧烤店夜间油烟扰民，请尽快处理。", "confidential": False, "safety": False}
    | {"state": "handling", "missing": [], "attachments": [], "lead_unit": "D04C", "co_units": []}
    | {"papers": ["assignments"], "received_at": RECEIVED, "counted_from": RECEIVED, "contacted_at": RECEIVED}
    | {"heard_at": NOW, "watch_at": LATER}
    | _BEGUN,
    assignment: {"n": 1, "unit": "D04C", "role": "lead", "state": "handling"} | _BEGUN,
}
"""What is the same of every ticket stored."""
HEAD = (
    "| database | tickets stored | find what is due, ms | of the floor | handle 1,000 due, s | of the floor |\n"
    + "|---" * 6
    + "|"
)


async def fill(where: Database, count: int) -> None:
    """That many tickets in handling, none due for long, each with its conversation and its lead's part."""
    counting = select(literal(0).label("i")).cte("counting", recursive=True)
    counting = counting.union_all(select(counting.c.i + 1).where(counting.c.i < count - 1))
    place = counting.c.i
    number = func.printf("%013d", place) if where.sqlite else func.lpad(cast(place, String), 13, "0")
    computed: dict[Table, dict[str, Any]] = {
        conversation: {"id": place + 1, "peer": number},
        ticket: {"number": number, "conversation_id": place + 1, "citizen": place + 1},
        assignment: {"id": cast(number, String).concat("/1"), "ticket": number},
    }
    async with where.begin() as connection:
        for table, columns in computed.items():
            same = {name: literal(value, table.c[name].type) for name, value in SAME[table].items()}
            every = columns | same
            await connection.execute(insert(table).from_select(list(every), select(*every.values())))
    async with where.begin() as connection:
        await connection.execute(text("ANALYZE"))


async def make_due(where: Database, stored: int, turn: int) -> None:
    """A thousand tickets spread over all that are stored; other ones each ``turn``."""
    step = stored // DUE
    numbers = [f"{place * step + turn:013d}" for place in range(DUE)]
    async with where.begin() as connection:
        await connection.execute(update(ticket).where(ticket.c.number.in_(numbers)).values(watch_at=NOW))


async def find(where: Database) -> float:
    """Milliseconds, the median of many."""
    spans = []
    async with where.read() as connection:
        for _ in range(FINDS):
            began = time.perf_counter()
            found = (await connection.execute(clocks.due_at(NOW))).all()
            spans.append(time.perf_counter() - began)
            assert len(found) == clocks.AT_ONCE
    return statistics.median(spans) * 1000


async def handle(services: Services) -> float:
    """Seconds for everything that is due."""
    gc.collect()
    began = time.perf_counter()
    assert await clocks.keep_time(services.office) == DUE
    return time.perf_counter() - began


async def measure(few: str, many: str, *, tickets: int) -> list[tuple[int, float, float]]:
    """The two databases in turn, so that the machine's moods cancel out; of each figure the best round."""
    sizes = {FEW: few, tickets: many}
    houses, found = {size: await _house(url, size) for size, url in sizes.items()}, dict[int, list[float]]()
    handled: dict[int, list[float]] = {}
    for turn in range(ROUNDS):
        for size, services in houses.items():
            await make_due(services.database, size, turn)
            found.setdefault(size, []).append(await find(services.database))
            handled.setdefault(size, []).append(await handle(services))
    for services in houses.values():
        await services.database.close()
    return [(size, min(found[size]), min(handled[size])) for size in sizes]


async def _house(url: str, size: int) -> Services:
    await migrate(url)
    default = {"store": {"url": url}, "channels": {"app": {"web": {"jwt_secret": "j" * 40}}}}
    services = build(load(None, {}, default=default), now=lambda: NOW.astimezone(UTC))
    await fill(services.database, size)
    return services


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--tickets", type=int, default=1_000_000, help="the larger number of tickets stored")
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    given = parser.parse_args()
    print(HEAD)
    for kind in (given.only,) if given.only else ("sqlite", "postgresql"):
        with tempfile.TemporaryDirectory(prefix="minsheng-bench-") as name, contextlib.ExitStack() as stack:
            folders = [Path(name) / size for size in ("few", "many")]
            for folder in folders:
                folder.mkdir()
            few, many = (stack.enter_context(database(kind, folder)) for folder in folders)
            rows = asyncio.run(measure(few, many, tickets=given.tickets))
            floor = rows[0][1:]
            for size, found, handled in rows:
                print(
                    f"| {kind} | {size:,} | {found:.2f} | {found / floor[0]:.2f} "
                    f"| {handled:.2f} | {handled / floor[1]:.2f} |",
                    flush=True,
                )


if __name__ == "__main__":
    main()

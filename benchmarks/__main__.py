"""``make bench``: the WeChat path end to end against its floors, all in one run, as ratios.

``python -m benchmarks [--messages N] [--only NAME ...]``.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import hubs
from benchmarks.floors import PATHS
from benchmarks.load import Result, fire
from benchmarks.servers import Server, floor, started
from benchmarks.stored import fill
from benchmarks.workload import shots
from tests.postgres import Postgres

STEPS = 5
HEAD = (
    "| variant | rate | of the codec floor | x WeRoBot | p50 / p99 ms | MB | not 200 |\n|---|---|---|---|---|---|---|"
)


@dataclass(frozen=True, slots=True)
class Variant:
    """A hub to measure: its database, knowledge, past, and how many processes share the load."""

    name: str
    database: str = "sqlite"
    entries: int = 0
    past: int = 0
    processes: int = 1


VARIANTS = (
    Variant("SQLite FULL, demo entries"),
    Variant("SQLite FULL, 50,000 entries", entries=50_000),
    Variant("SQLite FULL, 1,000,000 stored messages", past=1_000_000),
    Variant("PostgreSQL, demo entries", database="postgresql"),
    Variant("PostgreSQL, two processes", database="postgresql", processes=2),
)


@dataclass(slots=True)
class Table:
    """What was measured so far."""

    rates: dict[str, float] = field(default_factory=dict)

    def add(self, name: str, result: Result, memory: float) -> None:
        """Print one line."""
        self.rates[name] = result.rate
        codec, werobot = self.rates.get("codec", 0.0), self.rates.get("werobot", 0.0)
        bad = sum(count for status, count in result.statuses.items() if status != 200)
        of_codec = f"{result.rate / codec:.2f}" if codec else "–"
        of_werobot = f"{result.rate / werobot:.1f}" if werobot else "–"
        waits = f"{result.percentile(50):.0f} / {result.percentile(99):.0f}"
        print(
            f"| {name} | {result.rate:,.0f}/s | {of_codec} | {of_werobot} | {waits} | {memory:.0f} | {bad} |",
            flush=True,
        )


def measure(servers: Sequence[Server], path: str, *, messages: int) -> Result:
    """Warm up, then one counted run of the same workload, shared by the servers."""
    return asyncio.run(_measure([server.port for server in servers], path, messages))


async def _measure(ports: Sequence[int], path: str, messages: int) -> Result:
    each = messages // STEPS // len(ports)
    for place, port in enumerate(ports):
        await fire(port, list(shots(path, citizens=200, steps=STEPS, seed=place + 100, first=10**6 * (place + 5))))
    loads = [
        list(shots(path, citizens=each, steps=STEPS, seed=place, first=10**5 * place)) for place in range(len(ports))
    ]
    parts = await asyncio.gather(
        *(fire(port, load, in_flight=64 // len(ports)) for port, load in zip(ports, loads, strict=True))
    )
    whole = Result(seconds=max(part.seconds for part in parts))
    for part in parts:
        whole.latencies.extend(part.latencies)
        whole.statuses.update(part.statuses)
    return whole


@contextlib.contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    """A fresh database's URL; PostgreSQL with fsync on."""
    if kind == "sqlite":
        yield f"sqlite+aiosqlite:///{folder}/minsheng.db"
        return
    server = Postgres(options=("-c", "fsync=on", "-c", "synchronous_commit=on"))
    try:
        yield server.url(asyncio.run(server.fresh()))
    finally:
        server.stop()


def measure_hub(table: Table, variant: Variant, *, messages: int) -> None:
    """One variant, from an empty folder to its line in the table."""
    with tempfile.TemporaryDirectory(prefix="minsheng-bench-") as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        url = stack.enter_context(database(variant.database, folder))
        prepared = [
            hubs.prepare(folder, url, knowledge=0 if place else variant.entries) for place in range(variant.processes)
        ]
        if variant.past:
            asyncio.run(fill(url, variant.past))
        servers = [
            stack.enter_context(started(command, port, environment=environment))
            for command, port, environment in prepared
        ]
        result = measure(servers, hubs.PATH, messages=messages)
        table.add(f"hub, {variant.name}", result, sum(server.memory for server in servers))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=50_000)
    parser.add_argument("--only", nargs="*", default=[], help="words of the variants wanted")
    given = parser.parse_args()
    table = Table()
    print(HEAD)
    for name in ("bare", "codec", "werobot"):
        command, port = floor(name)
        with started(command, port) as server:
            result = measure(
                [server], PATHS[name], messages=min(given.messages, 3_000 if name == "werobot" else 20_000)
            )
            table.add(name, result, server.memory)
    for variant in VARIANTS:
        if not given.only or any(word in variant.name for word in given.only):
            measure_hub(table, variant, messages=given.messages)


if __name__ == "__main__":
    main()

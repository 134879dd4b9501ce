"""``make bench``: the WeChat path end to end against its floors, all in one run, as ratios.

``python -m benchmarks [--messages N] [--postgres URL] [--entries N ...]``.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from pathlib import Path

from benchmarks import hubs
from benchmarks.floors import PATHS
from benchmarks.load import Result, fire
from benchmarks.servers import Server, floor, started
from benchmarks.workload import shots

STEPS = 5


def measure(server: Server, path: str, *, messages: int, seed: int) -> Result:
    """Warm up, then one counted run of the same workload."""
    asyncio.run(fire(server.port, list(shots(path, citizens=200, steps=STEPS, seed=seed + 1, first=1_000_000))))
    return asyncio.run(fire(server.port, list(shots(path, citizens=messages // STEPS, steps=STEPS, seed=seed))))


def told(name: str, result: Result, codec: float, werobot: float, memory: float) -> str:
    """One line of the table."""
    bad = sum(count for status, count in result.statuses.items() if status != 200)
    return (
        f"| {name} | {result.rate:,.0f}/s | {result.rate / codec if codec else 0:.2f} | {result.rate / werobot if werobot else 0:.1f} "
        f"| {result.percentile(50):.0f} / {result.percentile(99):.0f} | {memory:.0f} | {bad} |"
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=50_000)
    parser.add_argument("--entries", type=int, nargs="*", default=[0, 50_000])
    parser.add_argument("--postgres", default="")
    given = parser.parse_args()
    print(
        "| variant | rate | of the codec floor | x WeRoBot | p50 / p99 ms | MB | not 200 |\n|---|---|---|---|---|---|---|"
    )
    rates: dict[str, float] = {}
    for name in ("bare", "codec", "werobot"):
        command, port = floor(name)
        with started(command, port) as server:
            result = measure(server, PATHS[name], messages=min(given.messages, 10_000), seed=1)
            rates[name] = result.rate
            print(told(name, result, rates.get("codec", 0), rates.get("werobot", 0), server.memory), flush=True)
    for count in given.entries:
        with tempfile.TemporaryDirectory(prefix="minsheng-bench-") as folder:
            url = f"sqlite+aiosqlite:///{folder}/minsheng.db"
            _hub(f"hub, SQLite FULL, {count or 'demo'} entries", Path(folder), url, count, rates, given.messages)
    if given.postgres:
        with tempfile.TemporaryDirectory(prefix="minsheng-bench-") as folder:
            _hub("hub, PostgreSQL, demo entries", Path(folder), given.postgres, 0, rates, given.messages)


def _hub(name: str, folder: Path, url: str, count: int, rates: dict[str, float], messages: int) -> None:
    command, port, environment = hubs.prepare(folder, url, knowledge=count)
    with started(command, port, environment=environment) as server:
        result = measure(server, hubs.PATH, messages=messages, seed=7)
        print(told(name, result, rates["codec"], rates["werobot"], server.memory), flush=True)


if __name__ == "__main__":
    main()

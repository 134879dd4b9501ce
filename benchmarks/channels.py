"""How fast calls are read, and how evenly 10,000 messages leave for a provider that takes fifty a second.

``python -m benchmarks.channels [--only parse|pace] [--messages N] [--database sqlite postgresql]``. Reading is measured
on one core against what a bare library needs for the same bytes; sending is the real outbox against a provider on
loopback that refuses what comes too fast and writes down when each message came.
"""

from __future__ import annotations

import argparse
import asyncio
import email
import json
import statistics
import struct
import tempfile
import time
from collections import defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import psutil

from benchmarks.__main__ import database
from bot.accounts import Accounts
from bot.metrics import Metrics
from bot.outbox.worker import Worker
from bot.store.engine import Database
from bot.store.migrating import migrate
from channels.adapter import Request
from channels.app import parse as app
from channels.capabilities import Capabilities, Rate, Route, Unit
from tests.bot.outbox.house import House
from tests.bot.outbox.provider import Provider, account, close
from tests.channels.contract.case import NOW
from tests.channels.contract.cases import READERS, Trial
from tests.conftest import VAULT

ROUNDS, SECONDS = 3, 0.3
COPIES = 40
"""Of each sample, so that nothing is remembered from the call before."""
BARE: Mapping[str, Callable[[bytes], object]] = {
    ".json": json.loads,
    ".xml": ElementTree.fromstring,
    ".eml": email.message_from_bytes,
    ".pdu": lambda octets: struct.unpack_from(">III", octets),
}
CHAT = '{"type":"text","text":"天桥区明湖西路12号门口的路灯不亮了，三天了"}'.encode()

LIMIT, BURST = 50, 10
TALKS = 2_000


# --- reading


def rate(read: Callable[[], int]) -> float:
    """Calls a second of this core, the best of a few rounds; ``read`` says how many it made."""
    best = 0.0
    for _ in range(ROUNDS):
        made, started = 0, time.process_time()
        while time.process_time() - started < SECONDS:
            made += read()
        best = max(best, made / (time.process_time() - started))
    return best


def reading(trial: Trial) -> tuple[float, float]:
    """(calls a second, the same of the bare library) over all samples of one case."""
    samples = [(path.name, path.suffix, path.read_bytes()) for path in trial.samples]
    bare = BARE[samples[0][1]]

    def floor() -> int:
        for _, _, body in samples:
            bare(body)
        return len(samples)

    calls = [trial.case.signed(name, body) if trial.case.signed else body for name, _, body in samples * COPIES]
    return rate(lambda: _through(trial, calls)), rate(floor)


def _through(trial: Trial, calls: Sequence[Request | bytes]) -> int:
    adapter: Any = trial.adapter()
    for call in calls:
        if isinstance(call, Request):
            adapter.verify(call)
            adapter.parse(call)
        else:
            adapter.read(call, at=NOW)
    return len(calls)


def read_all() -> None:
    """One line a case."""
    print("| read | a second | of the bare library | goal |\n|---|---|---|---|")
    for trial in READERS:
        ours, bare = reading(trial)
        goal = 300 if trial.samples[0].suffix == ".eml" else 5_000
        print(f"| {trial} | {ours:,.0f} | {ours / bare:.2f} | {goal:,} |", flush=True)
    ours, bare = rate(lambda: app.body(CHAT) is None or 1), rate(lambda: json.loads(CHAT) is None or 1)
    print(f"| app | {ours:,.0f} | {ours / bare:.2f} | 5,000 |")


# --- sending


@dataclass
class Limited(Provider):
    """Refuses whatever would be more in one second than agreed: the rate, and one burst on top of it."""

    refused: int = 0
    most: int = 0
    _lately: deque[float] = field(default_factory=deque)

    def allows(self) -> bool:
        """Whether one more may come now."""
        now = time.monotonic()
        while self._lately and self._lately[0] <= now - 1.0:
            self._lately.popleft()
        if len(self._lately) >= LIMIT + BURST:
            self.refused += 1
            return False
        self._lately.append(now)
        self.most = max(self.most, len(self._lately))
        return True

    async def _send(self, request: Any) -> Any:
        if not self.allows():
            self.orders["*"].append("later:1")
        return await super()._send(request)


async def pace(url: str, count: int) -> None:
    """One line: how evenly they left."""
    await migrate(url)
    store, provider = Database(url, connections=4, vault=VAULT), Limited()
    await provider.start()
    can = Capabilities(
        text_limit=500, text_unit=Unit.CHARACTERS, routes=(Route.DIRECT,), rate=Rate(per_second=LIMIT, burst=BURST)
    )
    accounts = Accounts({("free", "city"): account("free", can, provider.port)})
    house = House(store)
    house.clock.at = datetime.now(UTC)
    talks = [(f"u{n}", await house.talk(f"u{n}")) for n in range(min(TALKS, count))]
    each = count // len(talks)
    for place in range(each):
        await house.queue(*(house.row(talk, peer, f"{peer}-{place:04}") for peer, talk in talks))
    worker = Worker(store, accounts, now=lambda: datetime.now(UTC), metrics=Metrics())
    running = asyncio.create_task(worker.run())
    memory = await _watched(provider, len(talks) * each)
    await worker.stop()
    await running
    await close(accounts)
    await provider.stop()
    await store.close()
    _report(provider, memory, store.sqlite)


async def _watched(provider: Provider, count: int) -> list[float]:
    """Megabytes of this process, every second until all have come."""
    own, memory = psutil.Process(), list[float]()
    while len(provider.arrived) < count:
        memory.append(own.memory_info().rss / 2**20)
        await asyncio.sleep(1)
    return memory


def _report(provider: Limited, memory: Sequence[float], sqlite: bool) -> None:  # noqa: FBT001
    times = [at for at, *_ in provider.arrived]
    told = defaultdict(list)
    for _, peer, key, _ in provider.arrived:
        told[peer].append(key)
    ordered = all(keys == sorted(set(keys)) for keys in told.values())
    steady = [at for at in times if at > times[0] + 1]  # behind the first burst
    gaps = sorted(after - before for before, after in pairwise(steady))
    tenth = max(1, len(memory) // 10)
    print(
        f"| {'SQLite' if sqlite else 'PostgreSQL'} | {len(times):,} | {len(steady) / (steady[-1] - steady[0]):.2f}/s | "
        f"{provider.most} | {provider.refused} | {'kept' if ordered else 'BROKEN'} | "
        f"{1000 * statistics.median(gaps):.1f} / {1000 * gaps[int(len(gaps) * 0.99)]:.0f} / {1000 * gaps[-1]:.0f} ms | "
        f"{statistics.mean(memory[:tenth]):.0f} / {statistics.mean(memory[-tenth:]):.0f} MB |",
        flush=True,
    )


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", choices=("parse", "pace"))
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--database", nargs="*", choices=("sqlite", "postgresql"), default=["sqlite", "postgresql"])
    given = parser.parse_args()
    if given.only != "pace":
        read_all()
    if given.only != "parse":
        print(
            "\n| database | messages | left at | most in a second | refused | order | spacing p50 / p99 / most | first / last |"
        )
        print("|---|---|---|---|---|---|---|---|")
        for kind in given.database:
            with tempfile.TemporaryDirectory(prefix="minsheng-bench-") as name, database(kind, Path(name)) as url:
                asyncio.run(pace(url, given.messages))


if __name__ == "__main__":
    main()

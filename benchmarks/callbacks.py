"""Twenty thousand callbacks due at nine: how fast they are queued, and whether citizens who are writing now still get answers.

``python -m benchmarks.callbacks [--count N] [--seconds S] [--database sqlite postgresql]``. The hub, a provider on
loopback that takes fifty texts a second and counts what came too fast, and citizens who write, all in one process:
the figures to look at are the ratios between the phases of one run.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import aiohttp
from aiohttp import web

import channels.sms
from benchmarks.__main__ import database
from benchmarks.due import fill
from bot.jobs import callbacks, draws
from bot.running import working
from bot.scheduler import Scheduler
from bot.services import Services, build
from bot.settings import load
from bot.store.migrating import migrate
from bot.web.app import make_app
from channels.capabilities import Rate

NINE = datetime(2026, 9, 21, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
LIMIT = 50
"""Texts a second the provider takes from one account."""
WRITING = 5
"""Citizens who write in a second."""
SECRET = "a-hook-secret-of-the-benchmark-0123456"
SETTLE = 3.0


@dataclass(slots=True)
class Provider:
    """Takes texts; knows when each writing citizen had his answer, and what came faster than agreed."""

    url: str = ""
    taken: int = 0
    too_fast: int = 0
    waiting: dict[str, float] = field(default_factory=dict)
    waits: list[float] = field(default_factory=list)
    _lately: list[float] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        """SendSms."""
        now = time.perf_counter()
        self._lately = [at for at in self._lately if at > now - 1.0]
        # A burst of one second's worth on top of the rate is what a bucket of that size may send.
        self.too_fast += len(self._lately) >= 2 * LIMIT
        self._lately.append(now)
        self.taken += 1
        since = self.waiting.pop(request.query["PhoneNumbers"].removeprefix("86"), None)
        if since is not None:
            self.waits.append(now - since)
        return web.json_response({"Code": "OK", "Message": "OK", "BizId": f"9006195{self.taken:011d}^0"})


@dataclass(slots=True)
class Phase:
    """What one phase measured."""

    waits: list[float]
    unanswered: int
    sent: int
    seconds: float

    def percentile(self, percent: float) -> float:
        """Milliseconds from a citizen's text to our answer at the provider."""
        ordered = sorted(self.waits)
        return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))] * 1000 if ordered else 0.0


def settings(url: str, folder: str, provider: Provider) -> dict[str, object]:
    """One SMS account on ``provider``."""
    sms = {
        "provider": "aliyun",
        "access_key_id": "id",
        "access_key_secret": "a-key-of-the-benchmark",
        "sign_name": "泉城12345",
        "hook_secret": SECRET,
        "api_base": provider.url,
        "templates": {"reply": {"id": "SMS_100000001", "params": {"text": "text"}, "limit": 500}},
    }
    files = {"folder": f"{folder}/files"}
    return {"store": {"url": url}, "files": files, "channels": {"sms": {"city": sms}}, "log": {"level": "error"}}


@contextlib.asynccontextmanager
async def listening(app: web.Application) -> AsyncIterator[str]:
    """An application on a free port of loopback."""
    runner = web.AppRunner(app, access_log=None, handler_cancellation=False, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def write(base: str, provider: Provider, *, until: Callable[[], bool], first: int) -> Phase:
    """Citizens write, so many a second, each another one, until ``until``."""
    provider.waits, provider.waiting = [], {}
    taken, started = provider.taken, time.perf_counter()
    number = first
    async with aiohttp.ClientSession() as http:
        while not until():
            phone = f"137{number:08}"
            provider.waiting[phone] = time.perf_counter()
            push = {
                "phone_number": phone,
                "send_time": "2026-09-21 09:00:00",
                "content": "您好",
                "sign_name": "泉城12345",
            }
            push |= {"dest_code": "106900", "sequence_id": number}
            async with http.post(f"{base}/hooks/sms/city/{SECRET}/reply", data=json.dumps([push])) as response:
                assert response.status == 200, response.status
            number += 1
            await asyncio.sleep(1 / WRITING)
    seconds = time.perf_counter() - started
    await asyncio.sleep(SETTLE)
    return Phase(provider.waits, len(provider.waiting), provider.taken - taken, seconds)


async def measure(url: str, folder: str, *, count: int, seconds: float) -> list[tuple[str, Phase]]:
    """All phases over one database; prints how long the queueing took."""
    provider, inlet = Provider(), web.Application()
    inlet.router.add_post("/", provider.take)
    begun = time.monotonic()
    now = lambda: NINE + timedelta(seconds=time.monotonic() - begun)  # noqa: E731
    async with listening(inlet) as provider.url:
        await migrate(url)
        services = build(load(None, {}, default=settings(url, folder, provider)), now=now)
        await fill(services.database, count, at=NINE)
        idle = Scheduler(services.database, now=now, metrics=services.metrics)
        async with working(replace(services, scheduler=idle)), listening(make_app(services)) as base:
            return await _phases(services, base, provider, seconds)


async def _phases(services: Services, base: str, provider: Provider, seconds: float) -> list[tuple[str, Phase]]:
    def lasting() -> Callable[[], bool]:
        end = time.perf_counter() + seconds
        return lambda: time.perf_counter() > end

    alone = await write(base, provider, until=lasting(), first=1)
    started = time.perf_counter()
    asking = asyncio.create_task(callbacks.call_back(services.office))
    queueing = await write(base, provider, until=asking.done, first=100_000)
    print(f"queued {await asking:,} callbacks in {queueing.seconds:.1f} s", flush=True)
    started = time.perf_counter()
    lots = await draws.draw_calls(services.office)
    print(f"drew {lots:,} lots in {time.perf_counter() - started:.1f} s", flush=True)
    sending = await write(base, provider, until=lasting(), first=200_000)
    print(
        f"provider: {sending.sent / (sending.seconds + SETTLE):.1f}/s of {LIMIT}, {provider.too_fast} too fast",
        flush=True,
    )
    return [("nothing else to do", alone), ("while they are queued", queueing), ("while they are sent", sending)]


def main() -> None:
    """Print a table for each database."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seconds", type=float, default=40.0, help="how long citizens write in each phase")
    parser.add_argument("--database", nargs="*", default=["sqlite", "postgresql"])
    given = parser.parse_args()
    capable = replace(channels.sms.CHANNEL.capabilities, rate=Rate(per_second=LIMIT, burst=LIMIT))
    channels.sms.CHANNEL = replace(channels.sms.CHANNEL, capabilities=capable)
    for kind in given.database:
        with tempfile.TemporaryDirectory(prefix="minsheng-bench-") as folder, database(kind, Path(folder)) as url:
            print(f"\n{kind}")
            phases = asyncio.run(measure(url, folder, count=given.count, seconds=given.seconds))
        floor = phases[0][1].percentile(99)
        print(
            "| citizens write | answers | p50 / p99 ms | p99 x alone | unanswered | texts sent |\n|---|---|---|---|---|---|"
        )
        for name, phase in phases:
            waits = f"{phase.percentile(50):.0f} / {phase.percentile(99):.0f}"
            ratio = f"{phase.percentile(99) / floor:.1f}" if floor else "–"
            print(
                f"| {name} | {len(phase.waits)} | {waits} | {ratio} | {phase.unanswered} | {phase.sent} |", flush=True
            )


if __name__ == "__main__":
    main()

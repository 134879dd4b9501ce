"""The whole hub around one account, behind which everything goes wrong; and its books, compared with the provider's.

What the suite promises is :meth:`House.check`: every message a citizen wrote is stored once and in his order, whatever
came of the calls; every word of ours reached him once and in its order, or lies where a person is shown it.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from sqlalchemy import Table, select

from bot.running import working
from bot.scheduler import Scheduler
from bot.services import Services, build
from bot.settings import load
from bot.store.tables import account_state, message, outbox
from bot.web.app import make_app
from tests.faults.case import Case, Provider
from tests.journeys.clock import CITY_TIME, Clock

AGENT = "0128"
MORNING = datetime(2026, 9, 21, 9, 0, tzinfo=CITY_TIME)
PATIENCE = 30.0
TAG = re.compile(r"#[A-Z]-[0-9]+")
"""What marks each message, so that it is known again wherever it turns up."""
SHOWN = {"held", "dead"}
"""States in which a person is shown a message of ours."""


@dataclass
class House:
    """One or two running hubs over one database, and the provider's side of the story."""

    provider: Provider
    clock: Clock
    hubs: list[Services]
    bases: list[str]
    written: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    said: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    # --- what happens

    def writes(self, citizen: str) -> Any:
        """The citizen's next message; the suite hands it over."""
        tag = f"#{citizen}-{len(self.written[citizen]) + 1}"
        self.written[citizen].append(tag)
        return self.provider.compose(citizen, f"您好 {tag}")

    async def write(self, citizen: str) -> Any:
        """The same, handed over as it should be."""
        composed = self.writes(citizen)
        await self.provider.deliver(composed, self.bases[0])
        return composed

    async def greet(self) -> None:
        """Every citizen writes once, and an agent takes the conversation over."""
        for citizen in self.provider.citizens:
            await self.write(citizen)
            await self.stored()
        await self.quiet()
        for citizen in self.provider.citizens:
            await self.hubs[0].takeover.take(await self.talk(citizen), AGENT)
        await self.quiet()

    async def say(self, *citizens: str) -> None:
        """The agent's next words to each of them."""
        for citizen in citizens or self.provider.citizens:
            tag = f"#{citizen}-{len(self.said[citizen]) + 1}"
            self.said[citizen].append(tag)
            await self.hubs[0].takeover.say(await self.talk(citizen), AGENT, f"请讲 {tag}", key=tag)

    def pass_(self, **span: float) -> None:
        """The clock moves on."""
        self.clock.advance(timedelta(**span))
        self.wake()

    def wake(self) -> None:
        """Whatever waits may look again."""
        for hub in self.hubs:
            hub.outbox.wake()

    # --- what is waited for

    async def until(self, there: Callable[[], Any]) -> None:
        """Wait for something; ``there`` may be async."""
        async with asyncio.timeout(PATIENCE):
            while True:
                found = there()
                if await found if asyncio.iscoroutine(found) else found:
                    return
                await asyncio.sleep(0.02)

    async def stored(self) -> None:
        """Everything that was written is stored."""
        wanted = {tag for tags in self.written.values() for tag in tags}

        async def enough() -> bool:
            return wanted <= {tag for row in await self.rows(message) for tag in TAG.findall(row["text"])}

        await self.until(enough)

    async def at_rest(self) -> None:
        """Nothing of ours is on its way just now."""

        async def none() -> bool:
            self.wake()
            await asyncio.sleep(0.05)
            return not [row for row in await self.rows(outbox) if row["state"] == "leased"]

        await self.until(none)

    async def quiet(self) -> None:
        """Nothing of ours could leave before the clock moves."""

        async def still() -> bool:
            self.wake()
            await asyncio.sleep(0.03)
            resting = [row for row in await self.rows(account_state) if row["paused_until"] > self.clock.now()]
            first: dict[int, Mapping[str, Any]] = {}
            for row in sorted(await self.rows(outbox), key=lambda row: row["seq"]):
                if row["state"] in ("queued", "leased", "offered"):
                    first.setdefault(row["conversation_id"], row)
            moving = [
                row
                for row in first.values()
                if row["state"] != "queued" or (row["not_before"] <= self.clock.now() and not resting)
            ]
            return not moving

        await self.until(still)

    async def let_in_again(self, before: int) -> None:
        """Where we send over a line we hold: a new one stands, after ``before`` others."""
        if any(one.tied for one in self.hubs[0].accounts):
            await self.until(lambda: self.provider.sessions() > before)
            await self.until(lambda: any(one.ready for hub in self.hubs for one in hub.accounts))

    async def tried(self) -> None:
        """The provider refused something, and we noted it."""

        async def noted() -> bool:
            failed = [row for row in await self.rows(outbox) if row["error_class"]]
            return bool(failed or await self.rows(account_state))

        await self.until(noted)
        await self.at_rest()

    async def passing_hour(self) -> None:
        """Time for every wait there is, and for one more try."""
        for _ in range(2):
            self.pass_(minutes=31)
            await self.quiet()

    # --- the books

    async def rows(self, table: Table) -> list[Mapping[str, Any]]:
        """A whole table, oldest first."""
        first = next(iter(table.primary_key.columns))
        async with self.hubs[0].database.read() as connection:
            return [dict(row) for row in (await connection.execute(select(table).order_by(first))).mappings()]

    async def talk(self, citizen: str) -> int:
        """The citizen's conversation."""
        found = {row["conversation_id"] for row in await self.rows(message) if self.written[citizen][0] in row["text"]}
        (only,) = found
        return only

    async def ours(self) -> dict[str, Mapping[str, Any]]:
        """The agent's words as they lie in the outbox, by tag."""
        found = [row for row in await self.rows(outbox) if row["sender"] == "agent"]
        return {TAG.findall(row["body"]["text"])[0]: row for row in found}

    def heard(self, citizen: str) -> list[str]:
        """The tags that reached him, by the provider's own record."""
        return [
            tag for words in self.provider.heard(citizen) for tag in TAG.findall(words) if tag in self.said[citizen]
        ]

    async def check(self) -> None:
        """Nothing lost, nothing doubled, the order kept."""
        await self.stored()
        await self.quiet()
        await self.until(self._told)
        await self._check_written()
        await self._check_said()

    async def _pushed(self) -> list[Mapping[str, Any]]:
        return [row for row in await self.rows(outbox) if row["route"] != "inline"]

    async def _told(self) -> bool:
        """Whether the provider has at least as much as we think it has; a citizen's own device needs a moment."""
        return sum(row["state"] == "sent" for row in await self._pushed()) <= self.provider.taken()

    async def _check_written(self) -> None:
        kept = defaultdict(list)
        for row in sorted(await self.rows(message), key=lambda row: (row["conversation_id"], row["seq"])):
            assert row["state"] == "done"
            kept[row["conversation_id"]] += TAG.findall(row["text"])
        assert sorted(kept.values()) == sorted(tags for tags in self.written.values() if tags)
        answered = Counter(row["in_reply_to"] for row in await self.rows(outbox) if row["in_reply_to"] is not None)
        assert not answered or max(answered.values()) == 1

    async def _check_said(self) -> None:
        ours = await self.ours()
        for citizen in self.provider.citizens:
            heard, said = self.heard(citizen), self.said[citizen]
            assert heard == [tag for tag in said if tag in heard], "once each, in the order they were said"
            for tag in said:
                state = ours[tag]["state"]
                assert state in SHOWN or (state == "sent" and tag in heard), (tag, ours[tag])
        perhaps = sum(row["state"] in ("sent", "held") for row in await self._pushed())
        assert self.provider.taken() <= perhaps, "the bot's own answers are told once, too"

    async def check_all_heard(self) -> None:
        """Nothing of ours was even held back."""
        for citizen in self.provider.citizens:
            await self.until(lambda citizen=citizen: len(self.heard(citizen)) >= len(self.said[citizen]))  # type: ignore[misc]
            assert self.heard(citizen) == self.said[citizen]


@asynccontextmanager
async def running(case: Case, url: str, folder: Path, fixture: Callable[[str], Any]) -> AsyncIterator[House]:
    """The case's provider, and the hub before it: on PostgreSQL two, as behind a load balancer."""
    clock = Clock(MORNING)
    async with AsyncExitStack() as stack:
        provider: Provider = await stack.enter_async_context(case.provider(fixture))
        provider.clock = clock
        provider.http = await stack.enter_async_context(aiohttp.ClientSession())
        house = House(provider, clock, [], [])
        for n in range(2 if url.startswith("postgresql") else 1):
            await _start(house, url, folder / str(n), stack)
        await provider.begin(house.bases[0])
        if any(one.tied for one in house.hubs[0].accounts):
            await house.until(lambda: any(one.ready for hub in house.hubs for one in hub.accounts))
        yield house


async def _start(house: House, url: str, folder: Path, stack: AsyncExitStack) -> None:
    provider = house.provider
    default = {
        "store": {"url": url, "connections": 4},
        "files": {"folder": str(folder)},
        "channels": {provider.folder: {"city": dict(provider.account)}},
    }
    services = build(load(None, {}, default=default), now=house.clock.now)
    idle = Scheduler(services.database, now=house.clock.now, metrics=services.metrics)
    services = await stack.enter_async_context(working(replace(services, scheduler=idle)))
    runner = web.AppRunner(make_app(services), access_log=None, handler_cancellation=False, shutdown_timeout=1)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    house.hubs.append(services)
    house.bases.append(f"http://127.0.0.1:{runner.addresses[0][1]}")

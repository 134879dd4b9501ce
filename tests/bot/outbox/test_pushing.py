"""Citizens who are away are called once for what waits, whatever dies meanwhile; who has it is not called at all."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from sqlalchemy import select

from bot.outbox.pushing import WAITS
from bot.services import Services, build
from bot.settings import load
from bot.store.pushes import GRACE, LEASE
from bot.store.tables import conversation, outbox, push
from channels.app.tokens import conversation_id
from channels.message import Address, Batch, Stage
from tests.bot.house import NOW, words

SECRET = "an example secret of the tests, 32 bytes+"
PEER = "web_p"
HIM = Address("app", "web", PEER)
SOON = GRACE + timedelta(seconds=1)


@dataclass
class Phone:
    """The city's push gateway. ``says`` are the next answers, 204 when there are none; ``hangs`` keeps them back."""

    says: list[int] = field(default_factory=list)
    calls: list[tuple[str, bytes]] = field(default_factory=list)
    hangs: asyncio.Event | None = None

    async def take(self, request: web.Request) -> web.Response:
        self.calls.append((request.headers["X-Hub-Delivery"], await request.read()))
        if self.hangs:
            await self.hangs.wait()
        return web.Response(status=self.says.pop(0) if self.says else 204)


@dataclass
class Clock:
    """A clock the test moves."""

    at: datetime = NOW

    def __call__(self) -> datetime:
        return self.at

    def go(self, by: timedelta) -> None:
        self.at += by


@pytest.fixture
def phone() -> Phone:
    return Phone()


@pytest.fixture
def clock() -> Clock:
    return Clock()


Start = Callable[[], Services]


@pytest.fixture
async def start(database_url: str, tmp_path: Path, phone: Phone, clock: Clock) -> AsyncIterator[Start]:
    """``start()`` -> the hub as one more process would build it; its jobs run when the test says so."""
    app = web.Application()
    app.router.add_post("/hub", phone.take)
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(TestServer(app))
        account = {"jwt_secret": SECRET, "push": {"url": str(server.make_url("/hub")), "secret": SECRET}}
        default = {
            "store": {"url": database_url, "connections": 4},
            "files": {"folder": str(tmp_path)},
            "channels": {"app": {"web": account}},
        }

        def one() -> Services:
            services = build(load(None, {}, default=default), now=clock)
            stack.push_async_callback(services.database.close)
            stack.push_async_callback(services.http.close)
            return services

        yield one


@pytest.fixture
def services(start: Start) -> Services:
    return start()


async def look(services: Services) -> None:
    """What the scheduler would run."""
    (job,) = (job for job in services.scheduler.jobs if job.name == "push.send")
    await job.run()


async def hears(services: Services, text: str) -> None:
    await services.hub.receive(Batch((words(PEER, text),)))


async def last(services: Services) -> int:
    async with services.database.read() as connection:
        return int(await connection.scalar(select(conversation.c.last_seq)) or 0)


async def rows(services: Services) -> list[Any]:
    async with services.database.read() as connection:
        return list(await connection.execute(select(push)))


async def test_who_is_away_is_called_once_until_he_has_seen_it(services: Services, phone: Phone, clock: Clock) -> None:
    await hears(services, "路灯不亮")
    await look(services)
    assert phone.calls == [], "he may be looking at it"
    clock.go(SOON)
    await look(services)
    await hears(services, "还在吗")
    clock.go(timedelta(hours=1))
    await look(services)
    ((first, body),) = phone.calls
    assert json.loads(body) == {"conversation_id": conversation_id(PEER), "text": "您有新消息"}
    assert len(first) == 26
    await services.door.seen(HIM, seq=await last(services), stage=Stage.READ)
    assert await rows(services) == []
    await hears(services, "谢谢")
    clock.go(SOON)
    await look(services)
    assert len({delivery for delivery, _ in phone.calls}) == len(phone.calls) == 2
    await services.door.seen(HIM, seq=await last(services), stage=Stage.READ)
    await hears(services, "再问一句")
    await services.door.seen(HIM, seq=await last(services), stage=Stage.DELIVERED)
    async with services.database.read() as connection:
        stages = list(await connection.scalars(select(outbox.c.stage).order_by(outbox.c.seq)))
    assert stages == [*["read"] * (len(stages) - 1), "delivered"]
    clock.go(SOON)
    await look(services)
    assert (len(phone.calls), await rows(services)) == (2, []), "who has it is not called"


async def test_what_came_after_the_last_line_he_saw_is_called_for(
    services: Services, phone: Phone, clock: Clock
) -> None:
    await hears(services, "转人工")
    seen = await last(services)
    await services.takeover.take(1, "0128")
    await hears(services, "喂")  # The last line is his own, and nobody answers it.
    await services.door.seen(HIM, seq=seen, stage=Stage.READ)
    clock.go(SOON)
    await look(services)
    assert len(phone.calls) == 1


async def test_a_gateway_in_trouble_is_tried_as_the_contract_says(
    services: Services, phone: Phone, clock: Clock
) -> None:
    await hears(services, "路灯不亮")
    phone.says = [503] * 6
    clock.go(SOON)
    await look(services)
    for number, wait in enumerate(WAITS, 1):
        clock.go(wait - timedelta(seconds=1))
        await look(services)
        assert len(phone.calls) == number
        clock.go(timedelta(seconds=1))
        await look(services)
    assert len(phone.calls) == 6
    assert len({delivery for delivery, _ in phone.calls}) == 1, "one call, however often it is tried"
    assert await rows(services) == []
    await hears(services, "还在吗")
    clock.go(SOON)
    await look(services)
    assert len(phone.calls) == 7, "the next line is called for again"
    await services.door.seen(HIM, seq=await last(services), stage=Stage.READ)
    await hears(services, "谢谢")
    phone.says = [410]
    clock.go(SOON)
    await look(services)
    assert (len(phone.calls), await rows(services)) == (8, []), "no device, no second try"


async def test_a_process_that_dies_while_it_calls_loses_nothing(start: Start, phone: Phone, clock: Clock) -> None:
    services = start()
    await hears(services, "路灯不亮")
    clock.go(SOON)
    phone.hangs = asyncio.Event()
    dying = asyncio.ensure_future(look(services))
    while not phone.calls:
        await asyncio.sleep(0.01)
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)
    phone.hangs.set()
    other = start()
    await look(other)
    assert len(phone.calls) == 1, "it may still be calling"
    clock.go(LEASE)
    await look(other)
    assert len({delivery for delivery, _ in phone.calls}) == 1, "the gateway knows the repeat"
    assert len(phone.calls) == 2


async def test_of_several_processes_one_calls(start: Start, phone: Phone, clock: Clock) -> None:
    processes = [start() for _ in range(3)]
    await hears(processes[0], "路灯不亮")
    clock.go(SOON)
    await asyncio.gather(*(look(one) for one in processes))
    assert len(phone.calls) == 1


async def test_notices_let_people_sleep_and_a_persons_words_do_not(
    services: Services, phone: Phone, clock: Clock
) -> None:
    await hears(services, "转人工")
    await services.door.seen(HIM, seq=await last(services), stage=Stage.READ)
    clock.at = NOW.replace(hour=15)  # 23:33 in the city
    await services.takeover.take(1, "0128")
    for hours, calls in ((1, 0), (9, 1)):
        clock.go(timedelta(hours=hours))
        await look(services)
        assert len(phone.calls) == calls, "what is only a notice waits for the morning"
    await services.door.seen(HIM, seq=await last(services), stage=Stage.READ)
    await services.takeover.give_back(1, "0128")
    clock.at = NOW.replace(hour=15) + timedelta(days=1)
    await services.takeover.take(1, "0128")
    await services.takeover.say(1, "0128", "煤气的事我们马上派人来", key="1")
    clock.go(SOON)
    await look(services)
    assert len(phone.calls) == 2

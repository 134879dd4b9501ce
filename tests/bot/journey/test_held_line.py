"""A hub with an SMPP account in front of a centre that is not ours: answers, reports, and who of two processes sends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.clock import now
from bot.running import working
from bot.services import Services, build
from bot.settings import load
from bot.store.tables import message, outbox
from tests.channels.sms.smsc import Centre, centre

WORDS = "天桥区明湖西路12号门口的路灯坏了一个星期了，晚上很黑。"


@pytest.fixture
async def smsc() -> AsyncIterator[Centre]:
    async with centre() as one:
        yield one


def hub(url: str, folder: Path, smsc: Centre) -> Services:
    account = {**smsc.settings, "timeout_seconds": 5}
    default = {
        "store": {"url": url, "connections": 4},
        "files": {"folder": str(folder)},
        "channels": {"sms": {"city": account}},
    }
    return build(load(None, {}, default=default), now=now)


async def rows(services: Services, table: Any) -> list[Any]:
    async with services.database.read() as connection:
        return [dict(row) for row in (await connection.execute(select(table).order_by(table.c[0]))).mappings()]


async def until(there: Any) -> None:
    async with asyncio.timeout(20):
        while not await there():
            await asyncio.sleep(0.05)


async def test_while_nothing_can_be_stored_the_centre_keeps_it(
    database_url: str, tmp_path: Path, smsc: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: Any, **__: Any) -> None:
        raise OSError("the disk is full")

    services = hub(database_url, tmp_path, smsc)
    async with working(services):
        await smsc.saw("bind")
        with monkeypatch.context() as patched:
            patched.setattr("bot.journey.batch.advance", broken)
            patched.setattr("bot.journey.batching.advance", broken)
            smsc.deliver(WORDS)
            [refused] = await smsc.saw("deliver_resp")
        assert await rows(services, message) == []
        await smsc.saw("bind", 2)
        smsc.deliver(WORDS)
        _, taken = await smsc.saw("deliver_resp", 2)
        assert len(await rows(services, message)) == 1
    assert (refused["status"], taken["status"]) == (0x64, 0)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_of_two_processes_the_one_that_holds_the_line_sends(
    database_url: str, tmp_path: Path, smsc: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.journey.polling.STANDBY", 0.2)
    first, second = hub(database_url, tmp_path, smsc), hub(database_url, tmp_path, smsc)
    async with AsyncExitStack() as running:
        holder = await running.enter_async_context(AsyncExitStack())
        await holder.enter_async_context(working(first))
        await until(lambda: _ready(first))
        await running.enter_async_context(working(second))
        smsc.deliver(WORDS)
        before = len(await smsc.saw("submit_sm"))
        await asyncio.sleep(0.5)
        assert not await _ready(second)
        assert len(smsc.log("bind")) == 1
        await holder.aclose()
        await until(lambda: _ready(second))
        smsc.deliver("12", **{"from": "8613900139000"})
        await smsc.saw("submit_sm", before + 1)

        async def settled() -> bool:
            return {row["state"] for row in await rows(second, outbox)} == {"sent"}

        await until(settled)
    assert len(smsc.log("unbind")) == 2


async def _ready(services: Services) -> bool:
    return next(iter(services.accounts)).ready

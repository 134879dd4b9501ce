"""One process asks, its cursor stands in the message's own transaction, and nothing is lost or taken twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.accounts import Account, Accounts
from bot.journey.polling import Poller
from bot.services import Services
from bot.store import polls
from bot.store.engine import Database
from bot.store.polls import LEASE
from bot.store.tables import attachment, message, outbox, poll, ticket
from channels import registry
from channels.errors import Credential, Later
from channels.message import Attachment, Batch, Kind, Letter, Outbound, Receipt, Stage
from tests.bot.house import NOW, at_work, house, still, words

BODY = "天桥区明湖西路12号门口的路灯坏了一个星期了，晚上很黑。"


class Box:
    """A provider's mailbox with an adapter that reads it: the cursor is how many were taken."""

    def __init__(self) -> None:
        self.batches: list[Batch] = []
        self.told: list[int] = []
        """Places the provider was told to be taken."""
        self.connections = 0
        self.error: Exception | None = None
        self.arrived = asyncio.Event()

    def put(self, *batches: Batch) -> None:
        self.batches += batches
        self.arrived.set()

    def read(self, raw: bytes, *, at: datetime) -> Batch:
        return Batch()

    async def poll(self, cursor: str) -> AsyncIterator[tuple[Batch, str]]:
        self.connections += 1
        at = int(cursor or 0)
        while True:
            if self.error is not None:
                raise self.error
            if at < len(self.batches):
                yield self.batches[at], str(at + 1)
                self.told.append(at)
                at += 1
            else:
                self.arrived.clear()
                await self.arrived.wait()

    async def send(self, out: Outbound) -> str:
        return ""

    async def close(self) -> None:
        return None


@pytest.fixture
def services(database_url: str, tmp_path: Path) -> Services:
    return house(database_url, tmp_path)


def poller(services: Services, box: Box, *, now: Any = still) -> Poller:
    accounts = Accounts({("app", "web"): Account(registry.load("app"), "web", box)})
    return Poller(
        database=services.database, accounts=accounts, hub=services.hub, calls=services.phone.intake.take,
        files=services.files, metrics=services.metrics, now=now,
    )  # fmt: skip


@asynccontextmanager
async def asking(*pollers: Poller) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(one.run()) for one in pollers]
    try:
        yield
    finally:
        for one in pollers:
            await one.stop()
        await asyncio.gather(*tasks)


def letters(*keys: str) -> Batch:
    return Batch(tuple(replace(words(f"p{key}", BODY, key=key), letter=Letter(title=key)) for key in keys))


async def rows(database: Database, table: Any) -> list[Any]:
    async with database.read() as connection:
        return [dict(row) for row in (await connection.execute(select(table))).mappings()]


async def until(there: Any) -> None:
    async with asyncio.timeout(10):
        while not await there():
            await asyncio.sleep(0.02)


async def taken(services: Services, count: int) -> None:
    async def enough() -> bool:
        return len(await rows(services.database, message)) >= count

    await until(enough)


async def test_all_that_comes_is_taken_in_order_and_told(services: Services) -> None:
    box = Box()
    box.put(letters("a", "b"), Batch(ignored=("report",)), letters("c"))
    async with at_work(services), asking(poller(services, box)):
        await taken(services, 3)
        box.put(letters("d"))
        await taken(services, 4)
        await until(lambda: _told(box, 4))
        (row,) = await rows(services.database, poll)
        assert (row["cursor"], row["error"]) == ("4", "")
        assert [one["dedupe_key"] for one in await rows(services.database, message)] == ["a", "b", "c", "d"]
        assert len(await rows(services.database, ticket)) == 4


async def _told(box: Box, count: int) -> bool:
    return len(box.told) >= count


async def test_the_cursor_stands_in_the_messages_own_transaction(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A commit that fails moves neither: the message and its cursor are one."""

    async def broken(*_: Any, **__: Any) -> None:
        raise OSError("the disk is full")

    box = Box()
    box.put(letters("a"))
    async with at_work(services):
        with monkeypatch.context() as patched:
            patched.setattr("bot.journey.batch.advance", broken)
            patched.setattr("bot.journey.batching.advance", broken)
            async with asking(poller(services, box)):
                await until(lambda: _connected(box, 1))
                await asyncio.sleep(0.3)
            assert await rows(services.database, message) == []
            assert [row["cursor"] for row in await rows(services.database, poll)] == [""]
            assert box.told == []
        async with asking(poller(services, box)):
            await taken(services, 1)
        assert [row["cursor"] for row in await rows(services.database, poll)] == ["1"]


async def _connected(box: Box, count: int) -> bool:
    return box.connections >= count


async def test_a_crash_at_any_step_loses_nothing_and_takes_nothing_twice(services: Services) -> None:
    """The whole day is read again after each crash; the hub knows what it has."""
    box = Box()
    box.put(letters("a"), letters("b", "c"), letters("d"))
    async with at_work(services):
        for place in range(1, 12):
            one = asyncio.create_task(poller(services, box).run())
            await asyncio.sleep(0.01 * place)
            one.cancel()  # as a killed process: no goodbye, the lease stays
            await asyncio.gather(one, return_exceptions=True)
            async with services.database.begin() as connection:
                await connection.execute(poll.update().values(owner="", cursor="0"))
        async with asking(poller(services, box)):
            await taken(services, 4)
            await until(lambda: _told(box, 4))
        assert sorted(row["dedupe_key"] for row in await rows(services.database, message)) == ["a", "b", "c", "d"]
        assert len(await rows(services.database, ticket)) == 4
        assert len(await rows(services.database, outbox)) == 4


async def test_files_are_in_the_store_when_the_message_is(services: Services) -> None:
    photo = Attachment("1", Kind.IMAGE, "image/jpeg", "现场.jpg", 4, content=b"\xff\xd8\xff\xe0")
    (one,) = letters("a").messages
    box = Box()
    box.put(Batch((replace(one, attachments=(photo,)),)))
    async with at_work(services), asking(poller(services, box)):
        await taken(services, 1)
        (row,) = await rows(services.database, attachment)
        assert (row["state"], row["name"], row["size"]) == ("stored", "现场.jpg", 4)
        assert services.files.path(row["sha256"]).read_bytes() == b"\xff\xd8\xff\xe0"
        (kept,) = await rows(services.database, message)
        assert kept["body"]["attachments"][0]["stored"] == row["id"]
        assert "content" not in kept["body"]["attachments"][0]
        stored = await services.door.file(row["id"])
        assert stored is not None


async def test_receipts_without_a_message_move_the_cursor(services: Services) -> None:
    box = Box()
    box.put(Batch(receipts=(Receipt("web", "<m.0@x>", Stage.FAILED, "5.1.1"),)))

    async def moved() -> bool:
        return [row["cursor"] for row in await rows(services.database, poll)] == ["1"]

    async with at_work(services), asking(poller(services, box)):
        await until(moved)


async def test_of_several_processes_one_asks_and_another_takes_over(services: Services) -> None:
    boxes = [Box(), Box()]
    first, second = (poller(services, box) for box in boxes)
    async with at_work(services):
        async with asking(first):
            await until(lambda: _connected(boxes[0], 1))
            async with asking(second):
                await asyncio.sleep(0.3)
                assert boxes[1].connections == 0
        async with asking(second := poller(services, boxes[1])):
            await until(lambda: _connected(boxes[1], 1))


async def test_a_lease_is_one_holders_and_ends(database: Database) -> None:
    async def take(owner: str, now: datetime) -> Any:
        async with database.begin() as connection:
            return await polls.acquire(connection, "mailbox", "city", owner=owner, now=now)

    async def keep(lease: Any, now: datetime) -> bool:
        async with database.begin() as connection:
            return await polls.renew(connection, lease, now=now)

    mine = await take("a", NOW)
    assert mine is not None
    assert await take("b", NOW + LEASE / 2) is None
    assert await keep(mine, NOW + LEASE / 2)
    assert await take("b", NOW + LEASE) is None
    assert await take("b", NOW + LEASE * 2) is not None, "a dead holder is replaced"
    assert not await keep(mine, NOW + LEASE * 2), "and learns it when it wakes"
    assert await take("c", NOW - timedelta(days=1)) is not None, "a clock set back locks nobody out for a day"


async def test_what_goes_wrong_is_noted_for_the_operator(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.journey.polling.WAITS", (0.05,))
    box = Box()
    box.error = Credential("wrong password", code="login")

    async def noted(words: str) -> bool:
        return [row["error"] for row in await rows(services.database, poll)] == [words]

    async with at_work(services):
        async with asking(poller(services, box)):
            await until(lambda: noted("Credential login"))
            await asyncio.sleep(0.3)
            assert box.connections == 1, "a wrong password is not tried again and again"
        box.error = Later("away")
        async with asking(poller(services, box)):
            await until(lambda: _connected(box, 4))
            box.error = None
            box.put(letters("a"))
            await taken(services, 1)
            await until(lambda: noted(""))

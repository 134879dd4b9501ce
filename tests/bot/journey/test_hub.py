"""The hub's heart: messages that come together share a transaction, and only what is stored is acknowledged."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, func, select, text

from bot.journey.hub import StorageDown
from bot.services import Services
from bot.store.tables import conversation, message, outbox
from channels.errors import Busy
from channels.message import Batch
from tests.bot.house import at_work, house, one, words


async def count(services: Services, table: Any) -> int:
    async with services.database.read() as connection:
        return int(await connection.scalar(select(func.count()).select_from(table)) or 0)


def sizes(services: Services) -> float:
    """How many transactions the hub has made."""
    return services.metrics.registry.get_sample_value("minsheng_batch_size_count") or 0.0


async def test_messages_that_come_together_share_a_transaction(database_url: str, tmp_path: Path) -> None:
    async with at_work(house(database_url, tmp_path)) as services:
        taken = await asyncio.gather(*(services.hub.receive(one(f"p{n}", "您好")) for n in range(64)))
        assert sizes(services) <= 2
        assert len({result[0].id for result in taken}) == 64
        assert await count(services, message) == await count(services, outbox) == 64
        before = sizes(services)
        await services.hub.receive(one("p1", "请问今年几号开始供暖"))
        assert sizes(services) == before + 1, "one alone waits for nobody"


async def test_a_batch_is_never_larger_than_allowed(database_url: str, tmp_path: Path) -> None:
    async with at_work(house(database_url, tmp_path, batch_max=8)) as services:
        await services.hub.receive(Batch(tuple(words(f"p{n}", "您好") for n in range(33))))
        assert sizes(services) == 5
        assert await count(services, message) == 33


async def test_one_conversation_in_one_batch_keeps_its_order(database_url: str, tmp_path: Path) -> None:
    said = ("天桥区明湖西路12号门口的路灯不亮了，三天了", "提交", "查询")
    async with at_work(house(database_url, tmp_path)) as services:
        taken = await services.hub.receive(Batch(tuple(words("p1", text) for text in said)))
        assert sizes(services) == 1
        assert [result.seq for result in taken] == [1, 3, 5]
        async with services.database.read() as connection:
            bodies = list(await connection.scalars(select(outbox.c.body).order_by(outbox.c.seq)))
        asked, opened, found = (body["text"] for body in bodies)
        assert "请您核对" in asked
        assert "已受理" in opened
        assert "正在派单" in found, "the third message sees the ticket of the second"


async def test_the_same_message_twice_in_one_batch_is_one(database_url: str, tmp_path: Path) -> None:
    async with at_work(house(database_url, tmp_path)) as services:
        first, second = await services.hub.receive(
            Batch((words("p1", "您好", key="same"), words("p1", "您好", key="same")))
        )
        assert (first.duplicate, second.duplicate) == (False, True)
        assert first.id == second.id
        assert await count(services, message) == 1


async def test_a_full_queue_says_so_and_takes_nothing(database_url: str, tmp_path: Path) -> None:
    services = house(database_url, tmp_path, queue_max=64)
    waiting = asyncio.create_task(services.hub.receive(Batch(tuple(words(f"p{n}", "您好") for n in range(60)))))
    await asyncio.sleep(0)
    with pytest.raises(Busy) as busy:
        await services.hub.receive(Batch(tuple(words(f"q{n}", "您好") for n in range(5))))
    assert busy.value.after > 0
    async with at_work(services):
        assert len(await waiting) == 60
        await services.hub.receive(one("q1", "您好"))
        assert await count(services, message) == 61, "what was refused was not half taken"


async def test_a_hub_that_stops_finishes_what_it_took(database_url: str, tmp_path: Path) -> None:
    async with at_work(house(database_url, tmp_path)) as services:
        taking = asyncio.create_task(services.hub.receive(Batch(tuple(words(f"p{n}", "您好") for n in range(80)))))
        await asyncio.sleep(0)
        await services.hub.drain()
        assert len(await taking) == 80
        with pytest.raises(Busy):
            await services.hub.receive(one("p1", "您好"))


async def test_storage_that_is_away_acknowledges_nothing_and_is_waited_for(database_url: str, tmp_path: Path) -> None:
    async with at_work(house(database_url, tmp_path)) as services:
        await services.hub.receive(one("p1", "您好"))
        away = True

        def cut(_connection: Any) -> None:
            if away:
                raise ConnectionError("the disk is gone")

        event.listen(services.database._writer.sync_engine, "commit", cut)
        lost = await asyncio.gather(
            *(services.hub.receive(one(f"p{n}", "您好", key=f"lost{n}")) for n in range(4)), return_exceptions=True
        )
        assert [type(error) for error in lost] == [StorageDown] * 4
        away = False
        assert await count(services, message) == 1
        again = await asyncio.gather(*(services.hub.receive(one(f"p{n}", "您好", key=f"lost{n}")) for n in range(4)))
        assert [result[0].duplicate for result in again] == [False] * 4
        assert await count(services, message) == 5


async def test_a_message_the_database_refuses_is_put_aside_alone(database_url: str, tmp_path: Path) -> None:
    """A constraint that only one citizen's words break stands for every fault nobody foresaw."""
    async with at_work(house(database_url, tmp_path)) as services:
        await _refuse_the_word(services, "毒药")
        batch = Batch(tuple(words(f"p{n}", "毒药" if n == 3 else "您好") for n in range(6)))
        taken = await services.hub.receive(batch)
        assert [result.stuck for result in taken] == [n == 3 for n in range(6)]
        assert all(result.id for result in taken)
        async with services.database.read() as connection:
            states = list(await connection.scalars(select(message.c.state).order_by(message.c.conversation_id)))
            assert sorted(states) == ["done"] * 5 + ["stuck"]
            assert await connection.scalar(select(func.count()).select_from(conversation)) == 6


async def _refuse_the_word(services: Services, word: str) -> None:
    """Make the outbox refuse the answer to this word, as a broken constraint would."""
    async with services.database.begin() as connection:
        if services.database.sqlite:
            rule = "SELECT RAISE(ABORT, 'no such word') FROM message WHERE id = NEW.in_reply_to AND text = "
            await connection.execute(text(f"CREATE TRIGGER rule BEFORE INSERT ON outbox BEGIN {rule} '{word}'; END"))
            return
        await connection.execute(
            text(
                "CREATE FUNCTION rule() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                f"IF (SELECT text FROM message WHERE id = NEW.in_reply_to) = '{word}' THEN "
                "RAISE EXCEPTION 'no such word' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$"
            )
        )
        await connection.execute(
            text("CREATE TRIGGER rule BEFORE INSERT ON outbox FOR EACH ROW EXECUTE FUNCTION rule()")
        )

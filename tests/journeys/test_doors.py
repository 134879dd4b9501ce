"""What the front doors do with retries, forgeries, nonsense, and a message that breaks the dialog."""

from __future__ import annotations

import asyncio
import io
from dataclasses import replace
from typing import Any

import pytest

from bot.replaying import replay
from bot.store.tables import conversation, message, outbox, refusal
from dialog.knowledge.index import KnowledgeIndex
from tests.journeys.town import Town
from tests.journeys.wechat import opened, sealed, text

POISON = "请问供暖期室温不低于多少度"


async def test_a_provider_that_asks_again_gets_the_same_words_and_no_second_turn(town: Town) -> None:
    told = await town.wechat.say("楼下烧烤店天天晚上冒烟,呛得孩子睡不着")
    (call,) = town.wechat.said
    answers = await asyncio.gather(*(town.wechat.post(call) for _ in range(3)))
    assert [(status, opened(body)) for status, body in answers] == [(200, told)] * 3
    await town.wechat.say("天桥区明湖西路12号")
    # Even after the conversation went on, and once the confirmation is written.
    await town.services.inline.flush()
    status, body = await town.wechat.post(call)
    assert (status, opened(body)) == (200, told)
    assert len(await town.rows(message)) == len(await town.rows(outbox)) == 2


async def test_two_copies_at_once_are_one_message(town: Town) -> None:
    call = sealed("oTwin", text("您好"), at=int(town.clock.now().timestamp()), message_id=7)
    answers = await asyncio.gather(*(town.wechat.post(call) for _ in range(8)))
    assert len({opened(body) for _, body in answers}) == 1
    assert len(await town.rows(message)) == 1


async def test_a_forged_call_is_refused_and_nothing_stored(town: Town) -> None:
    call = sealed("oForger", text("您好"), at=int(town.clock.now().timestamp()), message_id=8)
    flipped = call.query["msg_signature"].translate(str.maketrans("0123456789abcdef", "123456789abcdef0"))
    for query in ({**call.query, "msg_signature": flipped}, {**call.query, "timestamp": "1"}, {}):
        status, _ = await town.wechat.post(replace(call, query=query))
        assert status == 403
    async with town.http.post(f"{town.base}/hooks/sms/city/not-the-secret/reply", json=[]) as response:
        assert response.status == 403
    for table in (conversation, message, outbox, refusal):
        assert await town.rows(table) == []


async def test_a_malformed_call_is_refused_and_its_shape_kept(town: Town) -> None:
    call = sealed("oC", "<MsgType></MsgType>", at=int(town.clock.now().timestamp()), message_id=9)
    status, _ = await town.wechat.post(call)
    assert status == 400
    hook = f"{town.sms.hook}/a-hook-secret-of-the-tests-0123456789/reply"
    async with town.http.post(hook, data=b'[{"content": "13800138000"') as response:
        assert response.status == 400
    first, second = await town.rows(refusal)
    assert (first["channel"], second["channel"]) == ("wechat", "sms")
    assert second["shape"] == "content"
    assert "13800138000" not in str(second)
    assert await town.rows(message) == []


async def test_an_oversize_call_is_refused_unread(town: Town) -> None:
    call = sealed("oC", text("您好"), at=int(town.clock.now().timestamp()), message_id=10)
    async with town.http.post(town.wechat.hook, params=call.query, data=io.BytesIO(b"x" * 1_048_577)) as response:
        assert response.status == 413

    async def endless() -> Any:
        for _ in range(80):
            yield b"x" * 16_384

    async with town.http.post(town.wechat.hook, params=call.query, data=endless()) as response:
        assert response.status == 413
    assert await town.rows(message) == []


async def test_an_unknown_account_is_not_there(town: Town) -> None:
    for path in ("wechat/other", "fax/city", "app/web"):
        async with town.http.post(f"{town.base}/hooks/{path}", data=b"x") as response:
            assert response.status == 404


async def test_a_poisoned_message_is_put_aside_and_mended_later(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    ask = KnowledgeIndex.ask

    def poisoned(index: KnowledgeIndex, question: str, **rest: Any) -> Any:
        if question == POISON:
            raise RuntimeError("a fault of the knowledge base")
        return ask(index, question, **rest)

    monkeypatch.setattr(KnowledgeIndex, "ask", poisoned)
    neighbours = [town.wechat_citizen(f"oNeighbour{n:019d}") for n in range(6)]
    told, *others = await asyncio.gather(
        town.wechat.say(POISON), *(one.say("请问今年几号开始供暖") for one in neighbours)
    )
    assert all("11月15日" in words for words in others)
    (stuck,) = await town.rows(message, state="stuck")
    assert stuck["text"] == POISON
    assert stuck["error_id"] in told
    (call,) = town.wechat.said
    _, again = await town.wechat.post(call)
    assert opened(again) == told
    assert await replay(town.services) == (0, 1), "the fault is still there"

    monkeypatch.undo()
    assert await replay(town.services) == (1, 0)
    async with asyncio.timeout(10):
        while not town.wechat.pushed:
            await asyncio.sleep(0.02)
    (answer,) = town.wechat.pushed
    assert "18℃" in answer
    (mended,) = await town.rows(message, id=stuck["id"])
    assert (mended["state"], mended["error_id"]) == ("done", None)
    assert await replay(town.services) == (0, 0)
    assert "11月15日" in await town.wechat.say("请问今年几号开始供暖"), "the conversation goes on"

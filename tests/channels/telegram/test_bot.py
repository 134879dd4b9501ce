"""What leaves and how: buttons, long choice ids, pace, files, the proxy, registration, and answers nobody expects."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from channels.adapter import Tools
from channels.errors import Credential, Later, Never, Unknown
from channels.message import Address, Attachment, Batch, Choice, Kind, Notice, Outbound, Say
from channels.payload import Payload
from channels.telegram import CHANNEL
from channels.telegram.adapter import HookedBot, PolledBot
from channels.telegram.parse import read_update
from channels.telegram.render import DATA_BYTES, keyboard
from tests.channels.contract.case import NOW
from tests.channels.telegram.case import HOOKED, POLLED
from tests.channels.telegram.peer import TOKEN, BotPeer, playing
from tests.clock import Clock

Make = Callable[..., Any]
LONG = "kb:" + "供暖" * 12 + ":unsolved"


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
async def peer() -> AsyncIterator[BotPeer]:
    async with playing() as one:
        yield one


@pytest.fixture
async def make(peer: BotPeer, clock: Clock) -> AsyncIterator[Make]:
    async with aiohttp.ClientSession() as session:

        def made(account: dict[str, Any] = POLLED, **over: Any) -> Any:
            settings = CHANNEL.settings.model_validate({**account, **peer.settings, **over})
            return CHANNEL.build("city", settings, Tools(now=clock, http=lambda: session))

        yield made


def out(body: Say | Notice, peer: str = "77") -> Outbound:
    return Outbound(key="k", address=Address("telegram", "city", peer), body=body)


def update(number: int, **kind: Any) -> dict[str, Any]:
    return {"update_id": number, **kind}


def message(number: int, text: str) -> dict[str, Any]:
    who = {"id": 77, "is_bot": False, "first_name": "李"}
    return update(
        number,
        message={"message_id": number, "from": who, "chat": {"id": 77, "type": "private"}, "date": 1, "text": text},
    )


def tap(number: int, data: str) -> dict[str, Any]:
    who = {"id": 77, "is_bot": False, "first_name": "李"}
    return update(number, callback_query={"id": f"q{number}", "from": who, "chat_instance": "1", "data": data})


async def batches(adapter: Any, cursor: str, count: int) -> list[tuple[Batch, str]]:
    found = []
    async with asyncio.timeout(5), aclosing(adapter.poll(cursor)) as asked:
        async for pair in asked:
            found.append(pair)
            if len(found) == count:
                break
    return found


async def test_words_leave_as_they_are_and_choices_as_buttons(make: Make, peer: BotPeer) -> None:
    words = "<b>*您好*</b> _见_ https://example.org\n[a](b) 😀"
    choices = (
        Choice("menu:report", "反映问题"),
        Choice("menu:human", "人工"),
        Choice("kb:1", "供暖温度不达标怎么投诉"),
    )
    assert await make().send(out(Say(words, choices))) == "7"
    (sent,) = peer.named("sendMessage")
    assert (sent["chat_id"], sent["text"]) == ("77", words)
    assert "parse_mode" not in sent
    assert json.loads(sent["link_preview_options"]) == {"is_disabled": True}
    rows = json.loads(sent["reply_markup"])["inline_keyboard"]
    assert [[one["text"] for one in row] for row in rows] == [["反映问题", "人工"], ["供暖温度不达标怎么投诉"]]
    await make().send(out(Notice("ticket.accepted", {}, "已受理")))
    assert "reply_markup" not in peer.named("sendMessage")[1]


@pytest.mark.parametrize(
    ("choice", "heard", "chosen"),
    [
        (Choice("menu:report", "反映问题", "1"), "反映问题", "menu:report"),
        (Choice(LONG, "没有解决", "没解决"), "没解决", ""),
        (Choice(LONG, "没有解决", ""), "1", ""),
        (Choice(LONG, "没有解决", "很长的关键词" * 9), "1", ""),
        (Choice("~menu", "怪", "怪"), "怪", ""),
        (Choice("", "空", ""), "1", ""),
        (Choice("x" * DATA_BYTES, "刚好", ""), "刚好", "x" * DATA_BYTES),
    ],
)
def test_what_a_tap_brings_back_is_the_choice_or_what_would_be_typed(choice: Choice, heard: str, chosen: str) -> None:
    shown = keyboard([choice])
    assert shown is not None
    data = shown.inline_keyboard[0][0].callback_data
    assert isinstance(data, str)
    assert len(data.encode()) <= DATA_BYTES
    tapped = tap(1, data)
    tapped["callback_query"]["message"] = {
        "message_id": 1, "date": 1, "chat": {"id": 77, "type": "private"}, "reply_markup": shown.to_dict(),
    }  # fmt: skip
    (one,) = read_update(Payload(tapped), account="city", at=NOW).messages
    assert (one.text, one.choice) == (heard, chosen)


async def test_one_chat_cannot_use_up_the_pace_of_all(make: Make, clock: Clock, peer: BotPeer) -> None:
    bot = make()
    for _ in range(20):
        await bot.send(out(Say("好")))
    with pytest.raises(Later) as waits:
        await bot.send(out(Say("好")))
    assert (waits.value.after, waits.value.whole_account) == (1.0, False)
    await bot.send(out(Say("好"), peer="78"))
    clock.now += timedelta(seconds=1)
    await bot.send(out(Say("好")))
    assert len(peer.named("sendMessage")) == 22


async def test_flood_control_rests_the_bot_as_long_as_telegram_says(make: Make, peer: BotPeer) -> None:
    peer.refuse("429")
    with pytest.raises(Later) as rests:
        await make().send(out(Say("好")))
    assert (rests.value.after, rests.value.whole_account) == (4.0, True)
    for body in (b"", b"[]", b'{"parameters":{}}', b'{"parameters":{"retry_after":"soon"}}'):
        peer.raw.append((429, body))
        with pytest.raises(Later) as rests:
            await make().send(out(Say("好")))
        assert rests.value.after == 30.0


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"ok":true}', b'{"ok":true,"result":{}}', b"[" * 9000])
async def test_an_answer_that_does_not_say_what_happened_is_unknown(
    make: Make, peer: BotPeer, body: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    peer.raw.append((200, body))
    with pytest.raises(Unknown):
        await make().send(out(Say("好")))
    assert not caplog.records


async def test_nothing_a_citizen_wrote_or_the_token_gets_into_a_log(
    make: Make, peer: BotPeer, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, logger="asyncio"):
        logging.getLogger().setLevel(logging.DEBUG)
        await make().send(out(Say("李明，住历山路50号")))
        peer.refuse("403")
        with pytest.raises(Never) as refused:
            await make().send(out(Say("李明，住历山路50号")))
    assert "李明" not in caplog.text
    assert TOKEN not in caplog.text + repr(refused.value) + repr(refused.value.__cause__)


@pytest.mark.parametrize("body", [Say(""), Say(" \n"), Say("好")])
async def test_what_cannot_be_sent_is_never_sent(make: Make, peer: BotPeer, body: Say) -> None:
    with pytest.raises(Never):
        await make().send(out(body, peer="-100123" if body.text == "好" else "77"))
    assert peer.calls == []


async def test_a_file_is_fetched_by_its_id(make: Make, peer: BotPeer) -> None:
    peer.files["abc.jpg"] = b"\xff\xd8\xff" + b"0" * 90_000
    fetched = await make().fetch(Attachment("abc", Kind.IMAGE, "image/jpeg"))
    assert fetched == (peer.files["abc.jpg"], "image/jpeg")
    with pytest.raises(Never):
        await make(largest_file=80_000).fetch(Attachment("abc", Kind.IMAGE))
    with pytest.raises(Later):
        await make().fetch(Attachment("gone", Kind.IMAGE))
    for never in ("large", "local"):
        with pytest.raises(Never):
            await make().fetch(Attachment(never, Kind.IMAGE))
    peer.hang()
    with pytest.raises(Later):  # fetching twice does no harm
        await make().fetch(Attachment("abc", Kind.IMAGE))


async def test_updates_come_in_order_and_each_is_told_only_once_it_is_kept(make: Make, peer: BotPeer) -> None:
    peer.hook = "https://another.example/hook"
    peer.updates = [message(5, "一"), tap(6, "menu:human"), message(7, "三")]
    bot = make()
    async with asyncio.timeout(5), aclosing(bot.poll("")) as asked:
        batch, cursor = await anext(asked)
        assert peer.hook == "", "asking needs that nobody is called"
        assert [one.text or one.choice for one in batch.messages] == ["一", "menu:human", "三"]
        assert cursor == "8"
        assert peer.named("answerCallbackQuery") == []
        assert [call["offset"] for call in peer.named("getUpdates")] == ["0"]
        peer.updates.append(message(8, "四"))
        batch, cursor = await anext(asked)
    assert [one.text for one in batch.messages] == ["四"]
    assert peer.named("answerCallbackQuery") == [{"callback_query_id": "q6"}]
    ((batch, _),) = await batches(make(), "8", 1)
    assert [one.text for one in batch.messages] == ["四"], "a crash before the next question: told again"


async def test_one_strange_update_hides_no_other(make: Make, peer: BotPeer) -> None:
    """The library's own reading fails on all of them."""
    peer.updates = [
        update(5, message={"text": "谁"}),
        update(6, poll_answer={}),
        message(7, "我"),
        update(8, callback_query=3),
    ]
    ((batch, cursor),) = await batches(make(), "", 1)
    assert [one.text for one in batch.messages] == ["我"]
    assert batch.ignored == ("unreadable", "other update", "unreadable")
    assert cursor == "9"
    peer.updates = [{"message": {}}]
    with pytest.raises(Later):
        await batches(make(), "9", 1)


@pytest.mark.parametrize(
    ("code", "error"), [("401", Credential), ("409", Credential), ("502", Later), ("504", Later), ("400", Later)]
)
async def test_polling_ends_by_saying_who_must_act(
    make: Make, peer: BotPeer, code: str, error: type[Exception]
) -> None:
    peer.refuse(code)
    with pytest.raises(error):
        await batches(make(), "", 1)
    peer.hang()
    with pytest.raises(Later):
        await batches(make(), "", 1)


async def test_the_hook_is_registered_with_its_secret(
    make: Make, peer: BotPeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("channels.telegram.adapter._LOOK_AGAIN", 0.0)
    bot = make(HOOKED)
    async with asyncio.timeout(5), aclosing(bot.poll("")) as asked:
        assert await anext(asked) == (Batch(), "")
        (given,) = peer.named("setWebhook")
        assert given["url"] == "https://12345.example.cn/hooks/telegram/city"
        assert given["secret_token"] == HOOKED["webhook_secret"]
        assert json.loads(given["allowed_updates"]) == ["message", "edited_message", "callback_query", "my_chat_member"]
        await anext(asked)
        assert len(peer.named("setWebhook")) == 1
        peer.hook = "https://another.example/hook"
        await anext(asked)
        assert peer.hook == "https://12345.example.cn/hooks/telegram/city"
    peer.refuse("400")
    with pytest.raises(Credential):
        await batches(make(HOOKED), "", 1)


async def test_everything_goes_through_the_proxy(make: Make, peer: BotPeer) -> None:
    """A proxy that is asked for plain http gets the whole address."""
    asked: list[tuple[str, str]] = []

    async def through(request: web.BaseRequest) -> web.Response:
        asked.append((request.path, request.headers.get("Proxy-Authorization", "")))
        return web.json_response(
            {"ok": True, "result": {"message_id": 9, "date": 1, "chat": {"id": 77, "type": "private"}}}
        )

    server = web.ServerRunner(web.Server(through))
    await server.setup()
    await web.TCPSite(server, "127.0.0.1", 0).start()
    port = server.addresses[0][1]
    bot = make(base_url="http://telegram.example/bot", proxy=f"http://hub:pw@127.0.0.1:{port}")
    try:
        assert await bot.send(out(Say("好"))) == "9"
    finally:
        await server.cleanup()
    ((path, authorization),) = asked
    assert path.endswith("/sendMessage")
    assert authorization.startswith("Basic ")
    assert peer.calls == []
    settings = CHANNEL.settings.model_validate({**POLLED, "proxy": f"http://127.0.0.1:{port}"})
    async with aiohttp.ClientSession() as fresh:
        away = CHANNEL.build("city", settings, Tools(now=lambda: NOW, http=lambda: fresh))
        with pytest.raises(Later):  # the proxy is away: nothing left
            await away.send(out(Say("好")))


def test_the_mode_decides_what_the_bot_is(make: Make) -> None:
    assert isinstance(make(), PolledBot)
    assert isinstance(make(HOOKED), HookedBot)


@pytest.mark.parametrize(
    ("over", "count"),
    [({"public_url": "http://12345.example.cn"}, 2), ({"public_url": "https://12345.example.cn:9443"}, 2),
     ({"proxy": "http://p:1"}, 0), ({"base_url": "http://127.0.0.1:8081/bot", "public_url": "http://127.0.0.1:9"}, 0)],
)  # fmt: skip
def test_the_operator_is_told_what_telegram_will_not_call(over: dict[str, Any], count: int) -> None:
    settings = CHANNEL.settings.model_validate({**HOOKED, **over})
    assert len(CHANNEL.missing(settings)) == count

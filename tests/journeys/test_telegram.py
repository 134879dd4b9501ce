"""Citizens on Telegram through the running hub, asked for or called, against the npm package that plays the Bot API."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.store.tables import account_state, attachment, conversation, message, outbox, poll, survey, ticket
from tests.channels.telegram.botapi import BotApi, Citizen, serving, shown
from tests.channels.telegram.case import SECRET
from tests.journeys.test_letters import eventually
from tests.journeys.town import Town

PHOTO = b"\xff\xd8\xff\xe0\x00\x10JFIF"
REPLY = "经核查，已于9月19日修复路灯。"
LAMP = "天桥区明湖西路12号门口的路灯不亮了，三天了"


@dataclass(slots=True)
class Gate:
    """The city's reverse proxy: known to Telegram before the hub has its port, and able to fail."""

    base: str = ""
    to: str = ""
    failing: int = 0
    passed: int = 0

    async def take(self, request: web.Request) -> web.Response:
        """Hand the call on, or fail as a proxy does whose hub is away."""
        if self.failing or not self.to:
            self.failing = max(0, self.failing - 1)
            return web.Response(status=502)
        headers = {name: value for name, value in request.headers.items() if name.startswith(("X-", "Content-Type"))}
        async with (
            aiohttp.ClientSession() as http,
            http.post(self.to + request.path, data=await request.read(), headers=headers) as answer,
        ):
            self.passed += 1
            return web.Response(status=answer.status, body=await answer.read(), content_type=answer.content_type)


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with serving() as one:
        yield one


@pytest.fixture
async def gate() -> AsyncIterator[Gate]:
    one = Gate()
    app = web.Application()
    app.router.add_post("/{tail:.*}", one.take)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    one.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield one
    await runner.cleanup()


@pytest.fixture(params=["polling", "webhook"])
def mode(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def more(api: BotApi, gate: Gate, mode: str) -> dict[str, Any]:
    hooked = {"mode": "webhook", "webhook_secret": SECRET, "public_url": gate.base}
    return {"telegram": {"city": api.account | (hooked if mode == "webhook" else {})}}


@pytest.fixture
async def citizen(town: Town, api: BotApi, gate: Gate, mode: str) -> Citizen:
    """Somebody on Telegram, once the hub has registered its address or asks for updates."""
    gate.to = town.base
    await eventually(lambda: api.calls("setWebhook" if mode == "webhook" else "getUpdates"), 1)
    return Citizen(api)


async def reported(citizen: Citizen) -> None:
    await citizen.say(LAMP)
    assert "路灯" in await citizen.hears()
    await citizen.tap("提交")
    assert "查询码" in await citizen.hears()


async def test_a_report_lives_from_first_word_to_rating(town: Town, api: BotApi, citizen: Citizen, mode: str) -> None:
    await citizen.say("/start")
    assert "12345" in await citizen.hears()
    await reported(citizen)
    row = await town.ticket()
    assert "明湖西路12号" in row["place"]

    await town.handle(row["number"], REPLY)
    told = [await citizen.hears() for _ in range(3)]
    assert REPLY in told[-1]
    town.clock.set(2026, 9, 21, 9, 5)
    assert await town.call_back() == 1
    assert "问题是否解决" in await citizen.hears()
    await citizen.tap("已解决")
    assert "评价" in await citizen.hears()
    assert shown(citizen.last["reply_markup"]) == [["很满意", "满意", "基本满意", "不满意"]]
    await citizen.tap("满意")
    assert "感谢评价" in await citizen.hears()
    row = await town.ticket()
    assert (row["state"], row["solved"], row["satisfaction"]) == ("closed", "solved", "satisfied")
    assert [one["state"] for one in await town.rows(survey)] == ["answered"]
    # Each tap's clock was stopped, once.
    answered = await eventually(lambda: api.calls("answerCallbackQuery"), 3)
    assert sorted(one["callback_query_id"] for one in answered) == ["1", "2", "3"]
    assert len(await town.rows(conversation)) == 1
    if mode == "webhook":
        assert await api.calls("getUpdates") == []


async def test_an_album_is_one_matter_whatever_piece_comes_first(town: Town, api: BotApi, citizen: Citizen) -> None:
    for n in range(4):
        await api.keep(f"photo-{n}", PHOTO + bytes([n]) * 100)
    album = {"media_group_id": "13579246801"}
    await citizen.photo("photo-0", **album)
    await eventually(lambda: town.rows(message), 1)
    await citizen.photo("photo-1", caption=LAMP, **album)
    await citizen.photo("photo-2", **album)
    await citizen.photo("photo-3", **album)
    await eventually(lambda: town.rows(message), 4)
    assert "收到照片" in await citizen.hears()
    assert "路灯" in await citizen.hears()
    await citizen.tap("提交")
    assert "查询码" in await citizen.hears(), "the pieces behind the words are not answered one by one"
    files = await town.rows(attachment)
    assert len(files) == 4
    assert sorted((await town.ticket())["attachments"]) == sorted(one["id"] for one in files)
    for one in files:
        assert (await town.fetched(one["id"]))["media_type"] == "image/jpeg"


async def test_a_correction_is_kept_and_must_be_said(town: Town, citizen: Citizen) -> None:
    await reported(citizen)
    await citizen.send(text="天桥区明湖西路21号门口的路灯不亮了", edit_date=1_789_734_790, edited=1)
    assert "再发一条新消息" in await citizen.hears()
    kept = [(one["kind"], one["text"]) for one in await town.rows(message)]
    assert kept[-1] == ("edited", "天桥区明湖西路21号门口的路灯不亮了")
    assert len(await town.rows(ticket)) == 1


async def test_who_floods_waits_and_who_blocked_us_is_left_alone(town: Town, api: BotApi, citizen: Citizen) -> None:
    await api.fail("sendMessage", 429, "Too Many Requests: retry after 7", retry_after=7)
    await citizen.say("你好")
    # Written down, not only refused: the rest is counted from then.
    (rest,) = await eventually(lambda: town.rows(account_state), 1)
    assert rest["paused_until"] == town.clock.now() + timedelta(seconds=8)
    town.clock.advance(timedelta(seconds=9))
    town.services.outbox.wake()
    assert "12345" in await citizen.hears()
    assert [one["attempts"] for one in await town.rows(outbox)] in ([0], [1])

    await api.fail("sendMessage", 403, "Forbidden: bot was blocked by the user")
    await citizen.say("你好")
    await eventually(lambda: api.calls("sendMessage"), 3)

    async def left() -> list[Any]:
        return [one for one in await town.rows(conversation) if one["unreachable_at"] is not None]

    await eventually(left, 1)


async def test_what_cannot_be_read_keeps_nobody_waiting(town: Town, citizen: Citizen) -> None:
    await citizen.send(photo="none")
    await citizen.send(sticker={"file_id": "s"})
    assert "暂时无法识别这类消息" in await citizen.hears()
    kinds = [one["kind"] for one in await eventually(lambda: town.rows(message), 2)]
    assert kinds == ["unknown", "unsupported"]


@pytest.mark.parametrize("mode", ["webhook"], indirect=True)
async def test_what_was_not_taken_comes_again_and_twice_is_once(
    town: Town, api: BotApi, citizen: Citizen, gate: Gate
) -> None:
    gate.failing = 2
    await citizen.say("你好")
    assert "12345" in await citizen.hears()
    assert [one["status"] for one in await api.calls("(webhook)")] == [502, 502, 200]
    (row,) = await town.rows(message)
    chat = {"id": citizen.id, "type": "private", "first_name": "明"}
    who = {"id": citizen.id, "is_bot": False, "first_name": "明"}
    again = {
        "update_id": int(row["dedupe_key"]),
        "message": {"message_id": 1, "from": who, "chat": chat, "date": 1, "text": "你好"},
    }
    for _ in range(2):
        await api.post("/_/again", token=api.account["token"], update=json.dumps(again))
    assert [one["status"] for one in await api.calls("(webhook)")] == [502, 502, 200, 200, 200]
    assert len(await town.rows(message)) == 1
    assert len(await api.calls("sendMessage")) == 1


@pytest.mark.parametrize("mode", ["polling"], indirect=True)
async def test_the_cursor_lies_behind_what_is_committed(town: Town, api: BotApi, citizen: Citizen) -> None:
    await citizen.say("你好")
    await citizen.hears()
    (row,) = await town.rows(message)
    (lease,) = await town.rows(poll)
    assert lease["cursor"] == str(int(row["dedupe_key"]) + 1)
    assert len(await api.calls("deleteWebhook")) == 1

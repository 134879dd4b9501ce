"""An officer and a citizen of the web chat, each before his own process of the hub: typing, read, joined and left."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientResponse, ClientSession, ClientWebSocketResponse, CookieJar
from aiohttp.test_utils import TestServer

from bot.running import working
from bot.services import Services, build
from bot.web.app import make_app
from bot.web.desk import live as desk_live
from tests.bot.web.desk.test_desk import KEY, OURS, settings
from tests.journeys.chat import ChatCitizen

TALK = "/desk/talks/1"


@dataclass
class Two:
    """The officer's browser and the citizen's device. On PostgreSQL they speak with different processes."""

    officer: ClientSession
    citizen: ChatCitizen
    server: TestServer
    services: Services

    async def socket(self) -> ClientWebSocketResponse:
        ws = await self.citizen.http.ws_connect(f"{self.citizen.api}/ws")
        await ws.send_json({"op": "auth", "token": self.citizen.token, "after": 0})
        return ws

    async def do(self, deed: str, **fields: str) -> None:
        answer = await self.officer.post(f"{TALK}/{deed}", data=fields)
        assert answer.status in {200, 204}, await answer.text()

    async def page(self) -> str:
        return await (await self.officer.get(TALK)).text()


@pytest.fixture
async def two(database_url: str, tmp_path: Path) -> AsyncIterator[Two]:
    async with AsyncExitStack() as stack:
        made = []
        for _ in range(1 if database_url.startswith("sqlite") else 2):
            services = build(settings(database_url, tmp_path, desk_key=KEY))
            await stack.enter_async_context(working(services))
            server = TestServer(make_app(services))
            await server.start_server()
            stack.push_async_callback(server.close)
            made.append((services, server))
        base, jar = str(made[0][1].make_url("/")), CookieJar(unsafe=True)
        officer = await stack.enter_async_context(ClientSession(base, cookie_jar=jar, headers=OURS))
        http = await stack.enter_async_context(ClientSession())
        citizen = ChatCitizen(http, str(made[-1][1].make_url("/api/chat/v1")))
        await citizen.arrive()
        await citizen.say("转人工")
        assert (await officer.post("/desk/login", data={"name": "0128", "key": KEY})).status == 200
        yield Two(officer, citizen, made[0][1], made[0][0])


async def event(stream: ClientResponse, name: str) -> None:
    """Wait for an event of this name."""
    async with asyncio.timeout(10):
        while f"event: {name}\n".encode() not in await stream.content.readuntil(b"\n\n"):
            pass


async def frame(ws: ClientWebSocketResponse, op: str) -> dict[str, Any]:
    while True:
        got: dict[str, Any] = await ws.receive_json(timeout=10)
        if got["op"] == op:
            return got


async def heard(two: Two) -> None:
    """Until the processes hear each other."""
    if two.services.database.sqlite:
        return
    async with asyncio.timeout(10), two.services.database.read() as connection:
        listening = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()"
        while (await connection.exec_driver_sql(listening)).scalar_one() < 2:
            await asyncio.sleep(0.05)


async def test_each_sees_the_other_write_and_read(two: Two) -> None:
    await heard(two)
    ws = await two.socket()
    await frame(ws, "ready")
    await two.do("take")
    async with two.officer.get(f"{TALK}/live") as stream:
        assert stream.content_type == "text/event-stream"
        await ws.send_json({"op": "typing"})
        await event(stream, "typing")
        await two.do("typing")
        await frame(ws, "typing")
        await two.do("say", text="您好，请讲。", key="k1")
        lines = (await frame(ws, "lines"))["lines"]
        while lines[-1]["who"] != "agent":
            lines += (await frame(ws, "lines"))["lines"]
        await event(stream, "changed")
        assert "已读" not in await two.page()
        await ws.send_json({"op": "read", "seq": lines[-1]["seq"]})
        while "已读" not in await two.page():
            await event(stream, "changed")
        await ws.send_json({"op": "msg", "client_id": "one-more-word", "body": {"type": "text", "text": "路灯不亮"}})
        mine = (await frame(ws, "taken"))["seq"]
        while "路灯不亮" not in await two.page():
            await event(stream, "changed")
        while (await frame(ws, "read"))["seq"] < mine:
            pass
    again = await two.socket()
    assert (await frame(again, "read"))["seq"] == mine, "kept over connections"
    for one in (ws, again):
        await one.close()


async def test_joining_and_leaving_stand_in_the_history_by_number(two: Two) -> None:
    await two.do("take")
    await two.do("give_back")
    told = [
        (line["seq"], line["text"]) for line in await two.citizen.lines() if line.get("notice", "").startswith("agent")
    ]
    (joined, words), (left, goodbye) = told
    assert joined < left
    assert "工作人员（工号0128）已加入" in words
    assert "工作人员（工号0128）已离开" in goodbye


async def test_who_only_watches_moves_nothing(two: Two) -> None:
    ws = await two.socket()
    await frame(ws, "lines")
    await two.page()
    await two.do("typing")
    await two.officer.post(f"{TALK}/take", allow_redirects=False)
    ops = set()
    while (got := await ws.receive_json(timeout=10))["op"] != "lines":
        ops.add(got["op"])
    assert not ops & {"typing", "read"}, "before he takes the conversation he is nobody in it"
    await ws.close()


async def test_a_page_that_closes_gives_everything_back(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk_live, "BEAT", 0.05)
    async with two.officer.get(f"{TALK}/live") as stream:
        await stream.content.readuntil(b": beat\n\n")
        assert two.services.whispers._ears
    async with asyncio.timeout(10):
        while two.services.whispers._ears:
            await asyncio.sleep(0.05)
    async with two.officer.get(f"{TALK}/live") as stream:
        await stream.content.readuntil(b": beat\n\n")
        await asyncio.wait_for(two.server.app.shutdown(), 5)
        await asyncio.wait_for(stream.content.read(), 5)
        assert stream.content.at_eof(), "the stream ends before the server waits for it"
    missing = await two.officer.get("/desk/talks/404/live")
    assert missing.status == 404

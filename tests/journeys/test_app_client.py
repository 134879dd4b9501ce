"""The client printed in docs/app-client.md talks with the running hub: what is copied from there works."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.store.tables import conversation
from channels.message import Address
from tests.channels.app.conftest import IDENTITY, JPEG, SECRET
from tests.journeys.town import Town

PAGE = Path(__file__).parents[2] / "docs" / "app-client.md"
Call = tuple[dict[str, str], bytes]


@pytest.fixture(scope="module")
def printed() -> ModuleType:
    """The Python of the page, as one module."""
    code = "\n".join(re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL))
    module = ModuleType("printed_client")
    exec(compile(code, str(PAGE), "exec"), module.__dict__)
    return module


@pytest.fixture
async def gateway() -> AsyncIterator[tuple[str, list[Call]]]:
    """A push gateway that keeps what it is told."""
    calls: list[Call] = []

    async def take(request: web.Request) -> web.Response:
        calls.append((dict(request.headers), await request.read()))
        return web.Response(status=204)

    app = web.Application()
    app.router.add_post("/hub", take)
    async with TestServer(app) as server:
        yield str(server.make_url("/hub")), calls


@pytest.fixture
def more(gateway: tuple[str, list[Call]]) -> dict[str, Any]:
    push = {"url": gateway[0], "secret": SECRET}
    return {"app": {"web": {"jwt_secret": SECRET, "identity_secret": IDENTITY, "push": push}}}


async def until(there: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not there():
            await asyncio.sleep(0.02)


async def test_the_printed_client_does_all_it_says(town: Town, printed: ModuleType, gateway: Any) -> None:
    now = town.clock.now().timestamp()
    proof = printed.sign_identity(IDENTITY, "u-42", "13812345678", now)
    phone, tablet = (printed.Chat(town.http, town.base) for _ in range(2))
    await phone.open(proof)
    await phone.send({"type": "text", "text": "天桥区明湖西路12号门口的路灯不亮了"}, key="one-message")
    again = await phone.send({"type": "text", "text": "天桥区明湖西路12号门口的路灯不亮了"}, key="one-message")
    photo = await phone.upload("路灯.jpg", JPEG)
    await phone.send({"type": "file", "file_id": photo, "text": "照片"})
    told = await phone.catch_up()
    assert [line["seq"] for line in told] == list(range(1, len(told) + 1))
    assert [line["who"] for line in told][:3] == ["citizen", "bot", "citizen"]
    assert again["seq"] == 1
    with pytest.raises(printed.Refused, match="Idempotency-Key"):
        await phone.send({"type": "text", "text": "别的"}, key="one-message")

    await tablet.open(proof)
    assert tablet.conversation_id == phone.conversation_id
    assert [line["text"] for line in await tablet.catch_up()] == [line["text"] for line in told]
    (mine,) = await town.rows(conversation)
    assert mine["phone_sealed"] == "13812345678"

    await phone.seen(shown=False)
    await _live(town, printed, phone, mine["id"])
    await _events(town, printed, tablet, mine["id"])
    await _push(town, printed, gateway[1], phone.conversation_id, mine)

    phone.token = "spoiled"
    assert [line["notice"] for line in await phone.catch_up()] == ["agent.left"], "it came back by itself"


async def _live(town: Town, printed: ModuleType, phone: Any, talk: int) -> None:
    shown: list[str] = []
    signs: list[tuple[str, int | None]] = []
    running = asyncio.create_task(
        printed.live(phone, lambda line: shown.append(line["text"]), lambda *sign: signs.append(sign))
    )
    await until(lambda: hasattr(phone, "ws"))
    await town.services.takeover.take(talk, "0128")
    await until(lambda: any("工号0128" in text for text in shown))
    await printed.typing(phone)
    await town.services.takeover.say(talk, "0128", "您好，我是0128号受理员。", key="1")
    await until(lambda: "您好，我是0128号受理员。" in shown)
    async with asyncio.timeout(10):
        while (await town.rows(conversation))[0]["read_seq"] < phone.last:
            await asyncio.sleep(0.02)
    await phone.ws.close()
    await running


async def _events(town: Town, printed: ModuleType, tablet: Any, talk: int) -> None:
    await tablet.catch_up()
    stream = printed.events(tablet)
    await town.services.takeover.give_back(talk, "0128")
    name, line = await asyncio.wait_for(anext(stream), 10)
    assert (name, line["notice"]) == ("line", "agent.left")
    await stream.aclose()


async def _push(town: Town, printed: ModuleType, calls: list[Call], known_as: str, mine: Any) -> None:
    account = town.services.accounts["app", "web"]
    assert account.pushable
    await account.pushable.push(Address("app", "web", mine["peer"]), delivery="01")
    ((headers, body),) = calls
    now = town.clock.now().timestamp()
    assert printed.json.loads(body) == {"conversation_id": known_as, "text": "您有新消息"}
    assert printed.genuine_push(SECRET, headers, body, now)
    assert not printed.genuine_push(SECRET, headers, body.replace(b"conversation", b"Conversation"), now)
    assert not printed.genuine_push(SECRET, headers, body, now + 301)
    assert not printed.genuine_push("another", headers, body, now)

"""The call to the push gateway: signed, silent about what waits, and honest about what became of it."""

from __future__ import annotations

import json

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from channels.adapter import Tools
from channels.app.push import Gateway
from channels.app.settings import Push
from channels.app.tokens import conversation_id
from channels.errors import Later, Never
from channels.signature import signature
from tests.channels.app.conftest import SECRET, arrive


@pytest.mark.parametrize(
    ("status", "raises"), [(204, None), (200, None), (302, Later), (401, Later), (503, Later), (410, Never)]
)
async def test_what_the_gateway_says(house, status, raises):
    calls = []

    async def take(request):
        calls.append((request.headers, await request.read()))
        return web.Response(status=status, headers={"Location": "/elsewhere"})

    app = web.Application()
    app.router.add_post("/hub", take)
    async with TestServer(app) as server, aiohttp.ClientSession() as http:
        push = Push.model_validate({"url": str(server.make_url("/hub")), "secret": SECRET})
        gateway = Gateway(push, Tools(now=house.now, http=lambda: http))
        if raises:
            with pytest.raises(raises):
                await gateway.call("web_x", delivery="01")
        else:
            await gateway.call("web_x", delivery="01")
    ((headers, body),) = calls
    assert json.loads(body) == {"conversation_id": conversation_id("web_x"), "text": "您有新消息"}
    assert headers["X-Hub-Signature"] == signature(SECRET, ts=headers["X-Hub-Timestamp"], body=body)
    assert abs(int(headers["X-Hub-Timestamp"]) - house.now().timestamp()) < 5
    assert SECRET not in repr(gateway)


async def test_a_gateway_that_is_away_is_tried_again(house, unused_tcp_port):
    async with aiohttp.ClientSession() as http:
        push = Push.model_validate({"url": f"http://127.0.0.1:{unused_tcp_port}/hub", "secret": SECRET})
        with pytest.raises(Later):
            await Gateway(push, Tools(now=house.now, http=lambda: http)).call("web_x", delivery="01")


async def test_the_app_learns_the_conversation_it_registers_for_push(client, house):
    answer = await (await client.post("/api/chat/v1/sessions")).json()
    again = await (await client.post("/api/chat/v1/sessions", json={"resume_token": answer["resume_token"]})).json()
    assert answer["conversation_id"] == again["conversation_id"]
    citizen = await arrive(client, resume_token=answer["resume_token"])
    await citizen.say("你好")
    assert answer["conversation_id"] == conversation_id(house.peer.peer)

"""A web chat on a real socket before a small hub in memory."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import ClientResponse, ClientWebSocketResponse, FormData, web
from aiohttp.test_utils import TestClient, TestServer

from channels.adapter import Tools
from channels.app.adapter import WebChat
from channels.app.settings import AppSettings
from tests.channels.app.house import House

SECRET = "an example secret of the tests, 32 bytes+"
IDENTITY = "an example identity secret of the tests"
SETTINGS = {"jwt_secret": SECRET, "identity_secret": IDENTITY, "allowed_origins": ["https://www.city.example"]}
API = "/api/chat/v1"
JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000") + b"\0" * 200


@dataclass
class Citizen:
    """Somebody with a session."""

    client: TestClient[web.Request, web.Application]
    token: str
    resume_token: str
    session_id: str

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    async def send(self, body: Any, *, key: str | None = None, **headers: str) -> ClientResponse:
        headers |= self.bearer | {"Idempotency-Key": key or str(uuid.uuid4())}
        data = body if isinstance(body, bytes) else None
        return await self.client.post(
            f"{API}/messages", headers=headers, data=data, json=None if data is not None else body
        )

    async def say(self, text: str, *, key: str | None = None) -> ClientResponse:
        return await self.send({"type": "text", "text": text}, key=key)

    async def read(self, **query: Any) -> list[dict[str, Any]]:
        answer = await self.client.get(f"{API}/messages", headers=self.bearer, params=query)
        assert answer.status == 200, await answer.text()
        lines: list[dict[str, Any]] = (await answer.json())["messages"]
        return lines

    async def upload(self, content: bytes, *, name: str = "photo.jpg", field: str = "file") -> ClientResponse:
        form = FormData(quote_fields=False)
        form.add_field(field, content, filename=name, content_type="image/jpeg")
        return await self.client.post(f"{API}/uploads", headers=self.bearer, data=form)

    async def socket(self, *, after: int = 0, token: str | None = None, **headers: str) -> ClientWebSocketResponse:
        ws = await self.client.ws_connect(f"{API}/ws", headers=headers)
        await ws.send_json({"op": "auth", "token": self.token if token is None else token, "after": after})
        return ws


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


Serve = Callable[..., Any]


@pytest.fixture
async def serve(house: House) -> AsyncIterator[Serve]:
    """``await serve(**settings)`` -> a client of a web chat with these settings laid over the usual ones."""
    opened: list[tuple[TestClient[web.Request, web.Application], WebChat]] = []

    async def start(**over: Any) -> TestClient[web.Request, web.Application]:
        chat = WebChat(
            "city", AppSettings.model_validate(SETTINGS | over), Tools(now=house.now, http=aiohttp.ClientSession)
        )
        app = web.Application()
        app.add_routes(chat.routes(house))
        app.on_shutdown.append(lambda _: chat.close())
        client = TestClient(TestServer(app))
        await client.start_server()
        opened.append((client, chat))
        return client

    yield start
    for client, chat in opened:
        await chat.close()
        await client.close()


@pytest.fixture
async def client(serve: Serve) -> TestClient[web.Request, web.Application]:
    started: TestClient[web.Request, web.Application] = await serve()
    return started


async def arrive(client: TestClient[web.Request, web.Application], **opening: Any) -> Citizen:
    """Open or resume a session."""
    answer = await client.post(f"{API}/sessions", json=opening)
    assert answer.status == 201, await answer.text()
    got = await answer.json()
    return Citizen(client, got["token"], got["resume_token"], got["session_id"])


@pytest.fixture
async def citizen(client: TestClient[web.Request, web.Application]) -> Citizen:
    return await arrive(client)

"""A whole hub behind a real socket, on a fresh database of each kind."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from bot.running import working
from bot.services import Services, build
from bot.settings import load
from bot.web.app import make_app
from tests.bot.web import wechat


@pytest.fixture
async def services(database_url: str, tmp_path: Path) -> AsyncIterator[Services]:
    """A hub with a WeChat account "city" and a web chat "web", its workers running."""
    default = {
        "store": {"url": database_url, "connections": 4},
        "files": {"folder": str(tmp_path / "files")},
        "city": {"policy": "demo"},
        "channels": {"wechat": {"city": wechat.SETTINGS}, "app": {"web": {"jwt_secret": "j" * 40}}},
    }
    async with working(build(load(None, {}, default=default))) as running:
        yield running


@pytest.fixture
async def client(services: Services) -> AsyncIterator[aiohttp.ClientSession]:
    """Somebody on the other side of the front door."""
    server = TestServer(make_app(services))
    await server.start_server()
    async with aiohttp.ClientSession(str(server.make_url("/"))) as session:
        yield session
    await server.close()

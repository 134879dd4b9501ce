"""A peer on loopback and an adapter that calls it, with a clock the test moves."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest

from channels.adapter import Tools
from channels.weibo import CHANNEL
from channels.weibo.adapter import WatchingWeibo
from tests.channels.weibo.case import WATCHING
from tests.channels.weibo.peer import WeiboPeer, playing

NOW = datetime(2026, 9, 18, 12, 40, tzinfo=UTC)


@pytest.fixture
async def peer() -> AsyncIterator[WeiboPeer]:
    async with playing() as one:
        yield one


@pytest.fixture
async def opened(peer: WeiboPeer) -> AsyncIterator[Callable[..., WatchingWeibo]]:
    """Opens an account with other settings."""
    async with aiohttp.ClientSession() as session:

        def open_(**over: Any) -> WatchingWeibo:
            settings = CHANNEL.settings.model_validate({**WATCHING, **peer.settings, "poll_seconds": 1, **over})
            adapter = CHANNEL.build("city", settings, Tools(now=lambda: NOW, http=lambda: session))
            assert isinstance(adapter, WatchingWeibo)
            return adapter

        yield open_


@pytest.fixture
def weibo(opened: Callable[..., WatchingWeibo]) -> WatchingWeibo:
    return opened()

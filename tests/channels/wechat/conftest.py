"""A peer on loopback and an adapter that calls it, with a clock the test moves."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest

from channels.adapter import Tools
from channels.wechat import CHANNEL
from channels.wechat.adapter import WeChat
from tests.channels.wechat.case import ACCOUNT
from tests.channels.wechat.peer import WeChatPeer, playing
from tests.clock import Clock

TEMPLATES = {
    "ticket.accepted": {
        "kind": "template",
        "id": "TPL_accepted",
        "fields": {"character_string1": "{number}", "thing2": "{title}", "phrase3": "{state}"},
        "url": "https://hub.example/t/{number}",
    },
    "survey.ask": [
        {
            "kind": "subscribe",
            "id": "TPL_survey",
            "fields": {"thing1": "{title}"},
            "page": "pages/rate?no={number}",
            "lasting": True,
        },
        {"kind": "template", "id": "TPL_survey_t", "fields": {"thing1": "{title}", "date2": "{due}"}},
    ],
    "ticket.closed": {"kind": "template", "id": "", "fields": {}},
}


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2026, 1, 1, 8, 0, tzinfo=UTC))


@pytest.fixture
async def peer() -> AsyncIterator[WeChatPeer]:
    async with playing() as one:
        yield one


@pytest.fixture
async def wechat(peer: WeChatPeer, clock: Clock) -> AsyncIterator[WeChat]:
    async with aiohttp.ClientSession() as session:
        values: dict[str, Any] = {**ACCOUNT, **peer.settings, "templates": TEMPLATES}
        settings = CHANNEL.settings.model_validate(values)
        adapter = CHANNEL.build("city", settings, Tools(now=clock, http=lambda: session))
        assert isinstance(adapter, WeChat)
        yield adapter
        await adapter.close()

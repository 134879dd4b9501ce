"""A citizen with a plain phone, and the SMS provider (Aliyun's interface) played on loopback."""

from __future__ import annotations

import itertools
import json
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
from aiohttp import web

from tests.journeys.clock import CITY_TIME, Clock

HOOK_SECRET = "a-hook-secret-of-the-tests-0123456789"
_SERIALS = itertools.count(1)

TEMPLATES = {"reply": {"id": "SMS_100000001", "params": {"text": "text"}, "limit": 500}}


class SmsPeer:
    """Takes every text and keeps it by phone number."""

    def __init__(self) -> None:
        self.base = ""
        self.texts: defaultdict[str, list[str]] = defaultdict(list)

    async def take(self, request: web.Request) -> web.Response:
        """SendSms."""
        phone = request.query["PhoneNumbers"].removeprefix("86")
        words = json.loads(request.query["TemplateParam"])
        assert request.headers["x-acs-action"] == "SendSms"
        self.texts[phone].append(words["text"])
        return web.json_response({"Code": "OK", "Message": "OK", "BizId": f"9006195{next(_SERIALS):011d}^0"})


@asynccontextmanager
async def provider() -> AsyncIterator[SmsPeer]:
    """A peer on a free port of loopback."""
    peer, app = SmsPeer(), web.Application()
    app.router.add_post("/", peer.take)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    peer.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield peer
    finally:
        await runner.cleanup()


@dataclass(frozen=True, slots=True)
class SmsCitizen:
    """One phone number in front of the hub's real hook."""

    http: aiohttp.ClientSession
    hook: str
    peer: SmsPeer
    clock: Clock
    phone: str = "13800138217"

    async def text(self, words: str) -> None:
        """Send one text; the provider pushes it to the hub."""
        push = {
            "phone_number": self.phone,
            "send_time": f"{self.clock.now().astimezone(CITY_TIME):%Y-%m-%d %H:%M:%S}",
            "content": words,
            "sign_name": "泉城12345",
            "dest_code": "106900",
            "sequence_id": next(_SERIALS),
        }
        async with self.http.post(f"{self.hook}/{HOOK_SECRET}/reply", json=[push]) as response:
            assert response.status == 200, await response.text()
            assert (await response.json())["code"] == 0

    @property
    def texts(self) -> list[str]:
        """Everything that reached this phone."""
        return self.peer.texts[self.phone]

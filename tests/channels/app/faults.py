"""The web chat for the fault suite: there is no provider but the citizen's own device, which repeats what it said, loses
its line, and asks for what it missed."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from channels.app.tokens import Session, Tokens
from tests.faults.case import KEEPS_NOTHING, Case, Fault
from tests.faults.hooked import Call, Hooked
from tests.faults.proxy import Proxy

_SECRET = "an example secret of the tests, 32 bytes+"
_KEYS = itertools.count(1)


class Devices(Hooked):
    folder = "app"

    def __init__(self) -> None:
        self.account = {"jwt_secret": _SECRET}
        self._lines: dict[str, dict[int, str]] = {citizen: {} for citizen in self.citizens}
        self._listening: list[asyncio.Task[None]] = []
        self._tokens = Tokens(_SECRET, account="city", lasts=timedelta(days=1), resumes=timedelta(days=1))

    async def begin(self, base: str) -> None:
        """Every device opens its socket, through the air."""
        air = Proxy(urlsplit(base).port or 0)
        await air.back()
        self.lines = (air,)
        self._listening = [asyncio.create_task(self._listen(citizen)) for citizen in self.citizens]

    async def end(self) -> None:
        """They are switched off."""
        for one in self._listening:
            one.cancel()
        await asyncio.gather(*self._listening, return_exceptions=True)
        for line in self.lines:
            await line.close()

    def request(self, octets: bytes) -> bool:
        return True

    def compose(self, citizen: str, words: str) -> Any:
        return citizen, words, f"key-{next(_KEYS):08}"

    def call(self, message: Any) -> Call:
        citizen, words, key = message
        body = json.dumps({"type": "text", "text": words}).encode()
        return Call(
            "/api/chat/v1/messages",
            body,
            headers={"Authorization": f"Bearer {self._token(citizen)}", "Idempotency-Key": key},
        )

    def heard(self, citizen: str) -> Sequence[str]:
        return [self._lines[citizen][seq] for seq in sorted(self._lines[citizen])]

    def _token(self, citizen: str) -> str:
        return self._tokens.issue(Session(f"s{citizen}", f"web_{citizen}"), now=self.clock.now()).token

    async def _listen(self, citizen: str) -> None:
        mine = self._lines[citizen]
        while True:
            with suppress(aiohttp.ClientError, TimeoutError, OSError):
                url = f"ws://127.0.0.1:{self.lines[0].port}/api/chat/v1/ws"
                async with asyncio.timeout(1.5), self.http.ws_connect(url, heartbeat=0.4) as socket:
                    await socket.send_json({"op": "auth", "token": self._token(citizen), "after": max(mine, default=0)})
                    async for frame in socket:
                        if frame.type is not aiohttp.WSMsgType.TEXT:
                            break  # the line broke, and says so
                        for line in json.loads(frame.data).get("lines", ()):
                            assert line["seq"] not in mine, "a line is told once on a socket"
                            if line["who"] != "citizen":
                                mine[line["seq"]] = line["text"]
            await asyncio.sleep(0.05)


@asynccontextmanager
async def provider(_fixture: Callable[[str], Any]) -> AsyncIterator[Devices]:
    devices = Devices()
    try:
        yield devices
    finally:
        await devices.end()


_HOME = "what we say is read from our own store: nothing is sent that a provider could refuse"
CASES = (
    Case(
        name="web",
        provider=provider,
        cannot={
            Fault.SHUFFLED_ALBUM: "each file is a message of its own, sent in the order the citizen chose",
            Fault.RENUMBERED: KEEPS_NOTHING,
            Fault.THROTTLED: _HOME,
            Fault.EXPIRED: _HOME,
            Fault.REFUSED: _HOME,
            Fault.WINDOW: _HOME,
            Fault.EARLY_REPORT: _HOME,
            Fault.LATE_REPORT: "what a device has seen is its own word about the place it has read up to (test_live.py)",
        },
    ),
)

"""The npm package telegram-test-api run as a Bot API, and a citizen who writes to the bot through it."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from tests.channels.telegram.peer import TOKEN
from tests.npm import installed

PACKAGES = ("telegram-test-api@4.2.1",)
PATIENCE = 15.0
NOW = 1_789_734_780
"""What the citizens' messages are dated: the evening of the journeys."""


@dataclass(slots=True)
class BotApi:
    """The running server."""

    base: str
    http: aiohttp.ClientSession = field(repr=False)

    @property
    def account(self) -> dict[str, Any]:
        """``[channels.telegram.city]`` of a bot that polls."""
        return {
            "token": TOKEN,
            "base_url": f"{self.base}/bot",
            "base_file_url": f"{self.base}/file/bot",
            "poll_seconds": 2,
        }

    async def post(self, path: str, **body: Any) -> Any:
        """One call of the citizens' side, or of the tests'."""
        async with self.http.post(self.base + path, json=body) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def calls(self, method: str) -> list[dict[str, Any]]:
        """The parameters of the bot's calls of one method, oldest first."""
        async with self.http.get(f"{self.base}/_/calls") as answer:
            return [one["params"] for one in await answer.json() if one["method"] == method]

    async def fail(self, method: str, code: int, description: str, **parameters: Any) -> None:
        """Refuse the next call of a method."""
        await self.post("/_/fail", method=method, code=code, description=description, parameters=parameters)

    async def keep(self, file_id: str, content: bytes) -> None:
        """A file citizens may send."""
        await self.post("/_/file", id=file_id, content=base64.b64encode(content).decode())


@dataclass(slots=True)
class Citizen:
    """One account of Telegram."""

    api: BotApi
    id: int = 5001234567
    _heard: int = 0
    last: dict[str, Any] = field(default_factory=dict)

    @property
    def _who(self) -> dict[str, Any]:
        return {"id": self.id, "is_bot": False, "first_name": "明"}

    @property
    def _chat(self) -> dict[str, Any]:
        return {"id": self.id, "type": "private", "first_name": "明"}

    async def send(self, **content: Any) -> None:
        """A message that holds this."""
        given = {"botToken": TOKEN, "date": NOW, "from": self._who, "chat": self._chat}
        await self.api.post("/sendMessage", **given, **content)

    async def say(self, words: str) -> None:
        """Words."""
        await self.send(text=words)

    async def photo(self, file_id: str, **more: Any) -> None:
        """A photo, a piece of an album perhaps."""
        size = {"file_id": file_id, "file_unique_id": f"u{file_id}", "width": 640, "height": 480, "file_size": 300}
        await self.send(photo=[size], **more)

    async def tap(self, label: str) -> None:
        """The button of the last message that says this."""
        rows = self.last["reply_markup"]["inline_keyboard"]
        data = next(one["callback_data"] for row in rows for one in row if one["text"] == label)
        message = {"message_id": self.last["message_id"], "date": NOW, "chat": self._chat} | {
            "text": self.last["text"],
            "reply_markup": self.last["reply_markup"],
        }
        await self.api.post("/sendCallback", **{"botToken": TOKEN, "from": self._who}, message=message, data=data)

    async def hears(self) -> str:
        """The words of the next message of the bot."""
        async with asyncio.timeout(PATIENCE):
            while len(found := await self._messages()) <= self._heard:
                await asyncio.sleep(0.03)
        self.last = found[self._heard]
        self._heard += 1
        return str(self.last["text"])

    async def _messages(self) -> list[dict[str, Any]]:
        kept = (await self.api.post("/getUpdatesHistory", token=TOKEN))["result"]
        return [
            {"message_id": one["messageId"], **one["message"]}
            for one in kept
            if "message" in one and str(one["message"].get("chat_id", "")) == str(self.id)
        ]


@asynccontextmanager
async def serving() -> AsyncIterator[BotApi]:
    """The server as long as the block lasts. Skips, or fails under CI, where it cannot be had."""
    home = await asyncio.to_thread(installed, "npm-telegram", PACKAGES)
    script = Path(__file__).with_name("server.cjs")
    process = await asyncio.create_subprocess_exec(
        "node", str(script), str(home), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(PATIENCE):
            said = (await process.stdout.readline()).decode().split()
        assert said[:1] == ["up"], said
        async with aiohttp.ClientSession() as http:
            yield BotApi(f"http://127.0.0.1:{said[1]}", http)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


def shown(markup: str | dict[str, Any]) -> list[list[str]]:
    """The labels of a keyboard, row by row."""
    found = json.loads(markup) if isinstance(markup, str) else markup
    return [[one["text"] for one in row] for row in found["inline_keyboard"]]

"""The Bot API played on loopback, written after its documents: takes calls, refuses them, hangs or cuts the line."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

TOKEN = "123456:AAE-a_token_of_the_tests"
_DESCRIPTIONS = {"401": "Unauthorized", "404": "Not Found"}
_TITLES = {"400": "Bad Request: ", "403": "Forbidden: ", "409": "Conflict: "}


class BotPeer:
    """The server, what it was asked, and how it is told to behave."""

    def __init__(self) -> None:
        self.settings: Mapping[str, Any] = {}
        self.calls: list[tuple[str, dict[str, Any]]] = []
        """(method, parameters) of every call."""
        self.sent: list[dict[str, Any]] = []
        """The parameters of every message that was taken, whether or not the bot heard so."""
        self.updates: list[dict[str, Any]] = []
        self.offset = 0
        """Below it everything is confirmed."""
        self.repeats: list[dict[str, Any]] = []
        """Updates given out once more although they are confirmed."""
        self.files: dict[str, bytes] = {}
        self.hook = ""
        self.raw: list[tuple[int, bytes]] = []
        """Answered once each, before anything else."""
        self._behave, self._code = "accept", ""
        self._closing = asyncio.Event()

    def accept(self) -> None:
        self._behave = "accept"

    def refuse(self, code: str) -> None:
        self._behave, self._code = "refuse", code

    def hang(self) -> None:
        self._behave = "hang"

    def drop(self) -> None:
        self._behave = "drop"

    def named(self, method: str) -> list[dict[str, Any]]:
        """The parameters of every call of one method."""
        return [given for name, given in self.calls if name == method]

    async def call(self, request: web.Request) -> web.StreamResponse:
        method, form = request.match_info["method"], dict(await request.post())
        if request.match_info["token"] != TOKEN:
            return _refused("401", "Unauthorized")
        self.calls.append((method, form))
        if self._behave == "hang":
            await self._closing.wait()
        if self._behave == "drop" and request.transport is not None:
            request.transport.close()
        if self.raw:
            status, body = self.raw.pop(0)
            return web.Response(status=status, body=body, content_type="application/json")
        if self._behave == "refuse":
            return _refusal(self._code)
        return await self._answered(method, form)

    async def _answered(self, method: str, form: Mapping[str, Any]) -> web.Response:
        if method == "sendMessage":
            self.sent.append(form)
            chat = {"id": int(form["chat_id"]), "type": "private", "first_name": "李"}
            return _ok({"message_id": 7, "date": 1767225600, "chat": chat, "text": form["text"]})
        if method == "getUpdates":
            return _ok(await self._kept(int(form["offset"]), float(form["timeout"])))
        if method == "getFile":
            return self._file(form["file_id"])
        if method == "getWebhookInfo":
            return _ok({"url": self.hook, "has_custom_certificate": False, "pending_update_count": 0})
        if method in ("setWebhook", "deleteWebhook"):
            self.hook = form.get("url", "")
        return _ok(True)

    async def _kept(self, offset: int, seconds: float) -> list[dict[str, Any]]:
        self.offset = max(self.offset, offset)
        if self.repeats:
            again, self.repeats = self.repeats, []
            return again
        self.updates = [one for one in self.updates if one.get("update_id", offset) >= offset]
        if not self.updates:
            await asyncio.sleep(min(seconds, 0.1))
        return self.updates

    def _file(self, file_id: str) -> web.Response:
        if file_id == "large":
            return _refused("400", "Bad Request: file is too big")
        path = f"photos/{file_id}.jpg" if file_id != "local" else "/var/lib/telegram-bot-api/secret"
        return _ok({"file_id": file_id, "file_unique_id": "u", "file_path": path})

    async def file(self, request: web.Request) -> web.Response:
        found = self.files.get(request.match_info["path"])
        return web.Response(status=404) if found is None else web.Response(body=found)

    def application(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/bot{token}/{method}", self.call)
        app.router.add_get(f"/file/bot{TOKEN}/photos/{{path}}", self.file)
        return app

    def stop(self) -> None:
        self._closing.set()


def _ok(result: Any) -> web.Response:
    return web.json_response({"ok": True, "result": result})


def _refusal(code: str) -> web.Response:
    """What the real server answers: "502" by its gateway, all others in JSON."""
    status, _, words = code.partition(" ")
    if status in ("413", "502", "504"):
        return web.Response(status=int(status), text="<html>nginx</html>", content_type="text/html")
    more = {"parameters": {"retry_after": 3}} if status == "429" else {}
    return _refused(status, _DESCRIPTIONS.get(status) or _TITLES.get(status, "") + (words or "refused"), **more)


def _refused(code: str, description: str, **more: Any) -> web.Response:
    told = {"ok": False, "error_code": int(code), "description": description, **more}
    return web.Response(status=int(code), text=json.dumps(told), content_type="application/json")


@asynccontextmanager
async def playing() -> AsyncIterator[BotPeer]:
    """A peer on a free port of loopback."""
    peer = BotPeer()
    runner = web.AppRunner(peer.application(), access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    peer.settings = {"base_url": f"{base}/bot", "base_file_url": f"{base}/file/bot", "timeout_seconds": 0.9}
    try:
        yield peer
    finally:
        peer.stop()
        await runner.cleanup()

"""WeChat's API played on loopback: tokens that expire and are knocked out, messages taken, refused, or left hanging."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from tests.channels.wechat.console import Console

SECRET = "a-secret-of-the-tests"


class WeChatPeer(Console):
    """The server, what it was asked, and how it is told to behave."""

    def __init__(self) -> None:
        super().__init__()
        self.settings: Mapping[str, Any] = {}
        self.base = ""
        self.token_calls: list[dict[str, Any]] = []
        self.calls: list[tuple[str, dict[str, Any], bytes]] = []
        """(path, JSON, raw body) of every message request that carried a good token."""
        self.taken: list[tuple[str, dict[str, Any], bytes]] = []
        """Those of them that were accepted, whether or not we heard so."""
        self.refusals = 0
        """Requests refused for their token."""
        self.expires_in = 7200
        self.token_errors: list[dict[str, Any]] = []
        self.token_delay = 0.0
        self.never_content = False
        """True: every token is refused, however fresh."""
        self.status = 200
        self.raw: bytes | None = None
        self.errors: list[dict[str, Any]] = []
        """Answered once each, before anything else."""
        self.media: dict[str, tuple[str, bytes]] = {}
        self._behave = "accept"
        self._code = 0
        self._generation = 1
        self._closing = asyncio.Event()

    def accept(self) -> None:
        self._behave = "accept"

    def refuse(self, code: str) -> None:
        self._behave, self._code = "refuse", int(code)

    def hang(self) -> None:
        self._behave = "hang"

    def drop(self) -> None:
        self._behave = "drop"

    def knock_out(self) -> None:
        """Somebody forced a refresh: the token handed out so far is no longer good."""
        self._generation += 1

    @property
    def token(self) -> str:
        return f"token-{self._generation}"

    def application(self) -> web.Application:
        app = web.Application(client_max_size=1 << 20)
        app.router.add_post("/cgi-bin/stable_token", self._stable_token)
        for path in ("message/custom/send", "message/template/send", "message/subscribe/bizsend"):
            app.router.add_post(f"/cgi-bin/{path}", self._message)
        app.router.add_routes(self.routes())
        app.router.add_get("/cgi-bin/media/get", self._media)
        app.router.add_get("/video/{name}", self._video)
        return app

    async def _stable_token(self, request: web.Request) -> web.Response:
        asked = await request.json()
        self.token_calls.append(asked)
        await asyncio.sleep(self.token_delay)
        if self.token_errors:
            return web.json_response(self.token_errors.pop(0))
        if asked["secret"] != SECRET or asked["grant_type"] != "client_credential":
            return web.json_response({"errcode": 40001, "errmsg": "invalid credential rid: 1-2-3"})
        if asked["force_refresh"]:
            self.knock_out()
        return web.json_response({"access_token": self.token, "expires_in": self.expires_in})

    def _token_trouble(self, request: web.Request) -> web.Response | None:
        if request.query.get("access_token") == self.token and not self.never_content:
            return None
        self.refusals += 1
        return web.json_response({"errcode": 42001, "errmsg": "access_token expired rid: 1-2-3"})

    async def _message(self, request: web.Request) -> web.StreamResponse:
        raw = await request.read()
        if trouble := self._token_trouble(request):
            return trouble
        self.calls.append((request.path, json.loads(raw), raw))
        if self._behave == "hang":
            await self._closing.wait()
        if self._behave == "drop" and request.transport is not None:
            request.transport.close()
        if self.errors:
            return web.json_response(self.errors.pop(0))
        if self._behave == "refuse":
            return web.json_response({"errcode": self._code, "errmsg": "refused rid: 6512-aa"})
        if (trouble := self.template_trouble(request.path, json.loads(raw))) is not None:
            return web.json_response(trouble)
        if self.raw is not None or self.status != 200:
            return web.Response(status=self.status, body=self.raw)
        self.taken.append(self.calls[-1])
        return web.json_response({"errcode": 0, "errmsg": "ok", "msgid": 200228332})

    async def _media(self, request: web.Request) -> web.Response:
        if trouble := self._token_trouble(request):
            return trouble
        kind, content = self.media.get(
            request.query["media_id"], ("application/json", b'{"errcode":40007,"errmsg":"invalid media_id"}')
        )
        return web.Response(status=self.status, body=content, content_type=kind)

    async def _video(self, request: web.Request) -> web.Response:
        assert "access_token" not in request.query
        return web.Response(body=self.media[request.match_info["name"]][1], content_type="video/mp4")

    def stop(self) -> None:
        self._closing.set()


@asynccontextmanager
async def playing() -> AsyncIterator[WeChatPeer]:
    """A peer on a free port of loopback."""
    peer = WeChatPeer()
    runner = web.AppRunner(peer.application(), shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    peer.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    peer.settings = {"api_base": peer.base, "code_base": peer.base, "timeout_seconds": 0.4}
    try:
        yield peer
    finally:
        peer.stop()
        await runner.cleanup()

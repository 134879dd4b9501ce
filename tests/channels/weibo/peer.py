"""Weibo played on loopback, built from its published pages of 2014: messages/reply, comments, mentions, mss/msget.

It takes forms as the real one does, keeps what was said in public by rising ids and pages through it by ``since_id`` and
``max_id``, and refuses, hangs or drops on order. Nobody compared it with the real Weibo.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

TOKEN = "2.00an-example-page-token"
PUBLIC_TOKEN = "2.00an-example-oauth-token"
UID = "6000012345"
"""The city's account, 泉城12345."""
POST = 5_200_000_000_000_001
"""A post of the city's."""


class WeiboPeer:
    """The server, what it was asked, and how it is told to behave."""

    def __init__(self) -> None:
        self.settings: Mapping[str, Any] = {}
        self.base = ""
        self.said: list[dict[str, str]] = []
        """Forms of messages/reply that were taken."""
        self.comments: list[tuple[str, dict[str, str]]] = []
        """(path, form) of comments that were taken."""
        self.looks: list[tuple[str, dict[str, str]]] = []
        """(path, query) of looks at what was said in public."""
        self.remarks: dict[str, list[dict[str, Any]]] = {
            "statuses/mentions": [],
            "comments/mentions": [],
            "comments/to_me": [],
        }
        self.files: dict[str, tuple[str, bytes]] = {}
        self.errors: dict[str, list[tuple[int, dict[str, Any]]]] = {}
        """Path, "" for any -> (HTTP status, JSON), answered once each."""
        self.raw: tuple[int, bytes] | None = None
        self.page = 200
        """No page is longer."""
        self.stubborn = False
        """True: every look gets the first page."""
        self._behave = "accept"
        self._code = self._words = ""
        self._next = 5_200_000_000_001_000
        self._closing = asyncio.Event()

    def accept(self) -> None:
        self._behave = "accept"

    def refuse(self, code: str, words: str = "refused") -> None:
        self._behave, self._code, self._words = "refuse", code, words

    def hang(self) -> None:
        self._behave = "hang"

    def drop(self) -> None:
        self._behave = "drop"

    def mention(self, text: str, *, uid: int = 5000067890, at: str = "Fri Sep 18 20:33:11 +0800 2026") -> int:
        """A post that names the city; returns its id."""
        return self._remark("statuses/mentions", text, uid, at)

    def comment(self, text: str, *, uid: int = 5000067890, at: str = "Fri Sep 18 20:33:11 +0800 2026") -> int:
        """A comment below a post of the city's; returns its id."""
        status = {"id": POST, "text": "停水检修安排", "user": {"id": int(UID)}}
        return self._remark("comments/to_me", text, uid, at, status=status)

    def _remark(self, path: str, text: str, uid: int, at: str, **more: Any) -> int:
        self._next += 1
        user = {"id": uid, "screen_name": f"用户{uid % 1000}"}
        self.remarks[path].append({"id": self._next, "created_at": at, "text": text, "user": user} | more)
        return self._next

    def application(self) -> web.Application:
        app = web.Application(client_max_size=1 << 20)
        app.router.add_post("/2/messages/reply.json", self._reply)
        app.router.add_post("/2/messages/reply/biz.json", self._reply)
        for path in ("comments/create", "comments/reply"):
            app.router.add_post(f"/2/{path}.json", self._comment)
            app.router.add_post(f"/2/{path}/biz.json", self._comment)
        for path in self.remarks:
            app.router.add_get(f"/2/{path}.json", self._look)
            app.router.add_get(f"/2/{path}/biz.json", self._look)
        app.router.add_get("/2/mss/msget", self._file)
        return app

    def _trouble(
        self, request: web.Request, given: Mapping[str, Any], *, tokens: tuple[str, ...]
    ) -> web.Response | None:
        errors = self.errors.get(request.path) or self.errors.get("")
        if errors:
            status, body = errors.pop(0)
            return web.json_response(body, status=status)
        if self.raw is not None:
            return web.Response(status=self.raw[0], body=self.raw[1])
        if given.get("access_token") not in tokens:
            return self._error(request, 21332, "invalid_access_token", status=403)
        return None

    def _error(self, request: web.Request, code: int | str, words: str, *, status: int = 400) -> web.Response:
        return web.json_response({"error": words, "error_code": code, "request": request.path}, status=status)

    async def _misbehaving(self, request: web.Request) -> web.Response | None:
        if self._behave == "hang":
            await self._closing.wait()
        if self._behave == "drop" and request.transport is not None:
            request.transport.close()
        if self._behave == "refuse":
            return self._error(request, int(self._code), self._words)
        return None

    async def _reply(self, request: web.Request) -> web.StreamResponse:
        assert request.content_type == "application/x-www-form-urlencoded"
        form = {name: str(value) for name, value in (await request.post()).items()}
        if trouble := self._trouble(request, form, tokens=(TOKEN,)) or await self._misbehaving(request):
            return trouble
        text = json.loads(form["data"])["text"]
        if len(text) >= 300:
            return self._error(request, 20012, "Text too long, please input text less than 300 characters!")
        self.said.append(form)
        body = {"result": True, "sender_id": int(UID), "receiver_id": int(form["receiver_id"]), "type": form["type"]}
        return web.json_response(body | {"data": form["data"]})

    async def _comment(self, request: web.Request) -> web.StreamResponse:
        form = {name: str(value) for name, value in (await request.post()).items()}
        if trouble := self._trouble(request, form, tokens=(PUBLIC_TOKEN,)) or await self._misbehaving(request):
            return trouble
        if not form.get("rip"):
            return self._error(request, 10016, "Miss required parameter (rip) , see doc for more info.")
        if len(form["comment"]) > 140:
            return self._error(request, 20012, "Text too long, please input text less than 140 characters!")
        if self.comments and self.comments[-1][1]["comment"] == form["comment"]:
            return self._error(request, 20019, "Repeat content!")
        self.comments.append((request.path, form))
        self._next += 1
        return web.json_response(
            {"created_at": "Fri Sep 18 20:40:00 +0800 2026", "id": self._next, "text": form["comment"]}
        )

    async def _look(self, request: web.Request) -> web.StreamResponse:
        query = dict(request.query)
        if trouble := self._trouble(request, query, tokens=(PUBLIC_TOKEN,)):
            return trouble
        path = request.path.removeprefix("/2/").removesuffix(".json").removesuffix("/biz")
        self.looks.append((path, query))
        most = (0 if self.stubborn else int(query.get("max_id", 0))) or 1 << 62
        since, count = int(query.get("since_id", 0)), min(int(query["count"]), self.page)
        found = [one for one in reversed(self.remarks[path]) if since < one["id"] <= most][:count]
        name = path.partition("/")[0]
        return web.json_response({name: found, "previous_cursor": 0, "next_cursor": 0, "total_number": len(found)})

    async def _file(self, request: web.Request) -> web.StreamResponse:
        if trouble := self._trouble(request, request.query, tokens=(TOKEN,)):
            return trouble
        if request.query["fid"] not in self.files:
            return self._error(request, 20404, "file not exist", status=404)
        kind, content = self.files[request.query["fid"]]
        return web.Response(body=content, content_type=kind)

    def stop(self) -> None:
        self._closing.set()


@asynccontextmanager
async def playing() -> AsyncIterator[WeiboPeer]:
    """A peer on a free port of loopback."""
    peer = WeiboPeer()
    runner = web.AppRunner(peer.application(), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    peer.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    peer.settings = {
        "message_base": peer.base,
        "api_base": peer.base,
        "commercial_base": peer.base,
        "file_url": f"{peer.base}/2/mss/msget",
        "timeout_seconds": 0.4,
    }
    try:
        yield peer
    finally:
        peer.stop()
        await runner.cleanup()

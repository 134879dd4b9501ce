"""A small Asterisk on loopback, played from its published interface (rest-api/api-docs of the Asterisk source): channels,
bridges, the websocket of events. It speaks no SIP; what phones do, a test says."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

USER, PASSWORD, APP = "hub", "a password of the tests", "hub"


@dataclass
class Asterisk:
    """Its channels by id, its bridges by id, and the one websocket of our application."""

    channels: dict[str, dict[str, Any]] = field(default_factory=dict)
    stasis: set[str] = field(default_factory=set)
    bridges: dict[str, dict[str, Any]] = field(default_factory=dict)
    sockets: list[web.WebSocketResponse] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    listening: asyncio.Event = field(default_factory=asyncio.Event)
    closed: set[str] = field(default_factory=set)
    password: str = PASSWORD
    hangs: bool = False
    no_trunk: bool = False

    # --- What phones do.

    async def calls_in(self, id: str, number: str, exten: str = "12345") -> None:
        """A citizen dials the hotline."""
        self.channels[id] = channel(id, f"PJSIP/trunk-{id}", number, exten=exten)
        await self.tell("ChannelCreated", channel=self.channels[id])

    async def rings(self, id: str, extension: str) -> str:
        """The dialplan's Dial rings an agent."""
        leg = f"{id}-{extension}"
        self.channels[leg] = channel(leg, f"PJSIP/{extension}-0000000a", extension, exten="")
        await self.tell("ChannelCreated", channel=self.channels[leg])
        for status in ("", "RINGING"):
            await self.tell("Dial", caller=self.channels[id], peer=self.channels[leg], dialstatus=status)
        return leg

    async def picks_up(self, id: str, leg: str) -> None:
        """The agent answers; the dialplan hands both to the application."""
        await self.tell("Dial", caller=self.channels[id], peer=self.channels[leg], dialstatus="ANSWER")
        await self.enters(id, "citizen")
        await self.enters(leg, "agent", id)

    async def enters(self, id: str, *args: str) -> None:
        """A channel comes into the application."""
        self.stasis.add(id)
        self.channels[id]["dialplan"] |= {"app_name": "Stasis", "app_data": ",".join((APP, *args))}
        await self.tell("StasisStart", args=list(args), channel=self.channels[id])

    async def hangs_up(self, id: str, cause: str = "Normal Clearing") -> None:
        """A phone hangs up, or does not answer in time."""
        gone = self.channels.pop(id)
        self.stasis.discard(id)
        await self._leave(id)
        await self.tell("ChannelDestroyed", cause=16, cause_txt=cause, channel=gone)

    def room_of(self, id: str) -> str:
        """In which bridge a channel is, "" for none."""
        return next((name for name, bridge in self.bridges.items() if id in bridge["channels"]), "")

    async def tell(self, kind: str, **more: Any) -> None:
        """One event to who listens."""
        stamp = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "+0000"
        event = {"type": kind, "application": APP, "timestamp": stamp, "asterisk_id": "x", **more}
        for socket in self.sockets:
            if not socket.closed:
                await socket.send_str(json.dumps(event))

    # --- The interface.

    def app(self) -> web.Application:
        one = web.Application(middlewares=[self._proved])
        one.add_routes(
            [
                web.get("/ari/events", self._events),
                web.get("/ari/channels", self._list),
                web.get("/ari/bridges", self._rooms),
                web.post("/ari/channels", self._originate),
                web.post("/ari/channels/{id}/continue", self._continue),
                web.delete("/ari/channels/{id}", self._hangup),
                web.post("/ari/bridges/{id}", self._bridge),
                web.delete("/ari/bridges/{id}", self._unbridge),
                web.post("/ari/bridges/{id}/addChannel", self._add),
            ]
        )
        return one

    @web.middleware
    async def _proved(self, request: web.Request, handler: Any) -> web.StreamResponse:
        if request.headers.get("Authorization") != aiohttp.encode_basic_auth(USER, self.password):
            return web.json_response({"message": "Unauthorized"}, status=401)
        if self.hangs:
            await asyncio.sleep(30)
        if "events" not in request.path:
            self.asked.append(f"{request.method} {request.path}")
        found: web.StreamResponse = await handler(request)
        return found

    async def _events(self, request: web.Request) -> web.StreamResponse:
        assert (request.query["app"], request.query["subscribeAll"]) == (APP, "true")
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        for older in self.sockets:
            await older.send_str(json.dumps({"type": "ApplicationReplaced", "application": APP, "timestamp": "x"}))
        self.sockets = [socket]
        self.listening.set()
        async for _ in socket:
            pass
        return socket

    async def _list(self, _request: web.Request) -> web.Response:
        return web.json_response(list(self.channels.values()))

    async def _rooms(self, _request: web.Request) -> web.Response:
        return web.json_response(list(self.bridges.values()))

    async def _originate(self, request: web.Request) -> web.Response:
        asked = request.query
        id = asked["channelId"]
        if id in self.channels:
            return web.json_response({"message": "exists"}, status=409)
        if self.no_trunk:
            return web.json_response({"message": "Allocation failed"}, status=500)
        made = channel(id, asked["endpoint"], asked["callerId"], exten=asked.get("extension", ""))
        self.channels[id] = made | {"asked": dict(asked)}
        await self.tell("ChannelCreated", channel=self.channels[id])
        return web.json_response(made)

    async def _continue(self, request: web.Request) -> web.Response:
        id = request.match_info["id"]
        if id not in self.channels:
            return web.json_response({}, status=404)
        self.stasis.discard(id)
        await self._leave(id)
        return web.Response(status=204)

    async def _hangup(self, request: web.Request) -> web.Response:
        if request.match_info["id"] not in self.channels:
            return web.json_response({"message": "Channel not found"}, status=404)
        await self.hangs_up(request.match_info["id"])
        return web.Response(status=204)

    async def _bridge(self, request: web.Request) -> web.Response:
        id = request.match_info["id"]
        if id in self.bridges or id in self.closed:  # seen of the real one: the name of a closed bridge stays taken
            return web.json_response({"message": "exists"}, status=409)
        self.bridges[id] = {"id": id, "bridge_type": request.query["type"], "channels": []}
        return web.json_response(self.bridges[id])

    async def _unbridge(self, request: web.Request) -> web.Response:
        gone = self.bridges.pop(request.match_info["id"], None)
        self.closed.add(request.match_info["id"])
        return web.Response(status=204 if gone else 404)

    async def _add(self, request: web.Request) -> web.Response:
        bridge, id = self.bridges.get(request.match_info["id"]), request.query["channel"]
        if bridge is None:
            return web.json_response({"message": "Bridge not found"}, status=404)
        if id not in self.channels:
            return web.json_response({"message": "Channel not found"}, status=400)
        if id not in self.stasis:
            return web.json_response({"message": "Channel not in Stasis application"}, status=422)
        await self._leave(id)
        bridge["channels"].append(id)
        await self.tell("ChannelEnteredBridge", bridge=bridge, channel=self.channels[id])
        return web.Response(status=204)

    async def _leave(self, id: str) -> None:
        for bridge in list(self.bridges.values()):
            if id in bridge["channels"]:
                bridge["channels"].remove(id)
                await self.tell("ChannelLeftBridge", bridge=bridge, channel=self.channels.get(id, {"id": id}))


def channel(id: str, name: str, number: str, *, exten: str) -> dict[str, Any]:
    """A channel as the interface shows it."""
    plan = {"context": "from-trunk", "exten": exten, "priority": 1, "app_name": "", "app_data": ""}
    return {
        "id": id,
        "name": name,
        "state": "Ring",
        "protocol_id": "x",
        "caller": {"name": "", "number": number},
        "connected": {"name": "", "number": ""},
        "accountcode": "",
        "dialplan": plan,
        "creationtime": "2026-09-18T10:00:00.000+0800",
        "language": "en",
    }


@asynccontextmanager
async def playing() -> AsyncIterator[tuple[Asterisk, str]]:
    """It listens on loopback until the block ends."""
    one = Asterisk()
    server = TestServer(one.app())
    await server.start_server()
    yield one, str(server.make_url("/")).rstrip("/")
    for socket in one.sockets:
        await socket.close()
    await server.close()

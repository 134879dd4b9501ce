"""One hotline on an Asterisk: its events taken in over the websocket, and its legs moved about (bridges)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import aiohttp

from channels.adapter import Tools
from channels.calls import Party
from channels.errors import Credential, Later, Malformed, Never
from channels.message import Batch
from channels.payload import Payload
from channels.phone.adapter import Hotline
from channels.phone.asterisk.calls import AsteriskCalls
from channels.phone.asterisk.rest import GONE, THERE, Rest
from channels.phone.settings import AriSettings, PhoneSettings
from channels.switch import Legs
from channels.three_way import Deed

_ROOM, _HOLD = "hub-", "-hold"
"""What the name of every bridge of ours begins with, and that of one to wait in ends with; between them the call's."""
UNREADABLE = "unreadable"


class AsteriskLine(Hotline):
    """Adapter, Webhook, Pollable and Switch."""

    def __init__(self, account: str, settings: PhoneSettings, ari: AriSettings, tools: Tools) -> None:
        super().__init__(account, settings, tools)
        self._ari = ari
        self._rest = Rest(ari, tools.http)

    # --- Pollable

    def read(self, raw: bytes, *, at: datetime) -> Batch:
        """One event of the websocket. Raises Malformed."""
        return Batch(calls=self._calls().heard(Payload.from_json(raw)))

    async def poll(self, cursor: str) -> AsyncIterator[tuple[Batch, str]]:
        """See :meth:`channels.adapter.Pollable.poll`. Nothing is kept for us while we are away: there is no cursor."""
        calls, rooms = self._calls(), dict[str, int]()
        try:
            async with self._rest.events() as socket:
                await self._look_around(calls, rooms)
                async for message in socket:
                    batch = await self._taken(calls, rooms, message)
                    if batch is not None:
                        yield batch, ""
        except aiohttp.WSServerHandshakeError as problem:
            kind = Credential if problem.status in {401, 403} else Later
            raise kind("Asterisk refuses the websocket", code=str(problem.status)) from None
        except (aiohttp.ClientError, OSError, TimeoutError) as problem:
            raise Later(f"Asterisk is away: {type(problem).__name__}") from None
        except Never as problem:  # its interface is not loaded, or not yet
            raise Later(str(problem), code=problem.code) from None
        raise Later("Asterisk closed the websocket")

    async def _taken(self, calls: AsteriskCalls, rooms: dict[str, int], message: Any) -> Batch | None:
        """What one frame tells, None for nothing. ``rooms`` are ours, and how many are in each."""
        if message.type is not aiohttp.WSMsgType.TEXT:
            return None
        try:
            event = Payload.from_json(message.data.encode("utf-8", "replace"))
            if (kind := event["type"].word(limit=64)) == "ApplicationReplaced":
                raise Later("another program took the application over", after=30.0)
            steps = calls.heard(event)
            if kind == "StasisStart":
                await self._seat(calls, event["channel"])
            elif kind in {"ChannelEnteredBridge", "ChannelLeftBridge"}:
                _count(rooms, event["bridge"])
        except Malformed:
            return Batch(ignored=(UNREADABLE,))
        if kind in {"ChannelLeftBridge", "ChannelDestroyed"}:
            await self._tidy(calls, rooms)
        return Batch(calls=steps) if steps else None

    async def _look_around(self, calls: AsteriskCalls, rooms: dict[str, int]) -> None:
        """Whose legs the channels are that were there before us, and which rooms."""
        try:
            for channel in Payload.from_json((await self._rest.ask("GET", "channels"))[1]):
                calls.know(channel)
            for bridge in Payload.from_json((await self._rest.ask("GET", "bridges"))[1]):
                _count(rooms, bridge)
        except Malformed as problem:
            raise Later(f"what is there is strange: {problem}") from None

    async def _seat(self, calls: AsteriskCalls, channel: Payload) -> None:
        """Citizen and agent who come in from the dialplan are put into one room: that is their talk."""
        leg = calls.know(channel)
        if leg is not None and leg[0] in (Party.CITIZEN, Party.AGENT):
            name = channel["id"].word(limit=128)
            try:
                await self._put(name, _ROOM + leg[1], kind="mixing")
            except Never:
                return  # hung up meanwhile

    async def _tidy(self, calls: AsteriskCalls, rooms: dict[str, int]) -> None:
        """Close the empty rooms of calls that are over. Not earlier: Asterisk does not give a closed room's name again."""
        over = [name for name, count in rooms.items() if not count and not calls.alive(_call(name))]
        for name in over:
            del rooms[name]
            await self._rest.ask("DELETE", "bridges", name, fine=GONE)

    # --- Switch

    async def do(self, deed: Deed, legs: Legs, *, number: str = "") -> None:
        """See :meth:`channels.switch.Switch.do`."""
        room = _ROOM + legs.call
        match deed:
            case Deed.HOLD_CITIZEN:
                await self._put(legs.call, room + _HOLD, kind="holding")
            case Deed.RING_UNIT:
                await self._ring(legs, number)
            case Deed.CONNECT_UNIT:
                await self._put(legs.unit, room, kind="mixing")
            case Deed.JOIN_CITIZEN:
                await self._put(legs.call, room, kind="mixing")
            case Deed.REQUEUE_CITIZEN:
                # On with his dialplan, which leads back into the queue (README.md).
                await self._rest.ask("POST", "channels", legs.call, "continue", fine=GONE)
            case Deed.DROP_CITIZEN | Deed.DROP_AGENT | Deed.DROP_UNIT:
                leg = {Deed.DROP_CITIZEN: legs.call, Deed.DROP_AGENT: legs.agent, Deed.DROP_UNIT: legs.unit}[deed]
                if leg:
                    await self._rest.ask("DELETE", "channels", leg, fine=GONE)

    async def dial(self, extension: str, number: str, *, call: str) -> None:
        """See :meth:`channels.switch.Switch.dial`."""
        await self._rest.ask(
            "POST", "channels",
            endpoint=self._ari.agent.format(extension=extension), extension=number, context=self._ari.context,
            priority=1, callerId=self._caller_id, timeout=self.settings.ring_seconds, channelId=call,
        )  # fmt: skip

    async def _ring(self, legs: Legs, number: str) -> None:
        await self._rest.ask(
            "POST", "channels", fine=THERE,
            endpoint=self._ari.trunk.format(number=number), app=self._ari.app, appArgs=f"unit,{legs.call}",
            callerId=self._caller_id, timeout=self.settings.ring_seconds, channelId=legs.unit,
        )  # fmt: skip

    async def _put(self, leg: str, room: str, *, kind: str) -> None:
        """Into a room that is made if it is not there."""
        await self._rest.ask("POST", "bridges", room, fine=THERE, type=kind)
        await self._rest.ask("POST", "bridges", room, "addChannel", channel=leg)

    @property
    def _caller_id(self) -> str:
        return self.settings.caller_id or self.settings.lines[0]

    def _calls(self) -> AsteriskCalls:
        return AsteriskCalls(self.account, self.settings.lines, self._ari.app)


def _call(room: str) -> str:
    return room.removeprefix(_ROOM).removesuffix(_HOLD)


def _count(rooms: dict[str, int], bridge: Payload) -> None:
    name = bridge["id"].word(limit=200)
    if name.startswith(_ROOM):
        rooms[name] = len(list(bridge["channels"]))

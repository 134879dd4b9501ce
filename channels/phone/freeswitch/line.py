"""One hotline on a FreeSWITCH: its events taken in over the event socket, and its legs moved about (conferences)."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import datetime

from channels.adapter import Tools
from channels.errors import Later, Malformed, Never
from channels.message import Batch
from channels.payload import Payload
from channels.phone.adapter import Hotline
from channels.phone.freeswitch.calls import EVENTS, FreeswitchCalls
from channels.phone.freeswitch.session import Session
from channels.phone.settings import EslSettings, PhoneSettings
from channels.switch import Legs
from channels.three_way import Deed

_SAFE = re.compile(r"[\w.+-]{1,128}", re.ASCII)
"""What may stand in a command: names of legs, numbers, extensions; nothing that could begin another word of it."""
SILENCE = 70.0
"""Seconds: three heartbeats."""
_NO_SUCH = "No such channel"


class FreeswitchLine(Hotline):
    """Adapter, Webhook, Pollable and Switch."""

    def __init__(self, account: str, settings: PhoneSettings, esl: EslSettings, tools: Tools) -> None:
        super().__init__(account, settings, tools)
        self._esl = esl

    # --- Pollable

    def read(self, raw: bytes, *, at: datetime) -> Batch:
        """One event of the socket, as JSON. Raises Malformed."""
        return Batch(calls=self._calls().heard(Payload.from_json(raw)))

    async def poll(self, cursor: str) -> AsyncIterator[tuple[Batch, str]]:
        """See :meth:`channels.adapter.Pollable.poll`. Nothing is kept for us while we are away: there is no cursor."""
        calls, session = self._calls(), await Session.open(self._esl)
        try:
            answer = await session.ask(f"event json {' '.join(EVENTS)}")
            if not answer.words.startswith("+OK"):
                raise Later("FreeSWITCH does not let us listen")
            while True:
                frame = await session.event(silence=SILENCE)
                try:
                    steps = calls.heard(Payload.from_json(frame.body))
                except Malformed:
                    yield Batch(ignored=("unreadable",)), ""
                    continue
                if steps:
                    yield Batch(calls=steps), ""
        finally:
            await session.close()

    # --- Switch

    async def do(self, deed: Deed, legs: Legs, *, number: str = "") -> None:
        """See :meth:`channels.switch.Switch.do`."""
        call, room = _safe(legs.call), self._room(legs.call)
        match deed:
            case Deed.HOLD_CITIZEN:
                await self._hold(call, room)
            case Deed.RING_UNIT:
                await self._ring(legs, number, room)
            case Deed.CONNECT_UNIT:
                return  # its leg comes into the room by itself
            case Deed.JOIN_CITIZEN:
                await self._api(f"uuid_transfer {call} {room} inline")
            case Deed.REQUEUE_CITIZEN:
                await self._api(f"uuid_transfer {call} {_safe(self.settings.lines[0])} XML {self._esl.context}")
            case Deed.DROP_CITIZEN | Deed.DROP_AGENT | Deed.DROP_UNIT:
                leg = {Deed.DROP_CITIZEN: legs.call, Deed.DROP_AGENT: legs.agent, Deed.DROP_UNIT: legs.unit}[deed]
                if leg:
                    await self._api(f"uuid_kill {_safe(leg)}")

    async def dial(self, extension: str, number: str, *, call: str) -> None:
        """See :meth:`channels.switch.Switch.dial`."""
        agent = self._esl.agent.format(extension=_safe(extension))
        then = f"{_safe(number)} XML {self._esl.context}"
        await self._background(f"originate {self._wanted(call)}{agent} {then}", job=call)

    async def _hold(self, call: str, room: str) -> None:
        """The citizen alone into a room of his own, where music plays, the agent into the one where the talk goes on; in
        a later three-way call of theirs the agent is there already."""
        hold = self._room(f"{call}-hold")
        if await self._asked(f"uuid_dual_transfer {call} {hold}/inline {room}/inline"):
            await self._api(f"uuid_transfer {call} {hold} inline")

    async def _ring(self, legs: Legs, number: str, room: str) -> None:
        trunk = self._esl.trunk.format(number=_safe(number))
        await self._background(f"originate {self._wanted(legs.unit)}{trunk} &{_app(room)}", job=legs.unit)

    def _wanted(self, leg: str) -> str:
        caller = _safe(self.settings.caller_id or self.settings.lines[0])
        wanted = {
            "origination_uuid": _safe(leg),
            "origination_caller_id_number": caller,
            "originate_timeout": str(self.settings.ring_seconds),
            "ignore_early_media": "true",
        }
        return "{" + ",".join(f"{name}={value}" for name, value in wanted.items()) + "}"

    def _room(self, call: str) -> str:
        return f"conference:hub-{_safe(call)}@{self._esl.profile}"

    async def _api(self, words: str) -> None:
        """A command whose leg may be gone. Raises SendError."""
        refused = await self._asked(words)
        if refused and _NO_SUCH not in refused:
            raise Later("FreeSWITCH refused", code=refused[:64])

    async def _asked(self, words: str) -> str:
        """ "" where it was done, else what FreeSWITCH said."""
        session = await Session.open(self._esl)
        try:
            said = (await session.ask(f"api {words}")).words
        finally:
            await session.close()
        return "" if said.startswith("+OK") else said or "-ERR"

    async def _background(self, words: str, *, job: str) -> None:
        """A command that takes its time: an event with its job's name tells how it ended."""
        session = await Session.open(self._esl)
        try:
            said = (await session.ask(f"bgapi {words}", Job_UUID=_safe(job))).words
        finally:
            await session.close()
        if not said.startswith("+OK"):
            raise Later("FreeSWITCH refused", code=said[:64])

    def _calls(self) -> FreeswitchCalls:
        return FreeswitchCalls(self.account, self.settings.lines)


def _app(room: str) -> str:
    """ "conference:room@profile" as an application."""
    name, _, data = room.partition(":")
    return f"{name}({data})"


def _safe(word: str) -> str:
    if not _SAFE.fullmatch(word):
        raise Never("a name or number that could be a command")
    return word

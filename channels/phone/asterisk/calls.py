"""What Asterisk says of channels, as steps of calls: whose leg a channel is, and what became of it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator
from datetime import UTC, datetime

from channels.calls import CallEvent, CallStep, Direction, Party
from channels.payload import Payload
from channels.phone.parse import number
from channels.switch import OUT_CALL, UNIT_LEG, call_of

ID, WORD = 128, 64
_EXTENSION = re.compile(r"[A-Za-z0-9]+/([0-9]{2,16})(?![0-9])")
_DIALLED = {"": CallEvent.RINGING, "RINGING": CallEvent.RINGING, "ANSWER": CallEvent.ANSWERED}
Leg = tuple[Party, str]
"""Whose leg, and of which call; the citizen's own leg names the call."""


class AsteriskCalls:
    """Remembers whose leg each channel is; what it forgot with its process it reads again from the channel itself."""

    def __init__(self, account: str, lines: Collection[str], app: str) -> None:
        self._account = account
        self._lines = frozenset(lines)
        self._app = app
        self._legs: dict[str, Leg] = {}

    def know(self, channel: Payload) -> Leg | None:
        """Whose leg a channel is, None for one that is none of ours. Raises Malformed."""
        name = channel["id"].word(limit=ID)
        leg = self._legs.get(name) or self._read(name, channel)
        if leg is not None:
            self._legs[name] = leg
        return leg

    def alive(self, call: str) -> bool:
        """Whether the call's own leg is there."""
        return call in self._legs

    def heard(self, event: Payload) -> tuple[CallStep, ...]:
        """The steps one event of the websocket tells of, mostly none. Raises Malformed."""
        told = {
            "ChannelCreated": self._created,
            "Dial": self._dialled,
            "StasisStart": self._entered,
            "ChannelHold": self._held,
            "ChannelDestroyed": self._gone,
        }.get(event["type"].word(limit=WORD))
        return tuple(told(event)) if told else ()

    def _created(self, event: Payload) -> Iterator[CallStep]:
        channel = event["channel"]
        leg = self.know(channel)
        if leg is not None and leg == (Party.CITIZEN, _name(channel)) and not _ours(leg[1]):
            peer = number(_below(channel, "caller", "number"))
            line = _word(_below(channel, "dialplan", "exten"))
            yield self._step(event, leg[1], CallEvent.QUEUED, peer=peer, line=line)

    def _dialled(self, event: Payload) -> Iterator[CallStep]:
        caller, what = event.get("caller"), _DIALLED.get(event["dialstatus"].text(limit=WORD))
        leg = self.know(caller) if caller else None
        if leg is None or what is None or leg[0] is not Party.CITIZEN:
            return
        # Who is rung: an agent, or, in a call of ours, the citizen.
        ours = _ours(leg[1])
        extension = "" if ours else _extension(event["peer"])
        # Some channels learn who calls only in the dialplan.
        peer = "" if ours or caller is None else number(_below(caller, "caller", "number"))
        yield self._step(event, leg[1], what, extension=extension, peer=peer)

    def _entered(self, event: Payload) -> Iterator[CallStep]:
        channel = event["channel"]
        name, args = _name(channel), [one.text(limit=ID) for one in event["args"]]
        match args:
            case ["agent", call] if call:
                self._legs[name] = (Party.AGENT, call)
                yield self._step(event, call, CallEvent.PARTY_ON, party=Party.AGENT, leg=name)
            case ["unit", call] if call_of(name) == call:
                yield self._step(event, call, CallEvent.PARTY_ON, party=Party.UNIT, leg=name)
            case ["citizen"]:
                self._legs[name] = (Party.CITIZEN, name)

    def _held(self, event: Payload) -> Iterator[CallStep]:
        if leg := self.know(event["channel"]):
            yield self._step(event, leg[1], CallEvent.HELD)

    def _gone(self, event: Payload) -> Iterator[CallStep]:
        channel = event["channel"]
        leg, name = self.know(channel), _name(channel)
        self._legs.pop(name, None)
        if leg is None:
            return
        if leg[0] is Party.CITIZEN:
            yield self._step(event, leg[1], CallEvent.ENDED, cause=event["cause_txt"].text(limit=200)[:WORD])
        else:
            yield self._step(event, leg[1], CallEvent.PARTY_OFF, party=leg[0], leg=name)

    def _read(self, name: str, channel: Payload) -> Leg | None:
        if name.startswith((UNIT_LEG, OUT_CALL)):
            if name.endswith(";2"):  # the far end of a Local channel is no leg of its own
                return None
            whose = call_of(name)
            return (Party.UNIT, whose) if whose else (Party.CITIZEN, name) if _ours(name) else None
        match _word(_below(channel, "dialplan", "app_data"), 300).split(","):
            case [self._app, "agent", call] if call:
                return Party.AGENT, call[:ID]
            case [self._app, "citizen"]:
                return Party.CITIZEN, name
        return (Party.CITIZEN, name) if _word(_below(channel, "dialplan", "exten")) in self._lines else None

    def _step(self, event: Payload, call: str, what: CallEvent, **more: str | Party) -> CallStep:
        stamp = event["timestamp"].text(limit=40)
        unique = "|".join((stamp, what.value, call, *map(str, more.values())))
        return CallStep(
            account=self._account,
            # Asterisk numbers no events.
            id=hashlib.sha256(unique.encode()).hexdigest()[:32],
            call_id=call,
            what=what,
            at=_moment(event["timestamp"]),
            direction=Direction.OUT if _ours(call) else Direction.IN,
            **more,  # type: ignore[arg-type]
        )


def _ours(call: str) -> bool:
    return call.startswith(OUT_CALL)


def _name(channel: Payload) -> str:
    return channel["id"].word(limit=ID)


def _below(item: Payload, *keys: str) -> Payload | None:
    found: Payload | None = item
    for key in keys:
        found = found.get(key) if found else None
    return found


def _word(item: Payload | None, limit: int = WORD) -> str:
    return item.text(limit=limit) if item else ""


def _extension(channel: Payload) -> str:
    """ "PJSIP/1001-00000002" rings at 1001."""
    found = _EXTENSION.match(channel["name"].text(limit=200))
    return found[1] if found else ""


def _moment(item: Payload) -> datetime:
    try:
        return datetime.fromisoformat(item.text(limit=40)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise item.refuse("is not a moment") from None

"""What FreeSWITCH says of channels, as steps of calls: whose leg a channel is, and what became of it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from channels import phones
from channels.calls import CallEvent, CallStep, Direction, Party
from channels.errors import Malformed
from channels.payload import Payload
from channels.switch import OUT_CALL, UNIT_LEG, call_of

EVENTS = (
    *("CHANNEL_CREATE", "CHANNEL_PROGRESS", "CHANNEL_PROGRESS_MEDIA", "CHANNEL_ANSWER", "CHANNEL_BRIDGE"),
    *("CHANNEL_HOLD", "CHANNEL_HANGUP_COMPLETE", "BACKGROUND_JOB", "HEARTBEAT"),
)
"""What we listen to; the heartbeat comes every 20 seconds."""
ID, WORD = 128, 64
_EXTENSION = re.compile(r"[0-9]{2,16}")
_BEGAN = datetime(1970, 1, 1, tzinfo=UTC)


class FreeswitchCalls:
    """Remembers which channels are agents' legs; a citizen's is known by the number he dialled."""

    def __init__(self, account: str, lines: Collection[str]) -> None:
        self._account = account
        self._lines = frozenset(lines)
        self._agents: dict[str, str] = {}
        """An agent's leg, and the call it belongs to."""
        self._citizens: set[str] = set()

    def heard(self, event: Payload) -> tuple[CallStep, ...]:
        """The steps one event tells of, mostly none. Raises Malformed."""
        name = _word(event, "Event-Name")
        if name == "BACKGROUND_JOB":
            return tuple(self._not_placed(event))
        leg = _word(event, "Unique-ID", ID)
        if not leg:
            return ()
        if leg.startswith(UNIT_LEG):
            return tuple(self._of_unit(event, name, leg))
        if self._is_citizens(event, leg):
            return tuple(self._of_citizen(event, name, leg))
        return tuple(self._of_agent(event, name, leg))

    def _is_citizens(self, event: Payload, leg: str) -> bool:
        inbound = _word(event, "Call-Direction") == "inbound"
        if leg.startswith(OUT_CALL) or (inbound and _word(event, "Caller-Destination-Number") in self._lines):
            self._citizens.add(leg)
        return leg in self._citizens

    def _of_citizen(self, event: Payload, name: str, leg: str) -> Iterator[CallStep]:
        ours = leg.startswith(OUT_CALL)
        match name:
            case "CHANNEL_CREATE" if not ours:
                peer = phones.normal(_word(event, "Caller-Caller-ID-Number")) or ""
                line = _word(event, "Caller-Destination-Number")
                yield self._step(event, leg, CallEvent.QUEUED, peer=peer, line=line)
            case "CHANNEL_BRIDGE":
                number = "" if ours else _word(event, "Other-Leg-Destination-Number")
                agent = "" if ours else _word(event, "Other-Leg-Unique-ID", ID)
                yield from self._connected(event, leg, agent, number)
            case "CHANNEL_HOLD":
                yield self._step(event, leg, CallEvent.HELD)
            case "CHANNEL_HANGUP_COMPLETE":
                self._citizens.discard(leg)
                yield self._step(event, leg, CallEvent.ENDED, cause=_word(event, "Hangup-Cause"))

    def _of_agent(self, event: Payload, name: str, leg: str) -> Iterator[CallStep]:
        call = _word(event, "Other-Leg-Unique-ID", ID)
        number = _word(event, "Caller-Destination-Number")
        rings = name in {"CHANNEL_CREATE", "CHANNEL_PROGRESS", "CHANNEL_PROGRESS_MEDIA"}
        of_citizen = call in self._citizens and not call.startswith(OUT_CALL)
        if rings and of_citizen:
            yield self._step(event, call, CallEvent.RINGING, extension=_extension(number))
        elif name == "CHANNEL_BRIDGE" and of_citizen:  # a queue bridges the other way round
            yield from self._connected(event, call, leg, number)
        elif name == "CHANNEL_HANGUP_COMPLETE" and (whose := self._agents.pop(leg, "")):
            yield self._step(event, whose, CallEvent.PARTY_OFF, party=Party.AGENT, leg=leg)

    def _connected(self, event: Payload, call: str, agent: str, number: str) -> Iterator[CallStep]:
        yield self._step(event, call, CallEvent.ANSWERED, extension=_extension(number))
        if agent:
            self._agents[agent] = call
            yield self._step(event, call, CallEvent.PARTY_ON, party=Party.AGENT, leg=agent)

    def _of_unit(self, event: Payload, name: str, leg: str) -> Iterator[CallStep]:
        call = call_of(leg)
        if name == "CHANNEL_ANSWER" and call:
            yield self._step(event, call, CallEvent.PARTY_ON, party=Party.UNIT, leg=leg)
        elif name == "CHANNEL_HANGUP_COMPLETE" and call:
            yield self._step(event, call, CallEvent.PARTY_OFF, party=Party.UNIT, leg=leg)

    def _not_placed(self, event: Payload) -> Iterator[CallStep]:
        """A unit, or a call of ours, that could not even be rung: no channel tells of it, the job does."""
        job, said = _word(event, "Job-UUID", ID), _word(event, "_body", 4000)
        if not said.startswith("-ERR"):
            return
        if call := call_of(job):
            yield self._step(event, call, CallEvent.PARTY_OFF, party=Party.UNIT, leg=job)
        elif job.startswith(OUT_CALL):
            yield self._step(event, job, CallEvent.ENDED, cause=said.removeprefix("-ERR").strip()[:WORD])

    def _step(self, event: Payload, call: str, what: CallEvent, **more: str | Party) -> CallStep:
        unique = f"{_word(event, 'Core-UUID')}:{_word(event, 'Event-Sequence')}:{what.value}"
        return CallStep(
            account=self._account,
            id=unique[:ID],
            call_id=call,
            what=what,
            at=_moment(event["Event-Date-Timestamp"]),
            direction=Direction.OUT if call.startswith(OUT_CALL) else Direction.IN,
            **more,  # type: ignore[arg-type]
        )


def _word(event: Payload, name: str, limit: int = WORD) -> str:
    found = event.get(name)
    with suppress(Malformed):
        return found.text(limit=limit) if found else ""
    return ""  # longer than anything we look for


def _extension(number: str) -> str:
    return number if _EXTENSION.fullmatch(number) else ""


def _moment(item: Payload) -> datetime:
    """Microseconds since 1970."""
    try:
        return _BEGAN + timedelta(microseconds=item.integer())
    except OverflowError:
        raise item.refuse("is not a moment") from None

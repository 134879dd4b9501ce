"""A telephone call (来电、去电): what a switchboard tells of it step by step, and what the steps add up to in any order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import TypeVar

T = TypeVar("T", bound=str)


class CallEvent(StrEnum):
    """What may happen to a call (protocols.md §7.1), and, from switchboards we control, who comes into it and leaves."""

    QUEUED = "call.queued"
    RINGING = "call.ringing"
    """An agent's extension rings."""
    ANSWERED = "call.answered"
    """A person answered; a machine that plays music does not."""
    BRIDGED = "call.bridged"
    HELD = "call.held"
    TRANSFERRED = "call.transferred"
    CONFERENCE = "call.conference"
    ENDED = "call.ended"
    RECORDING_READY = "call.recording_ready"
    PARTY_ON = "party.on"
    PARTY_OFF = "party.off"


class Direction(StrEnum):
    """Who called: the citizen (IN), or one of us."""

    IN = "in"
    OUT = "out"


class Party(StrEnum):
    """Whose leg of a call it is."""

    CITIZEN = "citizen"
    AGENT = "agent"
    UNIT = "unit"
    """A unit's duty line, called in for a three-way call."""


class Phase(StrEnum):
    """How far a call is."""

    QUEUED = "queued"
    RINGING = "ringing"
    TALKING = "talking"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallStep:
    """One thing a switchboard said about one call. What it did not say is "" or None.

    ``id`` is the provider's for this event; ``call_id`` names the call on its switchboard (there, the citizen's leg);
    ``peer`` is the citizen's number, normalised, "" where he hides it; ``line`` our own number.
    """

    account: str
    id: str = field(repr=False)
    call_id: str = field(repr=False)
    what: CallEvent
    at: datetime
    direction: Direction | None = None
    peer: str = field(default="", repr=False)
    line: str = ""
    queue: str = ""
    extension: str = ""
    cause: str = ""
    """Why it ended, in the switchboard's own word."""
    talked: int | None = None
    """Seconds billed."""
    recording: str = field(default="", repr=False)
    """Where the recording lies, an http(s) address."""
    party: Party | None = None
    leg: str = field(default="", repr=False)
    """The switchboard's name for the leg of ``party``."""


_OF_PARTIES: Mapping[CallEvent, str] = {CallEvent.PARTY_ON: "agent_on", CallEvent.PARTY_OFF: "agent_off"}
Mark = tuple[datetime, str, str]
"""A word about a call that a later one replaces: when, in which event, what."""
_NO_MARKS: Mapping[str, Mark] = MappingProxyType({})
_STARTS: Mapping[CallEvent, str] = {
    CallEvent.QUEUED: "queued_at",
    CallEvent.RINGING: "ringing_at",
    CallEvent.ANSWERED: "answered_at",
    # Where the answer itself was not told, or is still under way to us.
    CallEvent.BRIDGED: "answered_at",
    CallEvent.CONFERENCE: "answered_at",
    CallEvent.ENDED: "ended_at",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What all steps heard so far add up to. The same steps give the same call in whatever order, and however often,
    they come: moments are the earliest told, words the latest, and what should never differ is the smaller."""

    direction: Direction | None = None
    peer: str = field(default="", repr=False)
    line: str = ""
    began_at: datetime | None = None
    queued_at: datetime | None = None
    ringing_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    marks: Mapping[str, Mark] = field(default_factory=lambda: _NO_MARKS, repr=False)

    @property
    def phase(self) -> Phase:
        """How far it is; it only rises."""
        if self.ended_at:
            return Phase.ENDED
        if self.answered_at:
            return Phase.TALKING
        return Phase.RINGING if self.ringing_at else Phase.QUEUED

    @property
    def missed(self) -> bool:
        """The citizen waited, and ended it before a person answered (未接来电)."""
        waited = self.queued_at or self.ringing_at
        return bool(self.direction is Direction.IN and waited and self.ended_at and not self.answered_at)

    @property
    def waited(self) -> timedelta:
        """How long the citizen waited for a person, so far as it is over."""
        since, until = self.queued_at or self.ringing_at, self.answered_at or self.ended_at
        return max(until - since, timedelta()) if since and until else timedelta()

    @property
    def agent_leg(self) -> str:
        """The leg of the agent who is on the line, "" for none; of an agent before him nothing is kept."""
        leg = self.word("agent_on")
        return "" if leg == self.word("agent_off") else leg

    def word(self, name: str) -> str:
        """The latest word about ``name``: "queue", "extension", "doing", "cause", "talked", "recording"."""
        mark = self.marks.get(name)
        return mark[2] if mark else ""

    def heard(self, step: CallStep) -> Call:
        """The call with one more step."""
        moments = {"began_at": _earlier(self.began_at, step.at)}
        if name := _STARTS.get(step.what):
            moments[name] = _earlier(getattr(self, name), step.at)
        marks = dict(self.marks)
        for name, word in _words(step).items():
            mark = (step.at, step.id, word)
            marks[name] = max(marks.get(name, mark), mark)
        return replace(
            self,
            direction=_smaller(self.direction, step.direction),
            peer=_smaller(self.peer or None, step.peer or None) or "",
            line=_smaller(self.line or None, step.line or None) or "",
            marks=marks,
            **moments,
        )


def _words(step: CallStep) -> dict[str, str]:
    if name := _OF_PARTIES.get(step.what):
        return {name: step.leg} if step.party is Party.AGENT else {}
    given = {
        "doing": step.what.value,
        "queue": step.queue,
        "extension": step.extension,
        "cause": step.cause,
        "talked": "" if step.talked is None else str(step.talked),
        "recording": step.recording,
    }
    return {name: word for name, word in given.items() if word}


def _earlier(one: datetime | None, other: datetime) -> datetime:
    return min(one, other) if one else other


def _smaller(one: T | None, other: T | None) -> T | None:
    return min(one, other) if one and other else one or other

"""What a gateway's protocol must know how to do: one small driver for each, plain computation without a socket."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Protocol

from channels.message import Receipt
from channels.sms.line.concat import Place


class Role(Enum):
    """What a frame is for, whatever its protocol calls it."""

    ADMISSION = "admission"
    """The answer to our greeting."""
    VERDICT = "verdict"
    """The answer to a text of ours."""
    PING = "ping"
    PONG = "pong"
    ARRIVAL = "arrival"
    """A citizen's text or a report."""
    LEAVING = "leaving"
    """The gateway ends the session."""
    FAREWELL = "farewell"
    """The answer to our leaving."""
    REFUSAL = "refusal"
    """It could not read a request of ours."""
    OTHER = "other"


class Answer(Enum):
    """What the gateway is told of something it delivered."""

    TAKEN = "taken"
    AGAIN = "again"
    """Not now: deliver it again."""
    NEVER = "never"
    """Nothing can be read of it: do not deliver it again."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One PDU. ``status`` is the gateway's code, 0 in requests."""

    role: Role
    command: int
    sequence: int
    status: int = 0
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One part of a text of ours, ready for the air: UTF-16 units, its place in front of them where there are several.

    ``report`` asks for a report: only the last part does, so that one id stands for the whole message.
    """

    phone: str = field(repr=False)
    units: bytes = field(repr=False)
    place: Place | None = None
    report: bool = True
    sender: str = ""
    """Our number as the phone shows it, with its extension; "" for the account's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A citizen's text or a part of one, as it arrived. ``id`` is the gateway's own, "" where it gives none."""

    phone: str = field(repr=False)
    to: str
    coding: str
    octets: bytes = field(repr=False)
    place: Place | None = None
    id: str = ""


class Dialect(Protocol):
    """One protocol with one account's settings. What is read raises Malformed and nothing else, whatever the bytes."""

    head: int
    """Octets that must be read to know a frame's size."""
    last_sequence: int
    ends: frozenset[str]
    """Codes of refusals after which only a new session helps."""

    def size(self, head: bytes) -> int:
        """The size of the whole frame, its head included."""
        ...

    def frame(self, raw: bytes) -> Frame:
        """Read a whole frame; its body is not looked into yet."""
        ...

    def hello(self, sequence: int, now: datetime) -> bytes:
        """Our greeting, with the password in it."""
        ...

    def admitted(self, frame: Frame) -> None:
        """Read the answer to it. Raises ``Credential`` or ``Later`` where we were not let in."""
        ...

    def ping(self, sequence: int) -> bytes:
        """Are you there?"""
        ...

    def bye(self, sequence: int) -> bytes:
        """We leave."""
        ...

    def answer(self, frame: Frame, answer: Answer) -> bytes:
        """The answer to a request of the gateway's; b"" where it expects none."""
        ...

    def submit(self, sequence: int, text: Text) -> bytes:
        """The request that sends one part. Raises ``Never`` for an address the protocol cannot carry."""
        ...

    def verdict(self, frame: Frame) -> str:
        """The id in the answer to it. Raises a SendError where it was refused."""
        ...

    def arrival(self, frame: Frame, *, account: str) -> Piece | Receipt | None:
        """What was delivered; None where it is nothing to us (an intermediate report). Raises Malformed."""
        ...

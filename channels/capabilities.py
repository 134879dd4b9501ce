"""What each channel can and may do, as plain data the rest of the house reads.

Nobody outside a channel folder asks a channel its name; they read these numbers. Each literal in a channel folder
carries its source and the date it was checked beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType

from channels.message import Trigger


class Unit(StrEnum):
    """How a channel counts the length of a text."""

    CHARACTERS = "characters"
    UTF8_BYTES = "utf8_bytes"
    UTF16_UNITS = "utf16_units"


class Route(StrEnum):
    """The ways a message of ours can leave; a channel lists those it has."""

    INLINE = "inline"
    """In the response to the citizen's own message (WeChat's passive reply)."""
    DIRECT = "direct"
    """A free message, allowed at any time (web chat), or inside a window where ``windows`` is not empty."""
    SUBSCRIPTION = "subscription"
    """A registered template that each citizen must have given leave for (订阅通知), outside any window."""
    TEMPLATE = "template"
    """A registered template, outside any window."""


@dataclass(frozen=True, slots=True)
class Permit:
    """What a notice needs to leave by subscription: the citizen's leave for ``template``. A ``lasting`` leave (长期订阅)
    is good until it is taken back, any other for one send."""

    template: str
    lasting: bool = False


@dataclass(frozen=True, slots=True)
class Window:
    """How many free messages an arrival of this kind buys (None: as many as we like), and for how long."""

    count: int | None
    lasts: timedelta


@dataclass(frozen=True, slots=True)
class Rate:
    """At most ``per_second`` sends a second for one account, in bursts of at most ``burst``."""

    per_second: float
    burst: int


class Choices(StrEnum):
    """How choices are shown."""

    BUTTONS = "buttons"
    TEXT = "text"


_NO_WINDOWS: Mapping[Trigger, Window] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """The literal of one channel. Limits are the provider's; ``checked`` says when somebody last read them."""

    text_limit: int
    text_unit: Unit
    routes: tuple[Route, ...]
    inline_seconds: float = 0.0
    """How long the provider waits for an inline reply; 0 where it has none."""
    windows: Mapping[Trigger, Window] = field(default_factory=lambda: _NO_WINDOWS)
    """Empty: free messages may be sent at any time. Else only what these windows allow."""
    choices: Choices = Choices.TEXT
    segments: bool = False
    """True where a text is billed by segments, so that texts are kept short (SMS)."""
    receipts: bool = False
    idempotent: bool = False
    """True where the provider drops a repeated send with the same key: an unknown outcome may then be repeated."""
    media_in: bool = False
    rate: Rate = field(default_factory=lambda: Rate(per_second=20.0, burst=20))
    at_home: bool = False
    """True where what we say is read from our own store: committed is sent (web chat)."""
    answers_a_day: int = 0
    """Most answers of the bot to one address in 24 hours, 0 for no limit: more would be two machines talking."""
    telephone: bool = False
    """True where citizens' calls come in (``Batch.calls``)."""
    phone_addressed: bool = False
    """True where ``Address.peer`` is a phone number: the channel other channels may fall back to."""
    checked: str = ""
    source: str = ""

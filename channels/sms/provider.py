"""What a company that sends SMS over HTTP must know how to do: one small driver for each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Protocol

from channels.message import Inbound, Receipt
from channels.payload import Payload
from channels.sms.verdicts import Verdict

BEIJING = timezone(timedelta(hours=8), "Asia/Shanghai")


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One SMS: a registered template and what fills it. ``variables`` are in the template's order."""

    key: str
    phone: str = field(repr=False)
    template: str
    variables: Mapping[str, str] = field(repr=False)
    extension: str = ""
    """The digits behind our number that an answer comes back to; "" for the account's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A signed POST: exactly these bytes and this encoded address are what was signed."""

    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the provider said to a call: its code, and the id if it took the message. ``words`` explain the code and may
    hold the phone number: they are read here, never shown."""

    code: str
    id: str = field(default="", repr=False)
    words: str = field(default="", repr=False)


class Provider(Protocol):
    """One account at one provider. Everything here is plain computation; the adapter does the calling."""

    accepted: str
    """The code that means "taken"."""
    verdicts: Mapping[str, Verdict]
    """Every other code."""
    probe: bytes
    """The body that answers its GET check of our address."""
    thanks: bytes
    """The body that tells it we have what it pushed."""
    again: bytes
    """The body that goes with a 5xx."""

    def call(self, message: Message, *, now: datetime, nonce: str) -> Call:
        """The request that sends ``message``."""
        ...

    def answer(self, response: Payload) -> Answer:
        """Read the response. Raises Malformed."""
        ...

    def is_reply(self, item: Payload) -> bool:
        """True for a citizen's message (上行), False for a report on one of ours. Raises Malformed for neither."""
        ...

    def inbound(self, item: Payload, *, account: str) -> Inbound:
        """Read a citizen's message. Raises Malformed."""
        ...

    def receipt(self, item: Payload, *, account: str) -> Receipt:
        """Read a report. Raises Malformed."""
        ...

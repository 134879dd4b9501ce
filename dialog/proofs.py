"""What a citizen offers as a proof of who he is, and what became of it: the hub compares, the dialog only hears."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Asks(StrEnum):
    """What a message wants of the hub before it can be answered."""

    TEXT = "text"
    """A code by SMS to the number he gives."""
    TEXT_HOLDER = "text_holder"
    """A code by SMS to the number the ticket knows."""
    PHONE = "phone"
    """Is this the code he was sent?"""
    CLAIM = "claim"
    """Are these a ticket's number and its claim code?"""
    TAIL = "tail"
    """Are these the last digits of the phone that ticket knows?"""


@dataclass(frozen=True, slots=True)
class Offer:
    """One message's offer: ``ticket`` of a claim, ``given`` the code, the digits or the phone he typed."""

    asks: Asks
    given: str = field(default="", repr=False)
    ticket: str = ""


class Verdict(StrEnum):
    """What the hub found."""

    RIGHT = "right"
    WRONG = "wrong"
    OVER = "over"
    """There is no such code, or no longer."""
    LOCKED = "locked"
    """Too many wrong ones."""
    OFTEN = "often"
    """Too many codes were sent already."""

"""What the fault suite must know of a channel to try it: each channel's tests hand it over as ``CASES``.

For the folder ``channels/sms`` it imports ``tests/channels/sms/faults.py`` and tries every :class:`Fault` with every
:class:`Case` there, through a whole hub. A case plays its provider on loopback behind a proxy that spoils the way to
it, and says of each fault it cannot have why. A folder without a case fails the suite.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import aiohttp

from tests.faults.proxy import Proxy
from tests.journeys.clock import Clock


class Fault(Enum):
    """What a provider, or the way to it, does wrong."""

    REPEATED = "the same message again five seconds later"
    REPEATED_AT_ONCE = "the same message while the first is being committed, at every process"
    REPUSHED = "the same message again two hours later"
    UNACKNOWLEDGED = "our acknowledgement is lost and the message comes again"
    CUT_COMING = "a delivery is cut in its middle"
    SILENT_LINE = "the way to the provider stays open and says nothing"
    SHUFFLED_ALBUM = "the pieces of an album come in any order"
    RENUMBERED = "the provider numbers what it keeps anew"

    THROTTLED = "slower"
    EXPIRED = "the access token is no longer good"
    REFUSED = "our credentials are refused until an operator acts"
    WINDOW = "the reply window is closed, or what it allowed is used up"
    UNANSWERED = "a message is taken and never answered"
    DROPPED = "a message is taken and the line cut before the answer"
    HALF_ANSWERED = "a message is taken and the answer cut in its middle"
    SWALLOWED = "a message leaves and arrives nowhere"
    EARLY_REPORT = "the report comes before the answer to the message"
    LATE_REPORT = "the report comes hours later, twice, and then a contrary one"

    OUTAGE = "nobody answers for ten minutes"


COMING = tuple(Fault)[:8]
"""Those of citizens' words on their way to us; the next are of ours to them."""


class Provider:
    """A provider on loopback with one account of ours and two citizens. What a channel cannot have stays as it is."""

    folder = ""
    account: Mapping[str, Any]
    """``[channels.<folder>.city]``, leading through the ``lines``."""
    citizens: Sequence[str] = ("A", "B")
    lines: Sequence[Proxy] = ()
    """Everything of ours that reaches it, or holds a line to it."""
    throttles: Sequence[Callable[[], Any]] = ()
    """Each makes it refuse with one of its ways to say "slower"."""
    closings: Sequence[Callable[[], Any]] = ()
    """Each makes it refuse with one of its ways to say that the reply window is closed."""
    refuse_login: Callable[[], Any]
    accept: Callable[[], Any]
    """From now on it behaves."""
    expire: Callable[[], Any]
    renewals: Callable[[], int]
    """How often we bought a new token."""
    clock: Clock
    http: aiohttp.ClientSession

    def request(self, octets: bytes) -> bool:
        """Whether these octets of ours bring it a message."""
        raise NotImplementedError

    async def begin(self, base: str) -> None:
        """The hub listens at ``base``."""

    def compose(self, citizen: str, words: str) -> Any:
        """A message the citizen writes, not yet handed over."""
        raise NotImplementedError

    async def deliver(self, message: Any, base: str) -> None:
        """Hand it over, for the first or the hundredth time, to the hub at ``base``."""
        raise NotImplementedError

    async def deliver_unheard(self, message: Any, base: str) -> None:
        """Hand it over, lose what the hub answers, and hand it over again."""
        raise NotImplementedError

    async def deliver_half(self, message: Any, base: str) -> None:
        """Lose the line in the middle of handing it over, and hand it over again."""
        raise NotImplementedError

    def heard(self, citizen: str) -> Sequence[str]:
        """What reached him, oldest first, as it reached him."""
        raise NotImplementedError

    async def report(self, number: int, base: str, *, arrived: bool = True) -> None:
        """Report on the message it took as ``number``-th of all, 1 being the first."""
        raise NotImplementedError

    def sessions(self) -> int:
        """How often it let us in; of those only to whom we send over a line we hold."""
        return 0

    def taken(self) -> int:
        """How many messages it took of us."""
        return sum(len(self.heard(citizen)) for citizen in self.citizens)


@dataclass(frozen=True, kw_only=True)
class Case:
    """One way to configure one channel. ``provider`` gets pytest's ``getfixturevalue``."""

    name: str
    provider: Callable[[Callable[[str], Any]], AbstractAsyncContextManager[Any]]
    cannot: Mapping[Fault, str]
    """The faults it cannot have, and why."""
    tries: Mapping[Fault, Callable[[Any], Awaitable[None]]] = field(default_factory=dict)
    """Faults only this channel has: what is to be done, given the house."""
    patience: Mapping[str, float] = field(default_factory=dict)
    """Seconds in the channel's code that a test need not wait for: dotted name -> value."""


CALLS_US = "it calls us: no line of ours stands between two calls"
KEEPS_NOTHING = "it keeps nothing for us that could be numbered"
NO_ALBUMS = "it sends no albums: each photo is a message of its own"
"""Reasons that several channels have in common."""

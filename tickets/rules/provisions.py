"""The provisions (条款) a policy is made of: each says what its numbers mean, and refuses numbers that cannot be meant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from enum import StrEnum
from itertools import pairwise

from tickets.appeal import Reason, Urgency
from tickets.clocks.cards import Mark
from tickets.limits.duration import Duration


class Step(StrEnum):
    """The office's and the unit's own timers (domain.md §3.2, second table)."""

    FIRST_REPLY = "first_reply"
    ACCEPT = "accept"
    DISPATCH = "dispatch"
    SIGN = "sign"
    DECIDE_RETURN = "decide_return"
    DECIDE = "decide"
    """Decide any other request: extension, suspension …"""
    CONTACT = "contact"
    REVIEW = "review"
    CALLBACK = "callback"


@dataclass(frozen=True, slots=True, kw_only=True)
class ByUrgency:
    """A duration per urgency. Where a faster one is not given, the next slower one holds."""

    normal: Duration
    urgent: Duration | None = None
    critical: Duration | None = None

    def __post_init__(self) -> None:
        given = [one for one in (self.normal, self.urgent, self.critical) if one]
        for slower, faster in pairwise(given):
            if faster.roughly > slower.roughly:
                raise ValueError(f"{faster} is longer than {slower}; the more urgent, the shorter")

    @classmethod
    def parse(cls, text: str) -> ByUrgency:
        """One duration for all."""
        return cls(normal=Duration.parse(text))

    def at(self, urgency: Urgency) -> Duration:
        """The duration for ``urgency``."""
        if urgency is Urgency.CRITICAL and self.critical:
            return self.critical
        if urgency is not Urgency.NORMAL and self.urgent:
            return self.urgent
        return self.normal


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit(ByUrgency):
    """The limit of one appeal type. ``complex`` is for matters marked so; ``callback`` whether the citizen is asked."""

    complex: Duration | None = None
    callback: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How limits are counted: ``closing`` is the time of day a working-day limit ends, None for 24:00."""

    closing: time | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Accept:
    """What an appeal must hold to be accepted without a person: names as in ``Draft.missing``."""

    essential: tuple[str, ...] = ()

    def lacking(self, missing: tuple[str, ...]) -> frozenset[str]:
        """What is ``missing`` and essential: a person must look first."""
        return frozenset(self.essential) & frozenset(missing)


@dataclass(frozen=True, slots=True, kw_only=True)
class Redo:
    """重办: its limits, how often, and for which of the citizen's reasons the system itself orders it (``auto``)."""

    limit: ByUrgency
    max: int
    discipline_proposal_after_dissatisfied: int
    auto: bool = False
    reasons: tuple[Reason, ...] = ()

    def __post_init__(self) -> None:
        at_least_one(discipline_proposal_after_dissatisfied=self.discipline_proposal_after_dissatisfied)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """How long something stays possible."""

    window: Duration


@dataclass(frozen=True, slots=True, kw_only=True)
class Urge:
    """催办: the least time between two urges of one ticket."""

    interval: Duration


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """Hours in which citizens are not written to unasked; ``start`` may be later than ``end`` (over midnight)."""

    start: time
    end: time

    def holds(self, clock: time) -> bool:
        """Whether ``clock`` falls into them."""
        if self.start > self.end:
            return clock >= self.start or clock < self.end
        return self.start <= clock < self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """A refused citizen may object: within what window, how often."""

    window: Duration
    max: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CoOrganising:
    """协办: when a helping unit must be ready, as a point on the way to the lead's limit."""

    due: Mapping[Urgency, Mark]


@dataclass(frozen=True, slots=True, kw_only=True)
class Interim:
    """中途汇报: how often a unit reports on an urgent matter, None for never."""

    urgent: Duration | None = None
    critical: Duration | None = None

    def at(self, urgency: Urgency) -> Duration | None:
        """The interval for ``urgency``."""
        return {Urgency.NORMAL: None, Urgency.URGENT: self.urgent, Urgency.CRITICAL: self.critical}[urgency]


@dataclass(frozen=True, slots=True, kw_only=True)
class Consulting:
    """会商: how long each panel has before the next one is asked."""

    settle: ByUrgency


@dataclass(frozen=True, slots=True, kw_only=True)
class Archiving:
    """归档: how long after its end a ticket is put away."""

    after: Duration


def at_least_one(**numbers: int) -> None:
    """Raises ValueError, with its name, for a number below one."""
    for name, number in numbers.items():
        if number < 1:
            raise ValueError(f"{name} is at least 1, not {number}")

"""The provisions (条款) a policy is made of: each says what its numbers mean, and refuses numbers that cannot be meant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from enum import StrEnum
from itertools import pairwise

from tickets.appeal import Reason, Urgency
from tickets.cards import Mark
from tickets.duration import Duration, Unit
from tickets.state import Role


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """回访: when the citizen is asked, how often in all, and when silence ends the asking."""

    ask_after: ByUrgency
    remind_after: Duration
    lapse_after: Duration
    attempts: int
    """Messages in all: the question and its reminders."""
    calls: int
    """Calls nobody answered, after which a citizen asked by phone counts as not reached."""
    call_again: Duration
    """The least time between two calls, so that they fall at different times of day."""

    def __post_init__(self) -> None:
        _at_least_one(attempts=self.attempts, calls=self.calls)


@dataclass(frozen=True, slots=True, kw_only=True)
class Redo:
    """重办: its limits, how often, and for which of the citizen's reasons the system itself orders it (``auto``)."""

    limit: ByUrgency
    max: int
    discipline_proposal_after_dissatisfied: int
    auto: bool = False
    reasons: tuple[Reason, ...] = ()

    def __post_init__(self) -> None:
        _at_least_one(discipline_proposal_after_dissatisfied=self.discipline_proposal_after_dissatisfied)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """黄牌 and 红牌: when each is shown."""

    yellow: Mark
    red: Mark

    def __post_init__(self) -> None:
        days = self.yellow.workdays and self.red.workdays and self.yellow.workdays >= self.red.workdays
        shares = self.yellow.percent and self.red.percent and self.yellow.percent >= self.red.percent
        if days or shares:
            raise ValueError("the yellow card comes before the red one")


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """退单: within what window a unit may ask, how often, and when a panel must settle it."""

    window: ByUrgency
    max_per_unit: int
    to_panel_after: int

    def __post_init__(self) -> None:
        _at_least_one(max_per_unit=self.max_per_unit, to_panel_after=self.to_panel_after)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """One extension: at most ``cap`` more, granted by ``by``."""

    cap: Duration
    by: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """延期: first and second grant, the total, and the urgencies that get none."""

    first: Grant
    second: Grant
    total: Duration
    forbid: tuple[Urgency, ...] = ()

    def __post_init__(self) -> None:
        spans = (self.first.cap, self.second.cap, self.total)
        if any(span.unit is not Unit.WORKING_DAY for span in spans):
            raise ValueError("write extensions in working days, for example 5wd")
        if max(self.first.cap.amount, self.second.cap.amount) > self.total.amount:
            raise ValueError(f"one extension cannot be longer than all together, {self.total}")

    def grants(self) -> tuple[Grant, Grant]:
        """The first and the second, in order."""
        return self.first, self.second


@dataclass(frozen=True, slots=True, kw_only=True)
class Idle:
    """How long a draft (待补充) may lie untouched."""

    idle: Duration


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
class Suspension:
    """挂账: the longest time between two looks at what cannot be solved now."""

    review: Duration


@dataclass(frozen=True, slots=True, kw_only=True)
class Termination:
    """终结: how often the matter must have been explained before it may be ended."""

    explanations: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Archiving:
    """归档: how long after its end a ticket is put away."""

    after: Duration


@dataclass(frozen=True, slots=True, kw_only=True)
class Supervising:
    """督办: the points at which the rules themselves supervise, and how long a unit has to answer in writing."""

    remind: tuple[Mark, ...]
    """L0, shares of the limit used."""
    written: Mark
    """L3, working days overdue."""
    joint: Mark
    """L4, working days overdue."""
    urges: int
    """L3, once the citizen urged so often."""
    answer: Duration

    def __post_init__(self) -> None:
        _at_least_one(urges=self.urges)
        if any(not 0 < mark.percent <= 100 for mark in self.remind):
            raise ValueError("remind at shares of the limit, for example [50%, 80%]")
        if not 0 < self.written.workdays < self.joint.workdays:
            raise ValueError("write working days overdue, the written grade before the joint one: +3wd and +5wd")


def _at_least_one(**numbers: int) -> None:
    for name, number in numbers.items():
        if number < 1:
            raise ValueError(f"{name} is at least 1, not {number}")

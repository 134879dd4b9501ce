"""The policy's provisions on supervision (黄牌, 红牌, 督办, 沉默): when the clock warns, supervises, and alarms of silence."""

from __future__ import annotations

from dataclasses import dataclass

from tickets.clocks.cards import Mark
from tickets.limits.duration import Duration, Unit
from tickets.rules.provisions import at_least_one


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
        at_least_one(urges=self.urges)
        if any(not 0 < mark.percent <= 100 for mark in self.remind):
            raise ValueError("remind at shares of the limit, for example [50%, 80%]")
        if not 0 < self.written.workdays < self.joint.workdays:
            raise ValueError("write working days overdue, the written grade before the joint one: +3wd and +5wd")


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """沉默工单: after how many working days without a sign of life from the unit its liaison, then its deputy head is
    alarmed."""

    liaison: Duration
    deputy_head: Duration

    def __post_init__(self) -> None:
        if any(span.unit is not Unit.WORKING_DAY for span in self.steps()):
            raise ValueError("write silence in working days, for example 2wd")
        if not 0 < self.liaison.amount < self.deputy_head.amount:
            raise ValueError("the liaison is alarmed before the deputy head")

    def steps(self) -> tuple[Duration, Duration]:
        """The first and the second alarm, in order."""
        return self.liaison, self.deputy_head

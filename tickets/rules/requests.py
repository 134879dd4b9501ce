"""The policy's provisions on what units ask for (退单, 延期, 挂账, 终结): within what time, how often, how much."""

from __future__ import annotations

from dataclasses import dataclass

from tickets.appeal import Urgency
from tickets.limits.duration import Duration, Unit
from tickets.rules.provisions import ByUrgency, at_least_one
from tickets.state import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """退单: within what window a unit may ask, how often, and when a panel must settle it."""

    window: ByUrgency
    max_per_unit: int
    to_panel_after: int

    def __post_init__(self) -> None:
        at_least_one(max_per_unit=self.max_per_unit, to_panel_after=self.to_panel_after)


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
class Suspension:
    """挂账: the longest time between two looks at what cannot be solved now."""

    review: Duration


@dataclass(frozen=True, slots=True, kw_only=True)
class Termination:
    """终结: how often the matter must have been explained before it may be ended."""

    explanations: int

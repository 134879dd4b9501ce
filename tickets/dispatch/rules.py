"""The policy's provision on dispatch: what each ground of a proposal weighs, and when the system may dispatch itself."""

from __future__ import annotations

from dataclasses import dataclass, fields

from tickets.limits.duration import Duration


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """How far each ground alone makes a proposal sure, in percent, in the order of domain.md §4.7."""

    catalogue: int
    ruling: int
    duty: int
    experience: int
    district: int

    def __post_init__(self) -> None:
        for one in fields(self):
            if not 0 <= getattr(self, one.name) < 100:
                raise ValueError(f"{one.name} is a percentage from 0 to 99: no ground alone makes sure")

    def of(self, ground: str) -> int:
        """The weight of a ground by its name."""
        return int(getattr(self, ground))


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatching:
    """派单建议: the weights; how far back tickets and returns are remembered, and in what time their weight halves;
    whether the system dispatches itself (``automatic``), and how sure it must be, in percent."""

    weights: Weights
    window: Duration
    half_life: Duration
    confidence: int
    automatic: bool = False

    def __post_init__(self) -> None:
        if not 0 < self.confidence <= 100:
            raise ValueError(f"confidence is a percentage from 1 to 100, not {self.confidence}")
        if self.half_life.amount < 1 or self.window.amount < 1:
            raise ValueError("window and half_life are at least one day, for example 365d")

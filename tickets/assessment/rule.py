"""The provisions on repeats and families: from what likeness on two appeals are taken for the same matter."""

from __future__ import annotations

from dataclasses import dataclass

from tickets.limits.duration import Duration


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """How much category, place and text count in the score of a likeness; together 100."""

    category: int
    place: int
    text: int

    def __post_init__(self) -> None:
        if self.category + self.place + self.text != 100:
            raise ValueError("category, place and text together make 100")


@dataclass(frozen=True, slots=True, kw_only=True)
class AutoJoin:
    """并单 without a person: from what score on, and in which categories; none where the list is empty."""

    score: int
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeats:
    """重复诉求 and 串案: when two appeals are the same matter. Texts are compared in percent, places in metres."""

    window: Duration
    consult_window: Duration
    terminated: Duration
    """How long a terminated matter (终结) is explained again instead of taken up."""
    redo: Duration
    """How long after its closing a matter that was never put right goes back to the unit that had it."""
    near: int
    own: int
    """Least likeness of the texts where the same citizen writes of the same place, or says he wrote before."""
    alone: int
    """... where the texts must speak for themselves."""
    others: int
    """... of two citizens at the same place."""
    weights: Weights
    auto_join: AutoJoin
    related: tuple[tuple[str, ...], ...] = ()
    """Categories that may be the same matter."""

    def __post_init__(self) -> None:
        if any(not 0 < share <= 100 for share in (self.own, self.alone, self.others)):
            raise ValueError("own, alone and others are shares of a text in percent, 1 to 100")
        if self.near < 1:
            raise ValueError(f"near is at least 1 metre, not {self.near}")

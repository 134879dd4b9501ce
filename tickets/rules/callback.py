"""The policy's provision on callback (回访): when a citizen is asked, how often, by phone too, and what he may change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from itertools import pairwise

from tickets.appeal import Urgency
from tickets.limits.duration import Duration
from tickets.rules.provisions import ByUrgency


@dataclass(frozen=True, slots=True)
class Slot:
    """A part of the day in which citizens are asked, as policies write it: "09:00-11:30"; its end is outside."""

    start: time
    end: time

    @classmethod
    def parse(cls, text: str) -> Slot:
        """Read "09:00-11:30" and its like. Raises ValueError."""
        start, dash, end = text.partition("-")
        try:
            slot = cls(time.fromisoformat(start), time.fromisoformat(end))
        except ValueError:
            raise ValueError('write two times of day, for example "09:00-11:30"') from None
        if not dash or slot.start >= slot.end:
            raise ValueError('write the earlier time first, for example "09:00-11:30"')
        return slot

    def holds(self, local: datetime) -> bool:
        """Whether ``local``, on the city's clock, falls into it."""
        return self.start <= local.time() < self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class Phoning:
    """Who is asked by phone beside the message (domain.md §2.7)."""

    urgencies: tuple[Urgency, ...] = ()
    redo: bool = False
    """Matters that were done again."""
    unsolved: bool = False
    """Matters the unit closed as unsolved."""
    channels: tuple[str, ...] = ()
    """Channels whose citizens rather speak than type, by folder name: old people on the phone."""
    percent: int = 0
    """Of all others so many of each hundred of a unit's, drawn with a seed (``tickets/asking/sampling.py``)."""
    hold: Duration
    """How long a callback officer holds a task that he took."""

    def __post_init__(self) -> None:
        if not 0 <= self.percent <= 100:
            raise ValueError("percent is from 0 to 100")


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """回访: when the citizen is asked, how often in all, and when silence ends the asking."""

    ask_after: ByUrgency
    remind_after: Duration
    """The least time between two messages."""
    lapse_after: Duration
    attempts: int
    """Messages in all: the question and its reminders."""
    slots: tuple[Slot, ...] = ()
    """Each message, and each call, falls into another of these, messages on different days; none: any waking hour."""
    calls: int
    """Calls nobody answered, after which a citizen asked by phone counts as not reached."""
    call_again: Duration
    """The least time between two calls."""
    phone: Phoning
    change: Duration
    """How long after the closing a citizen may change his rating, once; the first is kept beside the new one."""
    link: Duration
    """How long the link in a letter stays good."""

    def __post_init__(self) -> None:
        for name in ("attempts", "calls"):
            number = getattr(self, name)
            if number < 1:
                raise ValueError(f"{name} is at least 1, not {number}")
            if self.slots and number > len(self.slots):
                raise ValueError(f"{name} is at most the number of slots, {len(self.slots)}: each falls into another")
        if any(later.start < earlier.end for earlier, later in pairwise(self.slots)):
            raise ValueError("write the slots in the order of the day, none inside another")

"""How long something may take, as a policy writes it: so many working days, office hours or natural hours."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Unit(StrEnum):
    """What a duration is counted in."""

    WORKING_DAY = "wd"
    WORKING_HOUR = "wh"
    DAY = "d"
    HOUR = "h"
    MINUTE = "m"
    SECOND = "s"


_AT_LEAST = {
    Unit.WORKING_DAY: timedelta(days=1),
    Unit.WORKING_HOUR: timedelta(hours=1),
    Unit.DAY: timedelta(days=1),
    Unit.HOUR: timedelta(hours=1),
    Unit.MINUTE: timedelta(minutes=1),
    Unit.SECOND: timedelta(seconds=1),
}
_WRITTEN = re.compile(r"(\d{1,6})(wd|wh|d|h|m|s)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Duration:
    """So many of a unit, as policies write it: "5wd" working days, "4wh" working hours, "3d", "24h", "30m", "20s"."""

    amount: int
    unit: Unit

    @classmethod
    def parse(cls, text: str) -> Duration:
        """Read "5wd" and its like. Raises ValueError."""
        written = _WRITTEN.fullmatch(text)
        if not written:
            raise ValueError("write a whole number and one of wd, wh, d, h, m, s, for example 5wd, 4wh, 24h or 30m")
        return cls(int(written[1]), Unit(written[2]))

    @property
    def roughly(self) -> timedelta:
        """About how long it is at least: only to see which of two is longer."""
        return self.amount * _AT_LEAST[self.unit]

    def __str__(self) -> str:
        return f"{self.amount}{self.unit}"

"""A clock that stands still until a test sets it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass
class Clock:
    """Called, it says what ``now`` holds: aware."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now

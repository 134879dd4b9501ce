"""The provision on linking (绑定): how long a code that proves a phone or claims a ticket is good, and how often it is sent."""

from __future__ import annotations

from dataclasses import dataclass

from tickets.limits.duration import Duration


@dataclass(frozen=True, slots=True, kw_only=True)
class Linking:
    """绑定与认领: codes and their limits. A day is the last 24 hours."""

    code: Duration
    """How long the code that proves a phone is good."""
    claim: Duration
    """How long a ticket may be claimed with the code its caller was sent."""
    tries: int
    """Wrong answers after which a code is void."""
    again: Duration
    """The least time between two codes to one phone."""
    phone_a_day: int
    """Codes to one phone in a day."""
    citizen_a_day: int
    """Codes one citizen may ask for in a day."""
    wrong_a_day: int
    """Wrong codes of one chat in a day, whatever they were for: after so many it is not listened to."""

    def __post_init__(self) -> None:
        for name in ("tries", "phone_a_day", "citizen_a_day", "wrong_a_day"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} is at least 1, not {getattr(self, name)}")

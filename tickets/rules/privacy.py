"""The provisions on privacy (保密): how long a reveal runs, and how long what is kept."""

from __future__ import annotations

from dataclasses import dataclass

from tickets.limits.duration import Duration


@dataclass(frozen=True, slots=True, kw_only=True)
class Keep:
    """How long what is kept: the chat's words, a ticket's words after its end, the record of who looked at what."""

    chat: Duration
    ticket: Duration
    audit: Duration

    def __post_init__(self) -> None:
        if not self.chat.roughly <= self.ticket.roughly <= self.audit.roughly:
            raise ValueError("the chat is kept shortest, the record of who looked longest")


@dataclass(frozen=True, slots=True, kw_only=True)
class Privacy:
    """保密: how long a reveal runs, how many in an hour are an alarm, when a break-glass look is reviewed, what is kept."""

    reveal: Duration
    reveals_an_hour: int
    review: Duration
    keep: Keep

    def __post_init__(self) -> None:
        if self.reveals_an_hour < 1:
            raise ValueError(f"reveals_an_hour is at least 1, not {self.reveals_an_hour}")

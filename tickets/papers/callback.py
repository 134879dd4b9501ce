"""Callback (回访): each attempt to ask the citizen, what he said, and what a reviewer found; nobody overwrites him."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from tickets.appeal import Reason, Satisfaction, Solved


class Way(StrEnum):
    """How the citizen was asked."""

    MESSAGE = "message"
    PHONE = "phone"


class Outcome(StrEnum):
    """What became of an attempt. NO_ANSWER and silence stay out of the denominator."""

    WAITING = "waiting"
    NO_ANSWER = "no_answer"
    ANSWERED = "answered"


class Standing(StrEnum):
    """What an answer is beside others of its round: the first complete one counts, and nothing overwrites it."""

    COUNTS = "counts"
    AGREES = "agrees"
    """Given the other way too (phone and message), and the same."""
    DIFFERS = "differs"
    """Given the other way too, and another: somebody should look."""
    CHANGE = "change"
    """The citizen changed his mind, once; both are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """One attempt, the ``n``-th of its ticket, in the round of handling ``round`` (redo 1 is round 1)."""

    n: int
    round: int
    way: Way
    at: datetime
    by: str = ""
    """The callback officer's account, "" for a message."""
    outcome: Outcome = Outcome.WAITING
    solved: Solved | None = None
    satisfaction: Satisfaction | None = None
    reasons: tuple[Reason, ...] = ()
    comment: str = field(default="", repr=False)
    """His own words."""
    contacted: bool | None = None
    """Whether the unit had contacted him, as he says; None where he was not asked."""
    answered_at: datetime | None = None
    standing: Standing = Standing.COUNTS
    after_contact: bool = False
    """The unit spoke with the citizen after its reply and before he rated, or between his rating and its change:
    somebody should look (domain.md §5.5)."""
    findings: tuple[str, ...] = field(default=(), repr=False)
    """What reviewers found since; the rating above stays as the citizen gave it."""

"""The provisions (条款) on answering: how knowledge is kept true, how experts and agents are called in, what a draft may wait."""

from __future__ import annotations

from dataclasses import dataclass

from tickets.limits.duration import Duration


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """How many citizens must call an entry wrong, within what time, for it to be held until somebody looked."""

    citizens: int
    within: Duration

    def __post_init__(self) -> None:
        if self.citizens < 1:
            raise ValueError(f"citizens is at least 1, not {self.citizens}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """知识库: how long a unit has to answer a gap and to look at a reported entry, and how often it is reminded."""

    gap: Duration
    report: Duration
    remind: Duration
    check: Duration
    """The longest time between two comparisons with the source (核验)."""
    doubt: Doubt


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreeWay:
    """三方通话: how long we wait for a unit's expert, and whether the bot itself may invite one (``auto``)."""

    wait: Duration
    auto: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Handoff:
    """转人工: within what time a citizen nobody could serve is called back, and how long one conversation takes."""

    call_back: Duration
    each: Duration


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafts:
    """待补充: when a silent citizen is reminded, when his draft is put aside, how long he may take it up again."""

    remind: Duration
    idle: Duration
    keep: Duration

    def __post_init__(self) -> None:
        if self.remind.roughly >= self.idle.roughly:
            raise ValueError("remind comes before idle")

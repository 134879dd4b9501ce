"""What to do with a message that did not arrive: again, another way, never, or let a person look.

The classes are those of channels.errors, the waits those of protocols.md §0.4.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random

from channels.errors import Away, Credential, Later, Never, OptedOut, SendError, Unknown, WindowClosed

BACKOFF = (2.0, 10.0, 60.0, 300.0, 1800.0)
"""Seconds before the second, third, … try; the last one repeats."""
MAX_ATTEMPTS = 6
JITTER = 0.25
"""A wait is stretched by up to this share, so that what failed together does not come back together."""
LONGEST = timedelta(days=1)
"""No wait is longer, whatever a provider asks: a daily quota is the longest honest one."""
LONG_PAUSE = timedelta(hours=1)
"""An account that rests this long (a daily quota) is worth an operator's look."""
AWAY_PAUSE = timedelta(seconds=10)
"""How long an account rests when its provider cannot be reached, before it is asked again."""
CREDENTIAL_PAUSE = timedelta(minutes=10)
"""How long an account rests after its credentials were refused; then one more look, in case an operator has acted."""


class Verdict(StrEnum):
    """What becomes of the message."""

    AGAIN = "again"
    """Queued until ``at``; the try counts."""
    WAIT = "wait"
    """Queued as if it had not been tried: the account rests, the message is not to blame."""
    REPLAN = "replan"
    """Queued for the planner to find another way at once."""
    HOLD = "hold"
    """It may have arrived: a person decides."""
    DEAD = "dead"
    """It will not go."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict and its effects. ``pause_until`` stops the whole account; ``alert`` calls an operator."""

    verdict: Verdict
    at: datetime
    pause_until: datetime | None = None
    alert: bool = False
    window_closed: bool = False
    opted_out: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """``error`` of the ``attempts``-th try (1 is the first), seen at ``now`` (aware)."""

    error: BaseException
    attempts: int
    now: datetime
    idempotent: bool


def decide(failure: Failure, *, rng: Random) -> Decision:
    """The decision for one failed try. An error no adapter may raise (a bug) counts as an unknown outcome."""
    kind = next((kind for kind in type(failure.error).__mro__ if kind in _RULES), Unknown)
    return _RULES[kind](failure, rng)


def _again(failure: Failure, rng: Random) -> Decision:
    now = failure.now
    if failure.attempts >= MAX_ATTEMPTS:
        return Decision(Verdict.DEAD, now)
    wait = BACKOFF[min(failure.attempts, len(BACKOFF)) - 1]
    return Decision(Verdict.AGAIN, now + timedelta(seconds=wait * (1 + JITTER * rng.random())))


def _later(failure: Failure, rng: Random) -> Decision:
    error, now = failure.error, failure.now
    after = error.after if isinstance(error, Later) else None
    rest = timedelta(seconds=min(max(after, 0.0), LONGEST.total_seconds())) if after is not None else None
    if isinstance(error, Later) and error.whole_account:
        pause = rest if rest is not None else timedelta(seconds=BACKOFF[1])
        return Decision(Verdict.WAIT, now, pause_until=now + pause, alert=pause >= LONG_PAUSE)
    decision = _again(failure, rng)
    if decision.verdict is Verdict.DEAD or rest is None:
        return decision
    # The provider named the time: only a second of spread on top of it.
    return Decision(Verdict.AGAIN, now + rest + timedelta(seconds=rng.random()))


def _away(failure: Failure, rng: Random) -> Decision:
    pause = AWAY_PAUSE * (1 + JITTER * rng.random())
    return Decision(Verdict.WAIT, failure.now, pause_until=failure.now + pause)


def _unknown(failure: Failure, rng: Random) -> Decision:
    return _again(failure, rng) if failure.idempotent else Decision(Verdict.HOLD, failure.now)


def _credential(failure: Failure, _rng: Random) -> Decision:
    return Decision(Verdict.WAIT, failure.now, pause_until=failure.now + CREDENTIAL_PAUSE, alert=True)


_RULES: Mapping[type, Callable[[Failure, Random], Decision]] = {
    Away: _away,
    Later: _later,
    Unknown: _unknown,
    Credential: _credential,
    Never: lambda failure, _rng: Decision(Verdict.DEAD, failure.now),
    OptedOut: lambda failure, _rng: Decision(Verdict.REPLAN, failure.now, opted_out=True),
    WindowClosed: lambda failure, _rng: Decision(Verdict.REPLAN, failure.now, window_closed=True),
    SendError: _again,
}

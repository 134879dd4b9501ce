"""How fast one account may send: a token bucket that is told the time."""

from __future__ import annotations

from dataclasses import dataclass, field

from channels.capabilities import Rate


@dataclass(slots=True)
class TokenBucket:
    """Full at first. ``rate`` is the provider's, of which this bucket has one share in ``shares``; ``now`` is monotonic
    seconds, and may stand still but not matter if it runs backwards."""

    rate: Rate
    shares: int = 1
    _tokens: float = field(init=False)
    _at: float | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self._tokens = float(self._burst)

    @property
    def _burst(self) -> int:
        return max(1, self.rate.burst // self.shares)

    @property
    def _per_second(self) -> float:
        return self.rate.per_second / self.shares

    def share(self, shares: int, *, now: float) -> None:
        """From ``now`` on it is one of ``shares``: what is in it beyond its part is not there any more."""
        self.available(now)
        self.shares = shares
        self._tokens = min(self._tokens, float(self._burst))

    def available(self, now: float) -> int:
        """How many messages may leave at once."""
        if self._at is not None and now > self._at:
            self._tokens = min(self._tokens + (now - self._at) * self._per_second, float(self._burst))
        if self._at is None or now > self._at:
            self._at = now
        return int(self._tokens)

    def take(self, count: int, *, now: float) -> None:
        """Spend ``count`` tokens; raises ValueError when they are not there."""
        if count > self.available(now):
            raise ValueError(f"{count} tokens asked for, {int(self._tokens)} there")
        self._tokens -= count

    def refill(self, now: float) -> float:
        """Seconds until a tenth of a second's worth may leave (at least one), so that a full queue is not taken one by
        one; 0.0 when one may leave now."""
        if self.available(now) >= 1:
            return 0.0
        wanted = max(1, min(int(self._per_second / 10), self._burst))
        return (wanted - self._tokens) / self._per_second

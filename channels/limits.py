"""How fast one citizen or one network address may go, kept in memory."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime

KEYS = 50_000
"""Keys remembered per table; the one idle longest is forgotten first (it starts again with a full bucket)."""


class Buckets:
    """One token bucket per key."""

    def __init__(self, *, burst: int, per_second: float) -> None:
        self._burst = float(burst)
        self._rate = per_second
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str, *, now: datetime) -> float:
        """Take one token: 0.0 when there was one, else the seconds until there will be."""
        at = now.timestamp()
        level, wait = self._level(key, at)
        self._levels.pop(key, None)
        self._levels[key] = (level if wait else level - 1, at)
        if len(self._levels) > KEYS:
            self._levels.popitem(last=False)
        return wait

    def wait(self, key: str, *, now: datetime) -> float:
        """Seconds until there will be one; takes nothing."""
        return self._level(key, now.timestamp())[1]

    def _level(self, key: str, at: float) -> tuple[float, float]:
        level, since = self._levels.get(key, (self._burst, at))
        level = min(self._burst, level + max(0.0, at - since) * self._rate)
        return level, 0.0 if level >= 1 else (1 - level) / self._rate

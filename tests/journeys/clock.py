"""The city's clock as a test moves it."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

CITY_TIME = ZoneInfo("Asia/Shanghai")


class Clock:
    """Stands still until it is moved."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> datetime:
        """Aware, on the city's clock."""
        return self._at

    def set(self, *day_and_hour: int) -> None:
        """Move to this year, month, day, hour, minute of the city."""
        self._at = datetime(*day_and_hour, tzinfo=CITY_TIME)  # type: ignore[arg-type, misc]

    def advance(self, by: timedelta) -> None:
        """Move on by so much."""
        self._at += by

"""The hours in which citizens are left to sleep: only emergencies and answers to one who is writing go out then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from bot.outbox.priority import Priority

CHINA = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From ``start`` until ``end``, wall-clock time of ``zone``; they may pass midnight. Equal times: no quiet hours."""

    start: time = time(22)
    end: time = time(7)
    zone: tzinfo = CHINA

    def covers(self, now: datetime) -> bool:
        """Whether ``now`` (aware) lies in the quiet hours; their end does not."""
        at = now.astimezone(self.zone).time()
        if self.start <= self.end:
            return self.start <= at < self.end
        return at >= self.start or at < self.end

    def over(self, now: datetime) -> datetime:
        """``now`` itself outside the quiet hours, else the moment they end."""
        if not self.covers(now):
            return now
        local = now.astimezone(self.zone)
        day = local.date() if local.time() < self.end else local.date() + timedelta(days=1)
        return datetime.combine(day, self.end, self.zone).astimezone(now.tzinfo)


def not_before(quiet: QuietHours, *, priority: int, now: datetime) -> datetime:
    """When a message born at ``now`` may leave: notices wait for the morning; emergencies, answers to a citizen who is
    writing and an agent's words do not."""
    return quiet.over(now) if priority >= Priority.NOTICE else now

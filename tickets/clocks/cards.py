"""When a ticket nearing or past its limit is shown a yellow or a red card (黄牌, 红牌)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time

from tickets.limits.calendar import Calendar

_WRITTEN = re.compile(r"(?:([+-]\d{1,3})wd|(\d{1,3})%)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Mark:
    """A point on the way to the limit: so many working days from it ("-1wd", "+1wd") or a share of the way ("80%")."""

    workdays: int = 0
    percent: int = 0

    @classmethod
    def parse(cls, text: str) -> Mark:
        """Read "-1wd", "+1wd" or "80%". Raises ValueError."""
        written = _WRITTEN.fullmatch(text)
        if not written or written[1] in {"+0", "-0"}:
            raise ValueError("write working days from the limit, -1wd or +1wd, or a share of the way to it, 80%")
        return cls(workdays=int(written[1] or 0), percent=int(written[2] or 0))

    def at(self, calendar: Calendar, *, start: datetime, due: datetime) -> datetime:
        """The moment of this mark for a limit running from ``start`` to ``due``. "-1wd" is the beginning of the last
        working day, "+1wd" the beginning of the first one overdue."""
        if not self.workdays:
            return start + (due - start) * self.percent / 100
        last = calendar.local(due).date()
        # The day of the limit is itself the last working day, unless a limit in natural hours ends on a day off.
        itself = 1 if self.workdays < 0 and calendar.is_workday(last) else 0
        return datetime.combine(calendar.shift(last, self.workdays + itself), time(), calendar.zone)

"""When a citizen is asked: never in the quiet hours, each time in another slot of the day, by message on another day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from tickets.limits.calendar import Calendar
from tickets.limits.deadlines import after_quiet
from tickets.rules.callback import Slot
from tickets.rules.provisions import Quiet


def next_asking(
    slots: Sequence[Slot], quiet: Quiet, calendar: Calendar, *, start: datetime, asked: Iterable[datetime] = ()
) -> datetime:
    """The first moment from ``start`` on for a message, after those sent at ``asked``; ``start`` itself if it will do."""
    local = calendar.local(start)
    if not slots:
        return after_quiet(quiet, calendar, start)
    before = [calendar.local(one) for one in asked]
    if before:
        morning_after = (max(before) + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        local = max(local, morning_after)
    free = [slot for slot in slots if not any(slot.holds(one) for one in before)] or slots
    return _opening(free, local)


def next_call(
    slots: Sequence[Slot], quiet: Quiet, calendar: Calendar, *, start: datetime, called: Iterable[datetime] = ()
) -> datetime:
    """The first moment from ``start`` on for a call: in a part of the day in which nobody called yet."""
    local = calendar.local(start)
    if not slots:
        return after_quiet(quiet, calendar, start)
    taken = {_part(slots, calendar.local(one)) for one in called}
    if after_quiet(quiet, calendar, local) == local and _part(slots, local) not in taken:
        return local
    return _opening([slot for place, slot in enumerate(slots) if place not in taken] or slots, local)


def _opening(slots: Sequence[Slot], local: datetime) -> datetime:
    """The moment itself if it lies in one of ``slots``, else when the next of them opens."""
    if any(slot.holds(local) for slot in slots):
        return local
    first = min(slot.start for slot in slots)
    later = [slot.start for slot in slots if slot.start > local.time()]
    day = local.date() if later else local.date() + timedelta(days=1)
    return datetime.combine(day, min(later, default=first), local.tzinfo)


def _part(slots: Sequence[Slot], local: datetime) -> int:
    """Which part of the day it is: from one slot's start to the next one's; before the first, the last."""
    return max((place for place, slot in enumerate(slots) if slot.start <= local.time()), default=len(slots) - 1)

"""By when something must be done: working days, office hours and natural hours, counted as the policy says."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from tickets.appeal import AppealType, Urgency
from tickets.limits.calendar import Calendar
from tickets.limits.duration import Duration, Unit
from tickets.policy import Policy
from tickets.rules.provisions import Quiet, Step

_NATURAL = {
    Unit.DAY: timedelta(days=1),
    Unit.HOUR: timedelta(hours=1),
    Unit.MINUTE: timedelta(minutes=1),
    Unit.SECOND: timedelta(seconds=1),
}


def add(calendar: Calendar, start: datetime, duration: Duration, *, closing: time | None = None) -> datetime:
    """The moment ``duration`` after ``start``, on the city's clock.

    Working days begin the day after ``start`` and end with the last second of the last one (or at ``closing`` on it).
    Working hours run only in office hours. The other units run day and night."""
    local = calendar.local(start)
    if duration.unit is Unit.WORKING_DAY:
        return calendar.end_of(calendar.shift(local.date(), duration.amount), closing=closing)
    if duration.unit is Unit.WORKING_HOUR:
        return _in_office_hours(calendar, local, timedelta(hours=duration.amount))
    # China keeps one offset all year, so wall-clock arithmetic is exact.
    return local + duration.amount * _NATURAL[duration.unit]


def due(policy: Policy, calendar: Calendar, *, appeal: AppealType, urgency: Urgency, start: datetime) -> datetime:
    """When the citizen must have the answer to an appeal received at ``start``."""
    return add(calendar, start, policy.limits[appeal].at(urgency), closing=policy.count.closing)


def redo_due(policy: Policy, calendar: Calendar, *, urgency: Urgency, start: datetime) -> datetime:
    """When a matter sent back for redo at ``start`` must be answered."""
    return add(calendar, start, policy.redo.limit.at(urgency), closing=policy.count.closing)


def step_due(policy: Policy, calendar: Calendar, *, step: Step, urgency: Urgency, start: datetime) -> datetime:
    """By when a step begun at ``start`` must be taken."""
    return add(calendar, start, policy.steps[step].at(urgency), closing=policy.count.closing)


def after_quiet(quiet: Quiet, calendar: Calendar, at: datetime) -> datetime:
    """``at``, or the end of the quiet hours it falls into: when a citizen may be written to without being asked."""
    local = calendar.local(at)
    if not quiet.holds(local.time()):
        return local
    tomorrow = quiet.start > quiet.end and local.time() >= quiet.start
    return datetime.combine(local.date() + timedelta(days=tomorrow), quiet.end, calendar.zone)


def _in_office_hours(calendar: Calendar, local: datetime, left: timedelta) -> datetime:
    day = local.date()
    while True:
        for opens, closes in calendar.office_spans(day):
            begins = max(opens, local)
            if begins + left <= closes:
                return begins + left
            left -= max(closes - begins, timedelta())
        day = calendar.shift(day, 1)

"""Which days the city works, and at what hours: 调休 make-up days included, also when a year is not announced yet."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Literal
from zoneinfo import ZoneInfo

from holidays import country_holidays

SHANGHAI = ZoneInfo("Asia/Shanghai")
_SATURDAY = 5
_ONE_DAY = timedelta(days=1)
_NOTICE_APPEARS_IN = 11
_LAST_SECOND = time(23, 59, 59)


class DayType(StrEnum):
    """What a day is for the office. Only WORKDAY and MAKEUP_WORKDAY are worked. A holiday that falls on a weekend
    may be given as either: both are off."""

    WORKDAY = "workday"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    MAKEUP_WORKDAY = "makeup_workday"


_WORKED = frozenset({DayType.WORKDAY, DayType.MAKEUP_WORKDAY})


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """When a working day is worked: (from, to) spans, in order, not touching midnight. Default: domain.md §3.3."""

    spans: tuple[tuple[time, time], ...] = ((time(8, 30), time(12, 0)), (time(13, 30), time(17, 30)))

    def __post_init__(self) -> None:
        marks = [mark for span in self.spans for mark in span]
        if not marks or any(later <= earlier for earlier, later in pairwise(marks)):
            raise ValueError("office hours must be (from, to) spans, each later than the one before")


@dataclass(frozen=True, slots=True, kw_only=True)
class Season:
    """Other office hours for part of every year (夏令时), from one (month, day) to another, both included."""

    start: tuple[int, int]
    end: tuple[int, int]
    hours: OfficeHours

    def holds(self, day: date) -> bool:
        """Whether ``day`` falls into it; a season may run over New Year."""
        at = (day.month, day.day)
        if self.start <= self.end:
            return self.start <= at <= self.end
        return at >= self.start or at <= self.end


class Calendar:
    """A working calendar: the city's, or that of a unit with hours of its own.

    The State Council's lists come with ``holidays``; ``overrides`` (local closures, a notice entered by the office) win
    over them, and ``announced`` names years whose notice the overrides hold in full. ``days_off`` are worked by units
    that close on no day. ``units`` are the calendars of units, by code, that differ from this one.
    """

    def __init__(
        self,
        *,
        overrides: Mapping[date, DayType] | None = None,
        announced: Collection[int] = (),
        hours: OfficeHours | None = None,
        seasons: tuple[Season, ...] = (),
        days_off: Literal["kept", "worked"] = "kept",
        units: Mapping[str, Calendar] | None = None,
        zone: ZoneInfo = SHANGHAI,
    ) -> None:
        self.hours = hours or OfficeHours()
        self.zone = zone
        self._seasons = seasons
        self._every_day = days_off == "worked"
        self._units = dict(units or {})
        self._overrides = dict(overrides or {})
        self._announced = frozenset(announced)
        self._years: dict[int, dict[date, DayType]] = {}
        self._uncertain: dict[int, bool] = {}
        # Each order to a ticket counts the same few days again: about six hundred pairs a month.
        self._shifted: dict[tuple[date, int], date] = {}

    def day_type(self, day: date) -> DayType:
        """What ``day`` is."""
        year = self._years.get(day.year)
        if year is None:
            year = self._load(day.year)
        return year[day]

    def is_workday(self, day: date) -> bool:
        """Whether the office works on ``day``."""
        return self._every_day or self.day_type(day) in _WORKED

    def of(self, unit: str) -> Calendar:
        """The calendar ``unit`` works by: its own, or this one."""
        return self._units.get(unit, self)

    def unannounced(self, today: date) -> tuple[int, ...]:
        """Of this year and the next, those whose notice is not known: somebody should enter it. Next year's appears in
        November, so until then its absence is no reason to worry."""
        years = (today.year, today.year + 1) if today.month > _NOTICE_APPEARS_IN else (today.year,)
        return tuple(year for year in years if self.uncertain(year))

    def hours_on(self, day: date) -> OfficeHours:
        """The office hours of ``day``, were it worked."""
        return next((season.hours for season in self._seasons if season.holds(day)), self.hours)

    def uncertain(self, year: int) -> bool:
        """True when no notice is known for ``year``: its make-up days are missing, so limits may move once it comes.
        The notice appears in November of the year before (domain.md §3.3)."""
        if year not in self._years:
            self._load(year)
        return self._uncertain[year]

    def shift(self, day: date, workdays: int) -> date:
        """The ``workdays``-th working day after ``day`` (before it, when negative). Zero gives ``day`` itself."""
        if (known := self._shifted.get((day, workdays))) is not None:
            return known
        step, shifted = _ONE_DAY if workdays > 0 else -_ONE_DAY, day
        for _ in range(abs(workdays)):
            shifted += step
            while not self.is_workday(shifted):
                shifted += step
        self._shifted[day, workdays] = shifted
        return shifted

    def local(self, at: datetime) -> datetime:
        """``at`` on the city's clock. Raises ValueError for a naive time."""
        if at.tzinfo is None:
            raise ValueError("a time without a time zone has no place in the calendar")
        return at.astimezone(self.zone)

    def end_of(self, day: date, *, closing: time | None = None) -> datetime:
        """The last second of ``day``, so that its date is still ``day``; or ``closing`` time on it."""
        return datetime.combine(day, closing or _LAST_SECOND, self.zone)

    def office_spans(self, day: date) -> list[tuple[datetime, datetime]]:
        """The worked spans of ``day``, none on a day off."""
        if not self.is_workday(day):
            return []
        return [
            (datetime.combine(day, opens, self.zone), datetime.combine(day, closes, self.zone))
            for opens, closes in self.hours_on(day).spans
        ]

    def _load(self, year: int) -> dict[date, DayType]:
        # A year's notice may give or take days of its neighbours (30-31 December), so the three are read together.
        known = country_holidays("CN", years=(year - 1, year, year + 1))
        makeup = known.weekend_workdays
        days: dict[date, DayType] = {}
        day = date(year, 1, 1)
        while day.year == year:
            if day in makeup:
                days[day] = DayType.MAKEUP_WORKDAY
            elif day in known:
                days[day] = DayType.HOLIDAY
            else:
                days[day] = DayType.WEEKEND if day.weekday() >= _SATURDAY else DayType.WORKDAY
            if day == date.max:
                break
            day += _ONE_DAY
        days.update((day, kind) for day, kind in self._overrides.items() if day.year == year)
        # Every notice since 2007 moved working days; a year without any has not been announced.
        self._uncertain[year] = year not in self._announced and not any(day.year == year for day in makeup)
        self._years[year] = days
        return days

"""Reads a city's ``calendar.yaml``: office hours and their seasons, notices of days off, local closures, units' own hours."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from pathlib import Path

from tickets.limits.calendar import Calendar, DayType, OfficeHours, Season
from tickets.sheet import SheetError, read
from tickets.units import Directory

_SPAN = re.compile(r"(\d{2}:\d{2})-(\d{2}:\d{2})", re.ASCII)
_DAYS = re.compile(r"(\d{4}-\d{2}-\d{2})(?:\.\.(\d{4}-\d{2}-\d{2}))?", re.ASCII)
_PART = re.compile(r"(\d{2})-(\d{2})\.\.(\d{2})-(\d{2})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Span:
    """Office hours between two times: "08:30-12:00"."""

    opens: time
    closes: time

    @classmethod
    def parse(cls, text: str) -> Span:
        """Read it. Raises ValueError."""
        written = _SPAN.fullmatch(text)
        if not written:
            raise ValueError('write from and to in quotes, "08:30-12:00"')
        return cls(time.fromisoformat(written[1]), time.fromisoformat(written[2]))


@dataclass(frozen=True, slots=True)
class Days:
    """One day, "2026-08-12", or days from one to another, both included, "2027-02-05..2027-02-11"."""

    first: date
    last: date

    @classmethod
    def parse(cls, text: str) -> Days:
        """Read them. Raises ValueError."""
        written = _DAYS.fullmatch(text)
        if not written:
            raise ValueError('write a day or two in quotes, "2027-02-05..2027-02-11"')
        first = date.fromisoformat(written[1])
        last = date.fromisoformat(written[2]) if written[2] else first
        if last < first or (last - first).days > 60:
            raise ValueError("the last day comes after the first, at most two months later")
        return cls(first, last)

    def __iter__(self) -> Iterator[date]:
        return (self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1))


@dataclass(frozen=True, slots=True)
class PartOfYear:
    """From one month and day to another, every year: "06-01..09-30"."""

    start: tuple[int, int]
    end: tuple[int, int]

    @classmethod
    def parse(cls, text: str) -> PartOfYear:
        """Read it. Raises ValueError."""
        written = _PART.fullmatch(text)
        if not written:
            raise ValueError('write month and day twice in quotes, "06-01..09-30"')
        marks = [
            date(2024, int(written[at]), int(written[at + 1])) for at in (1, 3)
        ]  # a leap year: 29 February is a day
        return cls((marks[0].month, marks[0].day), (marks[1].month, marks[1].day))


@dataclass(frozen=True, slots=True, kw_only=True)
class SeasonalHours:
    """Other hours for part of the year."""

    days: PartOfYear
    hours: tuple[Span, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeOfDaysOff:
    """The State Council's notice (节假日安排) of one year, as the office enters it: days off, and 调休 days worked."""

    year: int
    source: str
    holidays: tuple[Days, ...]
    makeup: tuple[Days, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """Days the city's offices close for a reason of their own (台风 …), or work although they would not."""

    days: tuple[Days, ...]
    reason: str
    worked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitHours:
    """The hours of one unit, where they differ; ``days_off`` true when it works on days off too."""

    hours: tuple[Span, ...]
    days_off: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """``calendar.yaml``."""

    hours: tuple[Span, ...] = ()
    seasons: tuple[SeasonalHours, ...] = ()
    notices: tuple[NoticeOfDaysOff, ...] = ()
    closures: tuple[Closure, ...] = ()
    units: Mapping[str, UnitHours] = field(default_factory=dict)


def load_calendar(path: Path, directory: Directory | None = None) -> Calendar:
    """Read ``calendar.yaml``; units must be in ``directory`` where one is given. Raises SheetError."""
    sheet, source = read(Sheet, path.read_text("utf-8"), source=path.name), path.name
    for code in sheet.units:
        if directory is not None and code not in directory:
            raise SheetError(source, f"units.{code}", "this unit is not in units.yaml")
    days = _overrides(sheet, source)
    announced = [notice.year for notice in sheet.notices]
    seasons = tuple(
        Season(start=one.days.start, end=one.days.end, hours=_hours(one.hours, source, f"seasons[{at}].hours"))
        for at, one in enumerate(sheet.seasons)
    )
    units = {
        code: Calendar(
            overrides=days,
            announced=announced,
            hours=_hours(one.hours, source, f"units.{code}.hours"),
            days_off="worked" if one.days_off else "kept",
        )
        for code, one in sheet.units.items()
    }
    hours = _hours(sheet.hours, source, "hours") if sheet.hours else None
    return Calendar(overrides=days, announced=announced, hours=hours, seasons=seasons, units=units)


def _hours(spans: tuple[Span, ...], source: str, key: str) -> OfficeHours:
    try:
        return OfficeHours(tuple((span.opens, span.closes) for span in spans))
    except ValueError as error:
        raise SheetError(source, key, str(error)) from None


def _overrides(sheet: Sheet, source: str) -> dict[date, DayType]:
    found: dict[date, DayType] = {}
    for at, notice in enumerate(sheet.notices):
        for name, kind, spans in (
            ("holidays", DayType.HOLIDAY, notice.holidays),
            ("makeup", DayType.MAKEUP_WORKDAY, notice.makeup),
        ):
            for day in (day for span in spans for day in span):
                # A notice may move a few days of the year before, or after (30 December, 1 January).
                if abs((day - date(notice.year, 7, 2)).days) > 195:
                    raise SheetError(source, f"notices[{at}].{name}", f"{day} is not a day of {notice.year}")
                if found.get(day, kind) is not kind:
                    raise SheetError(source, f"notices[{at}].{name}", f"{day} is given both as off and as worked")
                found[day] = kind
    for closure in sheet.closures:
        kind = DayType.MAKEUP_WORKDAY if closure.worked else DayType.HOLIDAY
        found.update((day, kind) for span in closure.days for day in span)
    return found

"""Days off, make-up days, years without a notice, local closures."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.limits.calendar import Calendar, DayType, OfficeHours

CALENDAR = Calendar()
DAYS = st.dates(date(2007, 1, 1), date(2035, 12, 31))


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        (date(2026, 1, 1), DayType.HOLIDAY),
        (date(2026, 1, 4), DayType.MAKEUP_WORKDAY),
        (date(2026, 2, 14), DayType.MAKEUP_WORKDAY),
        (date(2026, 2, 23), DayType.HOLIDAY),
        (date(2026, 9, 20), DayType.MAKEUP_WORKDAY),
        (date(2026, 10, 10), DayType.MAKEUP_WORKDAY),
        (date(2026, 10, 11), DayType.WEEKEND),
        (date(2026, 10, 12), DayType.WORKDAY),
        (date(2020, 1, 31), DayType.HOLIDAY),  # the Spring Festival was lengthened by a second notice
        (date(2024, 12, 31), DayType.WORKDAY),
    ],
)
def test_well_known_days(day: date, kind: DayType) -> None:
    assert CALENDAR.day_type(day) is kind


def test_2026_is_the_state_councils_list() -> None:
    spans = [((1, 1), (1, 3)), ((2, 15), (2, 23)), ((4, 4), (4, 6)), ((5, 1), (5, 5))]
    spans += [((6, 19), (6, 21)), ((9, 25), (9, 27)), ((10, 1), (10, 7))]
    off = {
        date.fromordinal(n) for a, b in spans for n in range(date(2026, *a).toordinal(), date(2026, *b).toordinal() + 1)
    }
    worked = {date(2026, *day) for day in [(1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)]}
    for ordinal in range(date(2026, 1, 1).toordinal(), date(2026, 12, 31).toordinal() + 1):
        day = date.fromordinal(ordinal)
        assert CALENDAR.is_workday(day) == (day in worked or (day.weekday() < 5 and day not in off)), day


def test_a_notice_may_move_a_day_of_the_year_before() -> None:
    assert Calendar().day_type(date(2006, 12, 30)) is DayType.MAKEUP_WORKDAY  # by the 2007 notice


def test_a_year_without_notice_is_uncertain_but_works() -> None:
    assert not CALENDAR.uncertain(2026)
    assert CALENDAR.uncertain(2031)
    assert CALENDAR.day_type(date(2031, 10, 1)) is DayType.HOLIDAY
    assert CALENDAR.day_type(date(2031, 7, 5)) is DayType.WEEKEND


def test_an_entered_notice_makes_the_year_certain() -> None:
    entered = Calendar(overrides={date(2031, 10, 12): DayType.MAKEUP_WORKDAY}, announced=[2031])
    assert not entered.uncertain(2031)
    assert entered.is_workday(date(2031, 10, 12))


def test_a_local_closure_wins() -> None:
    storm = date(2026, 8, 12)
    assert not Calendar(overrides={storm: DayType.HOLIDAY}).is_workday(storm)
    assert CALENDAR.is_workday(storm)


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        CALENDAR.local(datetime(2026, 1, 1))  # noqa: DTZ001
    assert CALENDAR.local(datetime(2026, 1, 1, 16, tzinfo=UTC)).date() == date(2026, 1, 2)


@pytest.mark.parametrize("spans", [(), ((time(12), time(9)),), ((time(9), time(12)), (time(11), time(17)))])
def test_office_hours_in_disorder_are_refused(spans: tuple[tuple[time, time], ...]) -> None:
    with pytest.raises(ValueError, match="office hours"):
        OfficeHours(spans)


@given(DAYS, st.integers(1, 40))
def test_shift_counts_only_worked_days(day: date, workdays: int) -> None:
    later = CALENDAR.shift(day, workdays)
    between = [date.fromordinal(n) for n in range(day.toordinal() + 1, later.toordinal() + 1)]
    assert CALENDAR.is_workday(later)
    assert sum(map(CALENDAR.is_workday, between)) == workdays


@given(DAYS, st.integers(1, 40))
def test_shifting_back_returns_from_a_worked_day(day: date, workdays: int) -> None:
    start = CALENDAR.shift(day, 1)
    assert CALENDAR.shift(CALENDAR.shift(start, workdays), -workdays) == start

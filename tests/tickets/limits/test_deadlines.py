"""Limits as the office counts them: the published vectors, and what must hold for every start."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.appeal import AppealType, Urgency
from tickets.limits.calendar import SHANGHAI, Calendar
from tickets.limits.deadlines import add, after_quiet, due, redo_due, step_due
from tickets.limits.duration import Duration, Unit
from tickets.policy import Policy
from tickets.rules.provisions import Quiet, Step

CALENDAR = Calendar()
STARTS = st.datetimes(datetime(2019, 1, 1), datetime(2030, 12, 1), timezones=st.just(UTC))  # noqa: DTZ001
DURATIONS = st.builds(Duration, st.integers(0, 40), st.sampled_from(Unit))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


# domain.md §3.3, computed from the State Council's lists; the day of receipt is not counted.
VECTORS = [
    ("2026-01-01", 1, "2026-01-04"),
    ("2026-02-12", 5, "2026-02-26"),
    ("2026-02-13", 1, "2026-02-14"),
    ("2026-04-03", 2, "2026-04-08"),
    ("2026-04-30", 5, "2026-05-11"),
    ("2026-09-18", 5, "2026-09-24"),
    ("2026-09-30", 5, "2026-10-13"),
    ("2026-09-30", 15, "2026-10-27"),
    ("2026-10-09", 5, "2026-10-15"),
]


@pytest.mark.parametrize(("received", "workdays", "limit"), VECTORS)
@pytest.mark.parametrize("clock", ["00:00", "09:10", "23:59:59"])
def test_published_vectors(received: str, workdays: int, limit: str, clock: str) -> None:
    got = add(CALENDAR, at(f"{received} {clock}"), Duration(workdays, Unit.WORKING_DAY))
    assert got == at(f"{limit} 23:59:59")


def test_a_limit_may_end_with_the_office() -> None:
    got = add(CALENDAR, at("2026-09-18 09:00"), Duration.parse("5wd"), closing=time(17, 30))
    assert got == at("2026-09-24 17:30")


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-09-18 09:00", "2wh", "2026-09-18 11:00"),
        ("2026-09-18 11:00", "1wh", "2026-09-18 12:00"),
        ("2026-09-18 11:00", "2wh", "2026-09-18 14:30"),
        ("2026-09-18 12:30", "4wh", "2026-09-18 17:30"),
        ("2026-09-18 17:00", "4wh", "2026-09-20 12:00"),  # Saturday off, Sunday made up
        ("2026-09-18 20:00", "4wh", "2026-09-20 14:00"),
        ("2026-09-19 10:00", "7wh", "2026-09-20 17:00"),
        ("2026-09-24 17:30", "1wh", "2026-09-28 09:30"),
    ],
)
def test_working_hours(start: str, hours: str, end: str) -> None:
    assert add(CALENDAR, at(start), Duration.parse(hours)) == at(end)


def test_urgent_limits_run_on_holidays(policy: Policy, calendar: Calendar) -> None:
    got = due(policy, calendar, appeal=AppealType.HELP, urgency=Urgency.URGENT, start=at("2026-10-01 20:00"))
    assert got == at("2026-10-02 20:00")


@pytest.mark.parametrize(
    ("appeal", "urgency", "end"),
    [
        (AppealType.CONSULT, Urgency.NORMAL, "2026-09-20 23:59:59"),
        (AppealType.CONSULT, Urgency.CRITICAL, "2026-09-18 13:00"),
        (AppealType.COMPLAINT, Urgency.NORMAL, "2026-09-24 23:59:59"),
        (AppealType.REPORT, Urgency.NORMAL, "2026-10-09 23:59:59"),
        (AppealType.REPORT, Urgency.CRITICAL, "2026-09-18 11:00"),
        (AppealType.SUGGEST, Urgency.URGENT, "2026-10-09 23:59:59"),
    ],
)
def test_the_policys_limits(policy: Policy, calendar: Calendar, appeal: AppealType, urgency: Urgency, end: str) -> None:
    assert due(policy, calendar, appeal=appeal, urgency=urgency, start=at("2026-09-18 09:00")) == at(end)


def test_steps_and_redo(policy: Policy, calendar: Calendar) -> None:
    start = at("2026-09-18 09:00")
    signed = step_due(policy, calendar, step=Step.SIGN, urgency=Urgency.NORMAL, start=start)
    again = redo_due(policy, calendar, urgency=Urgency.NORMAL, start=start)
    assert (signed, again) == (at("2026-09-18 14:30"), at("2026-09-22 23:59:59"))


@pytest.mark.parametrize("text", ["", "5", "wd", "-1wd", "5 wd", "1.5h", "5WD", "٥h", "9999999h"])
def test_unreadable_durations_say_how_to_write_them(text: str) -> None:
    with pytest.raises(ValueError, match="for example 5wd"):
        Duration.parse(text)


@given(DURATIONS)
def test_durations_read_back(duration: Duration) -> None:
    assert Duration.parse(str(duration)) == duration


@given(STARTS, DURATIONS, DURATIONS)
def test_more_is_never_earlier(start: datetime, one: Duration, other: Duration) -> None:
    short, long = sorted((one.amount, other.amount))
    assert add(CALENDAR, start, Duration(short, one.unit)) <= add(CALENDAR, start, Duration(long, one.unit))


@given(STARTS, st.timedeltas(timedelta(), timedelta(days=20)), DURATIONS)
def test_a_later_start_never_ends_earlier(start: datetime, wait: timedelta, duration: Duration) -> None:
    assert add(CALENDAR, start, duration) <= add(CALENDAR, start + wait, duration)


@given(STARTS, st.integers(1, 40))
def test_working_days_never_end_on_a_day_off(start: datetime, amount: int) -> None:
    end = add(CALENDAR, start, Duration(amount, Unit.WORKING_DAY))
    assert CALENDAR.is_workday(end.date())
    assert end.date() > CALENDAR.local(start).date()


@given(STARTS, st.integers(1, 60))
def test_working_hours_end_in_the_office_and_add_up(start: datetime, amount: int) -> None:
    end = add(CALENDAR, start, Duration(amount, Unit.WORKING_HOUR))
    assert any(opens < end <= closes for opens, closes in CALENDAR.office_spans(end.date()))
    worked, day = timedelta(), CALENDAR.local(start).date()
    while day <= end.date():
        for opens, closes in CALENDAR.office_spans(day):
            worked += max(min(closes, end) - max(opens, start), timedelta())
        day += timedelta(days=1)
    assert worked == timedelta(hours=amount)


@pytest.mark.parametrize(
    ("when", "then"),
    [
        ("2026-09-18 21:59", "2026-09-18 21:59"),
        ("2026-09-18 22:00", "2026-09-19 07:00"),
        ("2026-09-19 06:59", "2026-09-19 07:00"),
        ("2026-09-19 07:00", "2026-09-19 07:00"),
    ],
)
def test_quiet_hours_over_midnight(when: str, then: str) -> None:
    assert after_quiet(Quiet(start=time(22), end=time(7)), CALENDAR, at(when)) == at(then)


def test_quiet_hours_by_day_and_none_at_all() -> None:
    noon = at("2026-09-18 12:30")
    assert after_quiet(Quiet(start=time(12), end=time(14)), CALENDAR, noon) == at("2026-09-18 14:00")
    assert after_quiet(Quiet(start=time(0), end=time(0)), CALENDAR, noon) == noon

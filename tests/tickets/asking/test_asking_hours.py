"""Citizens are asked in their waking hours, each time at another hour, messages on different days."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tickets.desk import CALENDAR, POLICY
from tickets.asking.asking_hours import next_asking, next_call
from tickets.limits.calendar import SHANGHAI

RULE, QUIET = POLICY.callback, POLICY.quiet


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


MOMENTS = st.integers(0, 2 * 365 * 24 * 60).map(lambda minutes: at("2026-01-01") + timedelta(minutes=minutes))


def asking(start: str, *asked: str) -> datetime:
    return next_asking(RULE.slots, QUIET, CALENDAR, start=at(start), asked=[at(one) for one in asked])


def calling(start: str, *called: str) -> datetime:
    return next_call(RULE.slots, QUIET, CALENDAR, start=at(start), called=[at(one) for one in called])


@pytest.mark.parametrize(
    ("start", "asked", "then"),
    [
        ("2026-09-21 09:00", [], "2026-09-21 09:00"),
        ("2026-09-21 03:00", [], "2026-09-21 09:00"),
        ("2026-09-21 11:30", [], "2026-09-21 12:00"),
        ("2026-09-21 20:30", [], "2026-09-22 09:00"),
        ("2026-09-22 10:00", ["2026-09-21 09:00"], "2026-09-22 12:00"),
        ("2026-09-21 12:30", ["2026-09-21 09:00"], "2026-09-22 12:00"),
        ("2026-09-23 08:00", ["2026-09-21 09:00", "2026-09-22 12:00"], "2026-09-23 18:30"),
    ],
)
def test_the_next_message(start: str, asked: list[str], then: str) -> None:
    assert asking(start, *asked) == at(then)


@pytest.mark.parametrize(
    ("start", "called", "then"),
    [
        ("2026-09-21 15:00", [], "2026-09-21 15:00"),
        ("2026-09-21 23:00", [], "2026-09-22 09:00"),
        ("2026-09-21 11:40", ["2026-09-21 09:10"], "2026-09-21 12:00"),
        ("2026-09-22 15:00", ["2026-09-21 12:10"], "2026-09-22 18:30"),
        ("2026-09-22 19:00", ["2026-09-21 09:10", "2026-09-21 12:30"], "2026-09-22 19:00"),
    ],
)
def test_the_next_call(start: str, called: list[str], then: str) -> None:
    assert calling(start, *called) == at(then)


@given(start=MOMENTS, waits=st.lists(st.integers(0, 100), min_size=2, max_size=2))
def test_three_messages_are_apart_and_wake_nobody(start: datetime, waits: list[int]) -> None:
    times = [next_asking(RULE.slots, QUIET, CALENDAR, start=start)]
    for wait in waits:
        after = times[-1] + timedelta(hours=wait)
        times.append(next_asking(RULE.slots, QUIET, CALENDAR, start=after, asked=times))
    slots = [next(place for place, slot in enumerate(RULE.slots) if slot.holds(one)) for one in times]
    assert len(set(slots)) == 3
    assert all(later.date() > earlier.date() for earlier, later in pairwise(times))


@given(start=MOMENTS)
def test_without_slots_only_the_quiet_hours_count(start: datetime) -> None:
    found = next_asking((), QUIET, CALENDAR, start=start, asked=[start])
    assert found >= start
    assert not QUIET.holds(found.time())
    assert found == start or QUIET.holds(start.time())

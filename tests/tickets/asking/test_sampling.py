"""The draw of who is called: repeatable, even over every unit at every moment, and not to be guessed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.asking.sampling import drawn

SEEDS = st.text("0123456789abcdef", min_size=1, max_size=16)
MONTH = "2026-09"


def draws(seed: str, count: int, *, unit: str = "D04", percent: int = 10) -> list[int]:
    places = range(1, count + 1)
    return [place for place in places if drawn(seed, month=MONTH, unit=unit, place=place, percent=percent)]


@given(seed=SEEDS, percent=st.integers(0, 100), count=st.integers(0, 400))
def test_the_share_of_a_unit_is_right_to_within_one(seed: str, percent: int, count: int) -> None:
    found = len(draws(seed, count, percent=percent))
    assert abs(found - count * percent / 100) < 1
    if count * percent % 100 == 0:
        assert found == count * percent // 100


@given(seed=SEEDS, place=st.integers(1, 10**6))
def test_the_same_seed_draws_the_same(seed: str, place: int) -> None:
    once, again = (drawn(seed, month=MONTH, unit="D04", place=place, percent=10) for _ in range(2))
    assert once is again


def test_seeds_units_and_months_draw_differently() -> None:
    usual = draws("a", 1000)
    assert usual != draws("b", 1000)
    assert usual != draws("a", 1000, unit="D05")
    october = [place for place in range(1, 1001) if drawn("a", month="2026-10", unit="D04", place=place, percent=10)]
    assert usual != october


def test_every_place_is_drawn_alike() -> None:
    """Over many seeds no place of a stretch is preferred (chi square, 9 degrees of freedom, far below 27.9 = 0.1 %)."""
    counts = [0] * 10
    for seed in range(5000):
        (place,) = draws(f"{seed}", 10)
        counts[place - 1] += 1
    assert sum((count - 500) ** 2 / 500 for count in counts) < 27.9


@pytest.mark.parametrize(("place", "percent"), [(0, 10), (1, -1), (1, 101)])
def test_what_cannot_be_meant(place: int, percent: int) -> None:
    with pytest.raises(ValueError, match=r"counted|share"):
        drawn("a", month=MONTH, unit="D04", place=place, percent=percent)

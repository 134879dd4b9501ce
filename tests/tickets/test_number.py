"""Ticket numbers: every slip of one digit or two neighbours is caught."""

from __future__ import annotations

import os
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets import number

DAYS = st.dates(date(2000, 1, 1), date(2068, 12, 31))
SEQUENCES = st.integers(1, number.LAST_SEQUENCE)
NUMBERS = st.builds(number.make, DAYS, SEQUENCES)


def test_shape() -> None:
    made = number.make(date(2026, 9, 18), 217)
    assert made.startswith("260918000217")
    assert len(made) == number.LENGTH
    assert number.tail(made) == made[-4:]


def test_every_single_slip_and_swap_is_caught() -> None:
    """Every prefix state meets every digit pair: exhaustive over the check itself, then over sample numbers."""
    for first in range(10):
        for second in range(10):
            right = number._check(f"{first}{second}")
            for other in range(10):
                if other != first:
                    assert number._check(f"{other}{second}") != right
                if other != second:
                    assert number._check(f"{first}{other}") != right
    for state in range(10):
        for left in range(10):
            for right_digit in range(left):
                assert number._check(f"{state}{left}{right_digit}") != number._check(f"{state}{right_digit}{left}")
    for sequence in range(1, 2000, 37):
        made = number.make(date(2026, 9, 18), sequence)
        for at, digit in enumerate(made):
            assert not any(number.valid(made[:at] + other + made[at + 1 :]) for other in "0123456789" if other != digit)
            swapped = made[:at] + made[at + 1 : at + 2] + digit + made[at + 2 :]
            assert swapped == made or not number.valid(swapped)


@given(NUMBERS)
def test_made_numbers_are_valid(made: str) -> None:
    assert number.valid(made)


@given(DAYS, SEQUENCES, SEQUENCES)
def test_different_tickets_have_different_numbers(day: date, one: int, other: int) -> None:
    assert (number.make(day, one) == number.make(day, other)) == (one == other)


@pytest.mark.parametrize("sequence", [0, -1, 1_000_000])
def test_a_sequence_out_of_range_is_refused(sequence: int) -> None:
    with pytest.raises(ValueError, match="999999"):
        number.make(date(2026, 1, 1), sequence)


@pytest.mark.parametrize(
    "text", ["", "260918000217", "2609180002170", "２６０９１８０００２１７１", "x" * 13, "0" * 13]
)
def test_other_texts_are_not_numbers(text: str) -> None:
    if text == "2609180002170":
        assert number.make(date(2026, 9, 18), 217) != text
    assert not number.valid(text)


@given(NUMBERS, NUMBERS)
def test_numbers_are_found_in_free_text(one: str, other: str) -> None:
    full_width = one.translate({ord(d): ord(d) + 0xFEE0 for d in "0123456789"})
    spaced = f"{other[:6]} {other[6:12]}　{other[12]}"
    found = number.find(f"催办{full_width}，还有 {spaced} 呢，电话13800138000")
    assert found == list(dict.fromkeys([one, other]))


def test_a_number_is_not_cut_from_a_longer_one() -> None:
    made = number.make(date(2026, 9, 18), 217)
    assert number.find(f"9{made}") == number.find(f"{made}1") == []
    assert number.find(f"2 {made}") == [made]
    assert number.find(f"260918-000217-{made[-1]}") == [made]


@given(st.text())
def test_any_text_is_searched_safely(text: str) -> None:
    assert all(map(number.valid, number.find(text)))


def test_a_supervision_number_has_its_day_and_place() -> None:
    assert number.supervision_number(date(2026, 9, 28), 31) == "DB-260928-031"
    assert number.supervision_number(date(2026, 9, 28), 1031) == "DB-260928-1031"


def test_query_codes() -> None:
    assert number.query_code(bytes(8)) == "0000000000"
    code = number.query_code(os.urandom(8))
    assert len(code) == 10
    assert code.isdigit()
    with pytest.raises(ValueError, match="8 random bytes"):
        number.query_code(b"1234567")

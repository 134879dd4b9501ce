"""The desk's door by itself: signed sessions, slow guessing, foreign pages, and numbers nobody reads in full."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.web.desk.gate import SHIFT, TRIES, Keys, Throttle, officer_name, same_site
from bot.web.desk.view import discreet, limit

KEY = "desk-key-of-the-tests"


def test_a_session_is_signed_and_ends() -> None:
    now = datetime(2026, 11, 24, tzinfo=UTC)
    keys, cookie = Keys(KEY), Keys(KEY).issue("王敏", now=now)
    assert keys.read(cookie, now=now + SHIFT - timedelta(seconds=1)) == "王敏"
    assert keys.read(cookie, now=now + SHIFT) == ""
    assert Keys(KEY + "x").read(cookie, now=now) == ""
    for place in range(len(cookie)):
        forged = cookie[:place] + chr(ord(cookie[place]) ^ 1) + cookie[place + 1 :]
        assert keys.read(forged, now=now) == ""


@given(st.text(max_size=80))
def test_no_cookie_and_no_name_breaks_the_door(text: str) -> None:
    assert Keys(KEY).read(text, now=datetime(2026, 1, 1, tzinfo=UTC)) == ""
    assert not Keys(KEY).fits(text)
    assert officer_name(text) == officer_name(officer_name(text))


def test_the_throttle_forgets_in_time() -> None:
    now, throttle = datetime(2026, 1, 1, tzinfo=UTC), Throttle()
    for _ in range(TRIES):
        assert not throttle.blocked("a", now=now)
        throttle.wrong("a", now=now)
    assert throttle.blocked("a", now=now)
    assert not throttle.blocked("b", now=now)
    assert not throttle.blocked("a", now=now + timedelta(minutes=5))


@pytest.mark.parametrize(
    ("headers", "ours"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "none"}, True),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "https://desk:8080"}, False),
        ({"Origin": "https://desk:8080"}, True),
        ({"Origin": "https://evil"}, False),
        ({"Origin": "null"}, False),
        ({}, False),
    ],
)
def test_only_our_own_pages_may_act(headers: dict[str, str], ours: bool) -> None:
    assert same_site("POST", headers, host="desk:8080") is ours


def test_numbers_are_reduced_to_their_ends() -> None:
    assert discreet("打13800138000,138 0013 8000,37010219900101123X") == (
        "打138****8000,138****8000,370***********123X"
    )
    assert discreet("编号20261124000123和12345") == "编号20261124000123和12345"


def test_a_limit_is_told_in_words() -> None:
    now = datetime(2026, 11, 24, 9, tzinfo=UTC)
    row = {"state": "handling", "due_at": now - timedelta(hours=3)}
    assert limit(row, now) == ("已超期3小时", "late")
    assert limit(row | {"due_at": now + timedelta(hours=5)}, now) == ("还有5小时", "soon")
    assert limit(row | {"due_at": now + timedelta(days=4)}, now) == ("还有4天", "")
    assert limit(row | {"state": "closed"}, now) == ("—", "")

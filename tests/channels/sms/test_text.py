"""Phones in one form, segments as they are billed, moments there are."""

from __future__ import annotations

import pytest

from channels.errors import Malformed
from channels.payload import Payload
from channels.phones import international, normal
from channels.sms.arrival import moment
from channels.sms.segments import segments


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("13800138000", "13800138000"),
        ("+8613800138000", "13800138000"),
        ("8613800138000", "13800138000"),
        ("008613800138000", "13800138000"),
        ("138 0013-8000", "13800138000"),
        ("+852 9876 5432", "+85298765432"),
        ("0085298765432", "+85298765432"),
        ("10086", "10086"),
        ("053112345", "053112345"),
        ("1381111****", None),
        ("", None),
        ("+", None),
        ("１３８００１３８０００", None),
        ("call me", None),
    ],
)
def test_a_phone_has_one_form(written: str, kept: str | None) -> None:
    assert normal(written) == kept
    if kept:
        assert normal(kept) == kept


def test_a_calling_code_apart() -> None:
    assert normal("98765432", country="852") == "+85298765432"
    assert normal("13800138000", country="86") == "13800138000"
    assert international("13800138000") == "+8613800138000"
    assert international("+85298765432") == "+85298765432"


@pytest.mark.parametrize(("body", "parts"), [(0, 1), (65, 1), (66, 2), (129, 2), (130, 3), (196, 3), (197, 4)])
def test_segments_as_the_provider_bills_them(body: int, parts: int) -> None:
    assert segments("示例市", "字" * body) == parts
    assert segments("示例市", "a" * body) == parts


def test_an_emoji_counts_twice() -> None:
    assert segments("示例市", "🙂" * 32 + "字") == 1
    assert segments("示例市", "🙂" * 33) == 2


@pytest.mark.parametrize("written", ["0001-01-01 00:00:00", "9999-12-31 23:59:59", "253402300799"])
def test_a_moment_that_has_no_name_on_other_clocks_is_no_time(written: str) -> None:
    with pytest.raises(Malformed):
        moment(Payload(written))

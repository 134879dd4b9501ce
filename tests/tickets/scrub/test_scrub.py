"""The scrub finds what tells who somebody is, and leaves what tells what happened."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tickets.scrub import Trace, ends, find, masked, scrub
from tickets.scrub.numbers import card, identity

CASES = yaml.safe_load((Path(__file__).parent / "scrub.yaml").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES["misses"], ids=lambda case: case["said"])
def test_nothing_personal_is_left(case: dict[str, str]) -> None:
    assert scrub(case["said"]) == case["left"]


@pytest.mark.parametrize("case", CASES["false_alarms"], ids=lambda case: case["kept"])
def test_the_matter_is_left(case: dict[str, str]) -> None:
    assert scrub(case["kept"]) == case["kept"]


@given(st.text(alphabet="我是叫王小明张伟电话1380号楼单元室岁@微信QQ：, 鲁A年满13-Xx", max_size=60))
def test_what_was_scrubbed_once_holds_nothing_more_of_numbers(text: str) -> None:
    numbers = frozenset({Trace.MOBILE, Trace.IDENTITY, Trace.CARD, Trace.EMAIL})
    assert find(scrub(text), numbers) == ()
    hits = find(text)
    assert all(one.end <= other.start for one, other in pairwise(hits))


PIECES = " ".join(CASES["pieces"]).split()


@given(st.lists(st.sampled_from(PIECES), max_size=8).map("".join))
def test_no_trace_is_missed_by_the_first_glance(text: str) -> None:
    assert find(text) == find(f"{text}\n6")  # a figure is always worth a look


@given(st.integers(3, 9), st.integers(0, 10**9 - 1))
def test_every_mobile_is_found_however_it_is_broken_up(second: int, rest: int) -> None:
    number = f"1{second}{rest:09d}"
    for said in (number, f"{number[:3]} {number[3:7]} {number[7:]}", f"{number[:3]}-{number[3:7]}-{number[7:]}"):
        assert scrub(f"找{said}谢谢") == "找〔手机号〕谢谢"
        assert masked(said) == f"{number[:3]}****{number[-4:]}"


def test_check_digits() -> None:
    assert identity("11010519491231002X", named=False)
    assert not identity("210912191108115409", named=False)  # begins like a date, and the check digit is wrong
    assert not identity("370102199013011234", named=True)  # there is no thirteenth month
    assert card("4111111111111111")
    assert not card("4111111111111112")


def test_who_handles_it_reads_the_ends_only() -> None:
    assert masked("我叫王小明，身份证11010519491231002X") == "我叫王**，身份证110***********002X"
    assert masked("来3号楼2单元501室") == "来3号楼2单元501室"


def test_an_address_is_shown_by_its_ends() -> None:
    shown = {
        "13800138217": "138****8217",
        "053112345": "053****2345",
        "12345": "****45",
        "wang@example.com": "w***@example.com",
    }
    shown |= {"oABCDEFG1234": "…1234", "": "—"}
    assert {one: ends(one) for one in shown} == shown

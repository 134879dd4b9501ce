"""Whether two appeals are the same matter: examples a clerk would agree with, and laws that hold for any two."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.tickets.desk import FRIDAY, POLICY
from tickets.appeal import AppealType, Urgency
from tickets.assessment.repeats import (
    Appealed,
    Kind,
    barred,
    kin,
    latest_repeated,
    likeness,
    repeats,
    same_matter,
)
from tickets.assessment.spots import Near, Spot, keys_of, metres, near, place_keys, square, squares_around
from tickets.state import OPEN, State

RULE = POLICY.repeats
PAIRS = yaml.safe_load((Path(__file__).parent / "pairs.yaml").read_text("utf-8"))


def appealed(told: list[str], case: dict[str, Any], *, at: datetime, category: str, **more: Any) -> Appealed:
    district, place, text = told
    return Appealed(
        type=AppealType(case.get("type", "complaint")),
        category=category,
        at=at,
        text=text,
        spot=Spot(district=district, words=place),
        safety=case.get("safety", False),
        **more,
    )


def both(case: dict[str, Any]) -> tuple[Appealed, Appealed]:
    old = State(case.get("old", "handling"))
    at = FRIDAY - timedelta(days=case.get("days", 30))
    first = appealed(
        case["first"], case, at=at, category=case["category"], state=old, ended=None if old in OPEN else at
    )
    return first, appealed(case["second"], case, at=FRIDAY, category=case.get("second_category", case["category"]))


@pytest.mark.parametrize("case", PAIRS, ids=[case["name"] for case in PAIRS])
def test_pairs_a_clerk_would_agree_with(case: dict[str, Any]) -> None:
    old, new = both(case)
    own, others = repeats(new, old, RULE), same_matter(new, old, RULE)
    assert (own.kind if own else "") == case["own"]
    assert (others.kind if others else "") == case["others"]


def test_the_evidence_names_its_features() -> None:
    old, new = both(PAIRS[1])
    found = repeats(new, old, RULE)
    assert found is not None
    evidence = found.likeness.evidence()
    assert (evidence["category"], evidence["near"], evidence["days"]) == (100, "key", 30)
    assert evidence["score"] > 80
    assert not {"latitude", "words"} & set(evidence), "no words of a citizen"


def test_the_open_one_is_asked_about_before_a_closed_one() -> None:
    old, new = both(PAIRS[1])
    closed = appealed(PAIRS[1]["second"], {}, at=FRIDAY - timedelta(days=2), category="0203", state=State.CLOSED,
                      ended=FRIDAY - timedelta(days=1))  # fmt: skip
    assert latest_repeated(new, {"closed": closed, "open": old}, RULE) == ("open", repeats(new, old, RULE))
    assert latest_repeated(new, {}, RULE) is None


@pytest.mark.parametrize(
    ("words", "keys"),
    [
        ("天桥区明湖西路12号附近", {"门牌:明湖西路12"}),
        ("明湖西路 12 号", {"门牌:明湖西路12"}),
        ("我家在历下区文东花园小区3号楼2单元", {"小区:文东花园"}),
        ("历下区阳光小区", {"小区:阳光"}),
        ("我们小区门口", set()),
        ("天桥区", set()),
        ("明湖西路上", set()),
        ("乘坐12号线", set()),
        ("经十路与山师东路交叉口", {"路口:山师东路×经十路"}),
    ],
)
def test_places_in_words(words: str, keys: set[str]) -> None:
    assert place_keys(words) == keys


def test_points_within_200_metres_are_one_place() -> None:
    lamp = Spot(district="04", words="甲小区", latitude=36.6760, longitude=116.9840)
    close = Spot(district="05", words="乙小区", latitude=36.6775, longitude=116.9840)
    far = Spot(district="04", words="甲小区", latitude=36.6790, longitude=116.9840)
    assert near(lamp, close, within=RULE.near) == (Near.POINT, 167)
    assert near(lamp, far, within=RULE.near) == (Near.OTHER, 334), "points say more than words"


POINTS = st.tuples(st.floats(18, 53), st.floats(74, 134))


@given(POINTS, st.floats(-0.0018, 0.0018), st.floats(-0.0022, 0.0022))
def test_a_point_close_by_is_in_one_of_the_squares_looked_into(
    point: tuple[float, float], up: float, right: float
) -> None:
    other = (point[0] + up, point[1] + right)
    if metres(point, other) <= RULE.near:
        assert square(other) in squares_around(point, within=RULE.near)


WORDS = st.lists(
    st.sampled_from(
        [
            "路灯",
            "不亮",
            "又",
            "这次是",
            "另一个",
            "明湖西路12号",
            "阳光花园",
            "9月3日",
            "8月11日",
            "要求赔偿",
            "要求维修",
            "停水",
            "没人管",
        ]
    ),
    max_size=8,
).map("".join)
APPEALS = st.builds(
    Appealed,
    type=st.sampled_from(AppealType),
    category=st.sampled_from(["0106", "0107", "0203", "1699"]),
    at=st.integers(0, 200).map(lambda days: FRIDAY - timedelta(days=days)),
    text=WORDS,
    spot=st.builds(
        Spot,
        district=st.sampled_from(["", "04", "05"]),
        words=WORDS,
        latitude=st.sampled_from([None, 36.676, 36.6775, 36.7]),
        longitude=st.just(116.984),
    ),
    urgency=st.sampled_from(Urgency),
    safety=st.booleans(),
    state=st.sampled_from(State),
    ended=st.none(),
)


@given(APPEALS, APPEALS)
def test_likeness_is_the_same_whoever_is_asked_first(one: Appealed, other: Appealed) -> None:
    assert likeness(one, other, RULE) == likeness(other, one, RULE)
    assert 0 <= likeness(one, other, RULE).score <= 100


@given(APPEALS, APPEALS)
def test_what_must_never_be_joined_is_never_proposed(new: Appealed, old: Appealed) -> None:
    for found in (repeats(new, old, RULE), same_matter(new, old, RULE)):
        if found is None:
            continue
        assert AppealType.REPORT not in (new.type, old.type)
        assert new.may_join
        assert old.may_join
        assert Urgency.CRITICAL not in (new.urgency, old.urgency)
        assert not barred(new, old)
        assert "这次是" not in new.text
        assert "另一个" not in new.text
        assert not ("赔偿" in new.text and "维修" in old.text and "赔偿" not in old.text and "维修" not in new.text)
        assert near(new.spot, old.spot, within=RULE.near)[0] is not Near.OTHER
        if found.kind is Kind.SAME_MATTER:
            assert "又" not in new.text
            assert old.state in OPEN
            shared = keys_of(new.spot) & keys_of(old.spot)
            assert shared or metres(new.spot.point or (0, 0), old.spot.point or (0, 0)) <= RULE.near


@given(APPEALS)
def test_the_same_words_again_are_a_repeat_unless_they_say_otherwise(old: Appealed) -> None:
    found = repeats(old, old, RULE)
    if old.state in OPEN and old.may_join and not barred(old, old) and len(old.text) > 2:
        assert found is not None


def test_categories_that_may_be_one_matter() -> None:
    assert kin("0106", RULE.related) == {"0106", "0107"}
    assert kin("0203", RULE.related) == {"0203"}

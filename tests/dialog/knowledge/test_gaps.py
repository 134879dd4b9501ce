"""Questions that ask the same become one gap, and each gap finds who could answer it."""

from __future__ import annotations

from datetime import date

import pytest

from dialog.knowledge.clusters import Clusters
from dialog.knowledge.owner import suggest_owner
from dialog.knowledge.policy import Outcome
from tests.dialog.talk import city

TODAY = date(2026, 9, 18)
ASKED = [
    "残疾人去游泳馆收费吗",
    "请问残疾人去游泳馆收费吗？",
    "残疾人去游泳馆要不要收费呀",
    "火星车号牌怎么申领",
    "怎么申领火星车的号牌",
    "老人坐地铁要不要刷卡",
]


def test_alike_together_unlike_apart() -> None:
    known, gaps = Clusters(), []
    for number, question in enumerate(ASKED):
        gap = known.place(question)
        if gap is None:
            gap = number
            known.found(gap, question)
        gaps.append(gap)
    assert gaps == [0, 0, 0, 3, 3, 5]


def test_known_gaps_take_new_questions() -> None:
    known = Clusters([(17, ASKED[0]), (23, ASKED[3])])
    assert [known.place(question) for question in ASKED[1:]] == [17, 17, 23, 23, None]
    assert known.place("？") is None
    assert Clusters().place("几号供暖") is None


@pytest.mark.parametrize(
    ("question", "unit", "why"),
    [
        ("异地就医怎么备案", "M11", "职责“异地就医”"),
        ("工伤认定后可以换单位吗", "M08", "职责“工伤”"),
        ("小区门口的路灯归谁", "M03", "职责“路灯”"),
        ("游泳馆的水多久换一次", "", ""),
    ],
)
def test_who_could_answer(question: str, unit: str, why: str) -> None:
    town = city()
    owner = suggest_owner(
        question, directory=town.directory, catalogue=town.catalogue, near=Outcome("none"), today=TODAY
    )  # type: ignore[arg-type]
    assert (owner.unit, owner.why) == (unit, why) if owner else unit == ""


def test_the_owner_of_what_is_near_is_the_last_resort() -> None:
    town = city()
    near = town.knowledge.ask("几号供暖", today=TODAY)
    owner = suggest_owner("问一问", directory=town.directory, catalogue=town.catalogue, near=near, today=TODAY)
    assert owner is not None
    assert (owner.unit, owner.why) == ("E02", "相近条目 KB-0412")

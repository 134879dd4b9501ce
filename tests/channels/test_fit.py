"""Texts fit, are cut where a reader would cut them, and list their choices."""

from __future__ import annotations

import pytest

from channels.capabilities import Capabilities, Choices, Route, Unit
from channels.fit import fit, length, listed, shorten
from channels.message import Choice, Notice, Say

FAMILY = "👨‍👩‍👧"
CHOICES = (Choice("very", "很满意", "1"), Choice("ok", "满意"), Choice("person", "转人工", "人工"))


def can(limit: int, choices: Choices = Choices.TEXT) -> Capabilities:
    return Capabilities(text_limit=limit, text_unit=Unit.CHARACTERS, routes=(Route.DIRECT,), choices=choices)


@pytest.mark.parametrize(("unit", "count"), [(Unit.CHARACTERS, 3), (Unit.UTF8_BYTES, 8), (Unit.UTF16_UNITS, 4)])
def test_each_unit_counts_its_own_way(unit: Unit, count: int) -> None:
    assert length("a民🙂", unit) == count


@pytest.mark.parametrize(
    ("text", "limit", "unit", "short"),
    [
        ("路灯坏了", 4, Unit.CHARACTERS, "路灯坏了"),
        ("路灯坏了。", 4, Unit.CHARACTERS, "路灯坏…"),
        ("您的诉求已受理。请您等待办理结果", 12, Unit.CHARACTERS, "您的诉求已受理。…"),
        ("您的诉求已经受理，请您等待办理", 12, Unit.CHARACTERS, "您的诉求已经受理，…"),
        ("好。您的诉求已经受理了请您等待办理", 12, Unit.CHARACTERS, "好。您的诉求已经受理了…"),
        (FAMILY * 2, 9, Unit.UTF16_UNITS, FAMILY + "…"),
        (FAMILY * 2, 12, Unit.UTF16_UNITS, FAMILY + "…"),
        (FAMILY * 2, 8, Unit.UTF16_UNITS, "…"),
        ("cafe\u0301s", 5, Unit.CHARACTERS, "caf…"),
        ("路灯坏了,\u0301再来", 6, Unit.CHARACTERS, "路灯坏了…"),
        ("民声", 5, Unit.UTF8_BYTES, "…"),
        ("民声", 2, Unit.UTF8_BYTES, ""),
        ("民声", 0, Unit.CHARACTERS, ""),
    ],
)
def test_where_a_text_is_cut(text: str, limit: int, unit: Unit, short: str) -> None:
    assert shorten(text, limit=limit, unit=unit) == short


def test_choices_become_words_where_there_are_no_buttons() -> None:
    assert listed(CHOICES) == "1 很满意 2 满意 人工 转人工"
    assert fit(Say("请评价", CHOICES), can(100)) == Say("请评价\n1 很满意 2 满意 人工 转人工")
    assert fit(Say("请评价", CHOICES), can(100, Choices.BUTTONS)) == Say("请评价", CHOICES)
    assert fit(Notice("survey.ask", {"no": "1"}, "请评价", CHOICES), can(100)) == Notice(
        "survey.ask", {"no": "1"}, "请评价\n1 很满意 2 满意 人工 转人工"
    )


def test_long_choices_get_a_line_each() -> None:
    assert listed((Choice("a", "长" * 40), Choice("b", "短"))) == f"1 {'长' * 40}\n2 短"


def test_the_words_give_way_before_the_choices() -> None:
    options = "1 很满意 2 满意 人工 转人工"
    assert fit(Say("请对本次办理结果作出评价谢谢", CHOICES), can(len(options) + 6)).text == f"请对本次…\n{options}"
    assert fit(Say("请评价", CHOICES), can(len(options))).text == options
    assert fit(Say("请评价", CHOICES), can(5)).text == "1 很满…"

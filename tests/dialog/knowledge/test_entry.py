"""An entry keeps its rules and its dates."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialog.knowledge.entry import EntryError, EntryState, distinct
from tests.dialog.knowledge.made import made


@pytest.mark.parametrize(
    ("fault", "fields"),
    [
        ("编号", {"entry_id": "KB 0412"}),
        ("编号", {"entry_id": ""}),
        ("缺少问题", {"question": " "}),
        ("128", {"question": "问" * 129}),
        ("128", {"similar": ("问" * 129,)}),
        ("空白", {"similar": ("怎么办", " ")}),
        ("缺少答案", {"answer": "\n"}),
        ("2000", {"answer": "答" * 2001}),
        ("关键词", {"keywords": ("词" * 21,)}),
        ("标题相同", {"question": "供暖", "keywords": ("供暖",)}),
        ("四位数字", {"category": "402"}),
        ("早于", {"expires": date(2025, 12, 31)}),
        ("口径须写明失效日期", {"nature": "口径"}),
        ("不超过1000字", {"materials": "表" * 1001}),
    ],
)
def test_a_broken_rule_names_entry_and_cure(fault: str, fields: dict[str, object]) -> None:
    given_fields = {"entry_id": "KB-1", "question": "几号供暖"} | fields
    with pytest.raises(EntryError, match=fault):
        made(**given_fields)  # type: ignore[arg-type]


@given(
    st.dates(date(2025, 1, 1), date(2027, 1, 1)),
    st.integers(0, 400),
    st.integers(-500, 900),
    st.sampled_from(EntryState),
)
def test_served_exactly_from_effective_to_expiry(start: date, days: int, shift: int, state: EntryState) -> None:
    entry = made("KB-1", "几号供暖", effective=start, expires=start + timedelta(days), state=state)
    served = entry.served_on(start + timedelta(shift))
    assert served == (state is EntryState.PUBLISHED and 0 <= shift <= days)


def test_an_entry_without_expiry_is_served_on() -> None:
    assert made("KB-1", "几号供暖").served_on(date(2099, 1, 1))


def test_two_with_one_id_or_one_question_are_refused() -> None:
    first = made("KB-1", "几号供暖")
    with pytest.raises(EntryError, match="KB-1: 编号重复"):
        distinct([first, made("KB-1", "几号停暖")])
    with pytest.raises(EntryError, match="KB-2: 与 KB-1 的问题相同"):
        distinct([first, made("KB-2", "几号供暖")])
    assert len(distinct([first, made("KB-2", "几号供暖", area="04")])) == 2

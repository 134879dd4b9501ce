"""The life of an entry: every row of its table, and that nothing leads round the reviewer."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialog.knowledge.entry import EntryState
from dialog.knowledge.life import LIVE, OPEN, TABLE, Deed, Hand, NotPossible, Version, advance, meet, possible
from tests.dialog.knowledge.made import TODAY, made

DOC = Path(__file__).parents[3] / "docs" / "knowledge.md"


def version(state: EntryState = EntryState.DRAFT, **facts: object) -> Version:
    return Version(made("KB-1", "几号供暖", state=state, **({"owner_unit": "E02"} | facts)), 1, "李编辑")


def tried(before: Version, deed: Deed, hand: Hand, *, by: str = "王审核", note: str = "因故") -> Version | str:
    try:
        return advance(before, deed, hand=hand, by=by, today=TODAY, note=note)
    except NotPossible as refused:
        return refused.reason


@pytest.mark.parametrize("row", TABLE, ids=lambda row: str(row.deed))
def test_every_row_leads_where_it_says_and_from_nowhere_else(row) -> None:
    dates = {"expires": date(2026, 11, 23)} if row.deed is Deed.EXPIRE else {}
    for state in EntryState:
        for hand in Hand:
            after = tried(version(state, **dates), row.deed, hand)
            if state not in row.of:
                assert after == "state"
            elif hand not in row.by:
                assert after == "hand"
            else:
                assert isinstance(after, Version)
                assert after.entry.state is row.to


@pytest.mark.parametrize(
    ("before", "deed", "hand", "said", "reason"),
    [
        (version(EntryState.REVIEW), Deed.APPROVE, Hand.REVIEWER, {"by": "李编辑"}, "same_person"),
        (version(owner_unit=""), Deed.SUBMIT, Hand.EDITOR, {}, "no_owner"),
        (version(expires=date(2026, 11, 23)), Deed.SUBMIT, Hand.EDITOR, {}, "over"),
        (version(EntryState.PUBLISHED), Deed.EXPIRE, Hand.RULES, {}, "not_over"),
        (version(EntryState.PUBLISHED), Deed.WITHDRAW, Hand.EDITOR, {"note": " "}, "no_note"),
        (version(EntryState.REVIEW), Deed.RETURN, Hand.REVIEWER, {"note": ""}, "no_note"),
    ],
)
def test_what_is_refused(before, deed, hand, said, reason) -> None:
    assert tried(before, deed, hand, **said) == reason


@given(
    st.lists(st.tuples(st.sampled_from(Deed), st.sampled_from(Hand), st.sampled_from(["李编辑", "王审核"])), max_size=8)
)
def test_nothing_is_published_without_a_second_person(deeds) -> None:
    now, approved = version(), False
    for deed, hand, by in deeds:
        after = tried(now, deed, hand, by=by)
        if isinstance(after, Version):
            approved |= deed is Deed.APPROVE and by != "李编辑"
            now = after
    assert approved or now.entry.state not in LIVE


def test_approval_and_confirmation_are_comparisons_with_the_source() -> None:
    approved = tried(version(EntryState.REVIEW), Deed.APPROVE, Hand.REVIEWER)
    assert isinstance(approved, Version)
    assert (approved.entry.checked, approved.reviewer) == (TODAY, "王审核")
    assert tried(version(), Deed.SUBMIT, Hand.EDITOR).entry.checked == date(2026, 10, 20)  # type: ignore[union-attr]


def test_what_may_be_done_is_offered() -> None:
    assert possible(EntryState.DRAFT, Hand.EDITOR, Hand.REVIEWER) == (Deed.SUBMIT, Deed.WITHDRAW)
    assert possible(EntryState.REPLACED, *Hand) == ()
    assert not OPEN & LIVE


def test_two_meet_only_where_a_citizen_could_get_either() -> None:
    one = made("KB-1", "几号供暖")
    assert meet(one, made("KB-2", "几号供暖"))
    assert not meet(one, one)
    assert not meet(one, made("KB-2", "几号供暖", area="01"))
    assert not meet(one, made("KB-2", "几号供暖", effective=date(2020, 1, 1), expires=date(2020, 12, 31)))
    assert not meet(one, made("KB-2", "几号供暖", nature="口径", expires=date(2026, 12, 31)))


def test_the_page_shows_the_table() -> None:
    words = DOC.read_text("utf-8")
    for row in TABLE:
        states, hands = ", ".join(sorted(row.of)), ", ".join(sorted(row.by))
        assert f"| `{row.deed}` | {states} | {hands} | {row.to} |" in words

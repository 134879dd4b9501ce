"""Long texts: cut as they are billed, joined whatever the order, the repeats and the restarts in between."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.errors import Malformed
from channels.message import Kind
from channels.sms.line.coding import BINARY, UCS2
from channels.sms.line.concat import Place, marked, split
from channels.sms.line.dialect import Piece
from channels.sms.line.intake import Intake

NOW = datetime(2026, 1, 1, 8, 0, tzinfo=UTC)
WAIT = timedelta(minutes=10)
WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=300)


def intake(cursor: str = "", session: str = "a") -> Intake:
    return Intake("city", "10657", WAIT, cursor, session=session)


def piece(octets: bytes, place: Place | None = None, *, id: str = "", coding: str = UCS2) -> Piece:
    return Piece(phone="13800138000", to="10657", coding=coding, octets=octets, place=place, id=id)


def parts(text: str, ref: int = 7) -> list[Piece]:
    cut = split(text)
    return [piece(octets, Place(ref, len(cut), n)) for n, octets in enumerate(cut, 1)]


@pytest.mark.parametrize(
    ("units", "sizes"), [(70, [140]), (71, [134, 8]), (134, [134, 134]), (135, [134, 134, 2]), (0, [0])]
)
def test_a_text_is_cut_where_it_is_billed(units: int, sizes: list[int]) -> None:
    assert [len(part) for part in split("字" * units)] == sizes


def test_a_pair_is_never_torn() -> None:
    assert [len(part) for part in split("字" * 66 + "🙂" + "字" * 10)] == [132, 24]


@given(WORDS)
def test_the_parts_are_the_text_and_each_can_be_read_alone(text: str) -> None:
    cut = split(text)
    assert "".join(part.decode("utf-16-be") for part in cut) == text
    assert all(len(part) <= (140 if len(cut) == 1 else 134) for part in cut)


def test_more_than_a_mark_can_count_is_refused() -> None:
    with pytest.raises(ValueError, match="more parts"):
        split("字" * 67 * 256)


@pytest.mark.parametrize(
    ("octets", "place", "rest"),
    [
        ("05000377020141", Place(0x77, 2, 1), b"A"),
        ("060804123402024142", Place(0x1234, 2, 2), b"AB"),
        ("0b05040b8423f000037702014142", Place(0x77, 2, 1), b"AB"),  # ports first
        ("06050423f0000041", None, b"A"),
        ("05000377010141", None, b"A"),  # one of one
        ("0041", None, b"A"),
    ],
)
def test_marks_are_found_wherever_they_lie(octets: str, place: Place | None, rest: bytes) -> None:
    assert marked(bytes.fromhex(octets)) == (place, rest)


@pytest.mark.parametrize("octets", ["", "05", "0500037702", "0500047702010141", "05000377020341", "05000377000041"])
def test_torn_marks_are_malformed(octets: str) -> None:
    with pytest.raises(Malformed):
        marked(bytes.fromhex(octets))


@given(st.binary(max_size=40))
def test_any_mark_is_malformed_at_worst(octets: bytes) -> None:
    try:
        place, rest = marked(octets)
    except Malformed:
        return
    assert octets.endswith(rest)
    assert place is None or place.mark()[0] == 5


@given(st.data())
def test_any_order_with_repeats_and_restarts_gives_the_text_once(data: st.DataObject) -> None:
    """Each part comes at least once; between any two the process may die and begin from the cursor."""
    text = data.draw(st.text(st.sampled_from("路灯坏了🙂a"), min_size=75, max_size=200))
    cut = parts(text)
    order = data.draw(st.permutations([*cut, *data.draw(st.lists(st.sampled_from(cut), max_size=4))]))
    one, said = intake(), []
    for part in order:
        found = one.take(part, at=NOW)
        if data.draw(st.booleans()):
            one = intake(str(one), "b")
        if found:
            said.append(found.text)
    assert said == [text]


def test_a_reference_used_again_begins_a_new_text() -> None:
    first, second = parts("甲" * 80), parts("乙" * 80)
    one = intake()
    assert one.take(first[0], at=NOW) is None
    assert one.take(second[0], at=NOW) is None
    whole = one.take(second[1], at=NOW)
    assert whole is not None
    assert whole.text == "乙" * 80
    late = one.lapsed(NOW + WAIT)
    assert late is not None
    assert late.text == "甲" * 67 + "[缺第2段]"
    assert one.lapsed(NOW + WAIT) is None


def test_what_is_missing_is_waited_for_and_then_named() -> None:
    one = intake()
    one.take(parts("甲" * 200)[1], at=NOW)
    assert one.lapsed(NOW + WAIT - timedelta(seconds=1)) is None
    assert one.pause(NOW + timedelta(minutes=9), most=300) == 60
    assert one.pause(NOW - timedelta(days=3), most=1e9) == WAIT.total_seconds(), "a clock set back"
    late = intake(str(one)).lapsed(NOW + WAIT)
    assert late is not None
    assert late.text == "[缺第1段]" + "甲" * 67 + "[缺第3段]"
    assert late.sent_at == NOW


def test_the_gateways_own_id_is_kept() -> None:
    one = intake()
    assert one.take(piece(b"\x00A", id="bba5654001230046"), at=NOW).id == "bba5654001230046"  # type: ignore[union-attr]
    assert str(one) == "", "what has an id need not be remembered"


def test_a_doubt_does_not_last() -> None:
    one = intake()
    first = one.take(piece(b"\x001"), at=NOW)
    soon = intake(str(one), "b").take(piece(b"\x001"), at=NOW + timedelta(minutes=14))
    later = intake(str(one), "b").take(piece(b"\x001"), at=NOW + timedelta(minutes=16))
    assert first is not None
    assert soon is not None
    assert later is not None
    assert first.id == soon.id != later.id


def test_what_is_no_text_is_said_to_be_none() -> None:
    found = intake().take(piece(b"\x01\x02", coding=BINARY), at=NOW)
    assert found is not None
    assert (found.kind, found.text) == (Kind.UNSUPPORTED, "")


@pytest.mark.parametrize(
    "cursor", ["", "x", "[]", "1", '{"parts": 3}', '{"parts": {"a": {"b": 1}}}', '{"fresh": {"a": 1}}']
)
def test_a_cursor_nobody_wrote_is_begun_anew(cursor: str) -> None:
    assert str(intake(cursor)) == ""


def test_words_never_show() -> None:
    one = intake()
    one.take(parts("甲" * 80)[0], at=NOW)
    assert "甲" not in repr(one) + repr(parts("甲" * 80))
    assert "13800138000" not in repr(one) + repr(parts("甲" * 80))

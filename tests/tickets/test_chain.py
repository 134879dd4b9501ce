"""The chained log: whatever is changed, left out, added or cut off shows, at its first place."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tickets.desk import Desk
from tickets.chain import Broken, Link, canonical, digest, linked, verify
from tickets.state import Actor, Role

DESK = Desk().closed()
NUMBER = DESK.ticket.number
LINKS = linked("", ticket=NUMBER, events=DESK.events, first=1)
HEAD = LINKS[-1].hash
PLACES = st.integers(0, len(LINKS) - 1)


def changed(place: int, **fields: object) -> list[Link]:
    links = list(LINKS)
    links[place] = replace(links[place], event=replace(links[place].event, **fields))  # type: ignore[arg-type]
    return links


def test_an_untouched_log_holds_and_can_be_continued() -> None:
    assert verify(NUMBER, LINKS, head=HEAD) is None
    first = linked("", ticket=NUMBER, events=DESK.events[:3], first=1)
    rest = linked(first[-1].hash, ticket=NUMBER, events=DESK.events[3:], first=4)
    assert (*first, *rest) == LINKS


@given(PLACES)
def test_a_changed_event_is_found_where_it_was_changed(place: int) -> None:
    later = LINKS[place].event.at.replace(microsecond=1)
    assert verify(NUMBER, changed(place, data={"late": "no"}), head=HEAD) == Broken(place + 1, "data")
    assert verify(NUMBER, changed(place, at=later), head=HEAD) == Broken(place + 1, "hash")
    assert verify(NUMBER, changed(place, actor=Actor(Role.SYSTEM, "x")), head=HEAD) == Broken(place + 1, "hash")
    assert verify(NUMBER, changed(place, sealed=True), head=HEAD) == Broken(place + 1, "hash")


@given(PLACES)
def test_a_missing_or_cut_off_event_is_found(place: int) -> None:
    without = [*LINKS[:place], *LINKS[place + 1 :]]
    found = verify(NUMBER, without, head=HEAD)
    assert found == (Broken(place + 1, "n") if place < len(LINKS) - 1 else Broken(place, "end"))


def test_a_log_moved_to_another_ticket_is_found() -> None:
    assert verify("2609180000308", LINKS, head=HEAD) == Broken(1, "hash")


def test_a_hash_taken_away_is_found() -> None:
    blank = [replace(LINKS[0], hash=""), *LINKS[1:]]
    assert verify(NUMBER, blank, head=HEAD) == Broken(2, "hash")
    all_blank = [replace(one, hash="") for one in LINKS]
    assert verify(NUMBER, all_blank, head=HEAD) == Broken(len(LINKS), "end")


def test_events_older_than_the_chain_may_stand_before_it() -> None:
    old = [replace(one, hash="", digest="") for one in LINKS[:2]]
    new = linked("", ticket=NUMBER, events=DESK.events[2:], first=3)
    assert verify(NUMBER, [*old, *new], head=new[-1].hash) is None
    assert verify(NUMBER, old, head="") is None


def test_words_erased_by_law_leave_the_chain_whole() -> None:
    gone = replace(LINKS[2], event=replace(LINKS[2].event, data={}), erased=True)
    assert verify(NUMBER, [*LINKS[:2], gone, *LINKS[3:]], head=HEAD) is None


def test_the_same_moment_in_another_zone_is_the_same() -> None:
    utc = [replace(one, event=replace(one.event, at=one.event.at.astimezone(UTC))) for one in LINKS]
    assert verify(NUMBER, utc, head=HEAD) is None


@given(st.dictionaries(st.text(st.characters(codec="utf-8")), st.integers() | st.booleans() | st.none()))
def test_one_value_has_one_text(data: dict[str, object]) -> None:
    shuffled = dict(reversed(list(data.items())))
    assert canonical(data) == canonical(shuffled)
    assert digest(data) == digest(shuffled)


def test_what_json_cannot_hold_is_refused() -> None:
    with pytest.raises(ValueError, match="Out of range float"):
        canonical({"x": float("nan")})

"""A call adds up to the same in whatever order it is heard, and its phase only rises."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.calls import Call, CallEvent, CallStep, Direction, Party, Phase
from channels.errors import Malformed
from channels.phone.parse import read_events
from channels.phones import normal, takes_texts

AT = datetime(2026, 9, 18, 2, 0, tzinfo=UTC)
ORDER = tuple(Phase)
STEPS = st.builds(
    CallStep,
    account=st.just("city"),
    id=st.text("abc", min_size=1, max_size=2),
    call_id=st.just("c"),
    what=st.sampled_from(CallEvent),
    at=st.integers(0, 9).map(lambda n: AT + timedelta(seconds=n)),
    direction=st.sampled_from([None, Direction.IN, Direction.OUT]),
    peer=st.sampled_from(["", "13800138000", "053188886666"]),
    extension=st.sampled_from(["", "1001", "1002"]),
    talked=st.sampled_from([None, 0, 30]),
    party=st.sampled_from([None, *Party]),
    leg=st.sampled_from(["a", "b"]),
)


def added(steps: list[CallStep]) -> Call:
    return reduce(Call.heard, steps, Call())


@given(
    st.lists(STEPS, max_size=12).flatmap(lambda steps: st.tuples(st.just(steps), st.permutations(steps + steps[:3])))
)
def test_any_order_and_any_repeat_is_the_same_call(told: tuple[list[CallStep], list[CallStep]]) -> None:
    steps, again = told
    assert added(steps) == added(again)
    assert added(steps).missed == added(again).missed


@given(st.lists(STEPS, max_size=12))
def test_the_phase_only_rises(steps: list[CallStep]) -> None:
    call, phase = Call(), 0
    for step in steps:
        call = call.heard(step)
        assert ORDER.index(call.phase) >= phase
        phase = ORDER.index(call.phase)


def step(what: CallEvent, after: int, **more: object) -> CallStep:
    at = AT + timedelta(seconds=after)
    given = {"direction": Direction.IN} | more
    return CallStep(account="city", id=f"{what}{after}", call_id="c", what=what, at=at, **given)  # type: ignore[arg-type]


E = CallEvent


@pytest.mark.parametrize(
    ("steps", "missed"),
    [
        ([step(E.QUEUED, 0), step(E.ENDED, 80)], True),
        ([step(E.RINGING, 0), step(E.ENDED, 80)], True),
        ([step(E.QUEUED, 0), step(E.ENDED, 80), step(E.BRIDGED, 20)], False),
        ([step(E.ENDED, 80)], False),
        ([step(E.QUEUED, 0)], False),
        ([step(E.QUEUED, 0, direction=Direction.OUT), step(E.ENDED, 80, direction=Direction.OUT)], False),
    ],
)
def test_who_waited_and_hung_up_was_missed(steps: list[CallStep], missed: bool) -> None:
    assert added(steps).missed is missed


def test_an_agents_leg_is_known_while_he_is_on_the_line() -> None:
    on, off = (
        step(what, 5 + place, party=Party.AGENT, leg="a") for place, what in enumerate((E.PARTY_ON, E.PARTY_OFF))
    )
    assert added([on]).agent_leg == "a"
    assert added([on, off]).agent_leg == ""
    assert added([off, on]).agent_leg == ""
    next_one = step(E.PARTY_ON, 9, party=Party.AGENT, leg="b")
    assert added([on, next_one, off]).agent_leg == "b"


@pytest.mark.parametrize(
    ("written", "kept", "texts"),
    [
        ("+8613800138000", "13800138000", True),
        ("013800138000", "13800138000", True),
        ("0531-88886666", "053188886666", False),
        ("+86 531 88886666", "053188886666", False),
        ("+861012345678", "01012345678", False),
        ("+85298765432", "+85298765432", True),
        ("12345", "12345", False),
    ],
)
def test_numbers_as_a_switchboard_writes_them(written: str, kept: str, texts: bool) -> None:
    assert normal(written) == kept
    assert takes_texts(kept) is texts


@pytest.mark.parametrize("hidden", ["", "anonymous", "Restricted", "sip:x@y"])
def test_a_hidden_number_is_none(hidden: str) -> None:
    assert normal(hidden) is None


@pytest.mark.parametrize("ts", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59+00:00", "2026-01-01T08:00:00"])
def test_a_moment_that_has_no_name_on_every_clock_is_malformed(ts: str) -> None:
    told = {"event_id": "E1", "call_id": "1", "type": "call.ended", "ts": ts}
    with pytest.raises(Malformed):
        read_events(json.dumps(told).encode(), account="city")

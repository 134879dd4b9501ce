"""三方通话 in any order of buttons, answers and hang-ups: nobody is left alone on a line, nobody hears what he must not."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field

import pytest

from channels.three_way import Deed, Happening, Outcome, Stage, after, buttons

H, S, D = Happening, Stage, Deed


@dataclass
class Board:
    """A switchboard with three lines: who is in the room, who waits with music, whose phone rings."""

    stage: Stage = Stage.TALKING
    outcome: Outcome = Outcome.NONE
    room: set[str] = field(default_factory=lambda: {"citizen", "agent"})
    waits: set[str] = field(default_factory=set)
    rings: bool = False
    late: bool = False
    """It was picked up in the very moment it was called off."""
    queued: bool = False
    heard_early: bool = False

    def happens(self, happening: Happening) -> None:
        """Physics first, then what the table makes of it; what cannot happen on the line does not."""
        if not self._possible(happening):
            return
        turn = after(self.stage, happening)
        if turn is None:
            # Told twice or too late. Of citizen and agent in plain talk, who is left is put down, too.
            if self.stage is S.ENDED and (plain := after(S.TALKING, happening)) and happening is not H.CALL_UNIT:
                self._do(plain.deeds)
            return
        self.stage, self.outcome = turn.stage, turn.outcome or self.outcome
        self._do(turn.deeds)

    def _possible(self, happening: Happening) -> bool:
        leg = {H.CITIZEN_GONE: "citizen", H.AGENT_GONE: "agent", H.UNIT_GONE: "unit"}.get(happening)
        if happening is H.UNIT_ANSWERED:
            was, self.rings, self.late = self.rings or self.late, False, False
            if was:
                self.waits.add("unit line")
            return was
        if leg == "unit" and self.rings:
            self.rings = False
            return True
        if leg is not None:
            there = leg in self.room | self.waits or (leg == "unit" and "unit line" in self.waits)
            self.room.discard(leg)
            self.waits -= {leg, "unit line"} if leg == "unit" else {leg}
            return there
        return happening in buttons(self.stage)

    def _do(self, deeds: tuple[Deed, ...]) -> None:
        for deed in deeds:
            match deed:
                case D.HOLD_CITIZEN:
                    self.room.discard("citizen")
                    self.waits.add("citizen")
                case D.RING_UNIT:
                    self.rings = True
                case D.CONNECT_UNIT:
                    self.waits.discard("unit line")
                    self.room.add("unit")
                    self.heard_early |= "citizen" in self.room
                case D.JOIN_CITIZEN if "citizen" in self.room | self.waits:
                    self.waits.discard("citizen")
                    self.room.add("citizen")
                case D.REQUEUE_CITIZEN if "citizen" in self.waits:
                    self.waits.discard("citizen")
                    self.queued = True
                case D.DROP_CITIZEN | D.DROP_AGENT | D.DROP_UNIT:
                    leg = deed.removeprefix("drop_")
                    self.room.discard(leg)
                    self.waits.discard(leg)
                    if leg == "unit":
                        self.rings, self.late = False, self.rings
                        self.waits.discard("unit line")


WHERE = {
    S.CALLING: ({"agent"}, {"citizen"}, True),
    S.CONSULTING: ({"agent", "unit"}, {"citizen"}, False),
    S.JOINED: ({"citizen", "agent", "unit"}, set(), False),
    S.LEFT: ({"citizen", "unit"}, set(), False),
    S.WITHOUT_CITIZEN: ({"agent", "unit"}, set(), False),
}
"""Who is in the room at each stage, who waits, whether a phone rings."""


def test_nobody_is_left_alone_whatever_happens() -> None:
    """Every state of the lines that can be reached at all, by whatever happens in whatever order."""
    first = Board()
    first.happens(H.CALL_UNIT)
    seen, waiting = set[str](), [first]
    while waiting:
        board = waiting.pop()
        if repr(board) in seen:
            continue
        seen.add(repr(board))
        assert not board.heard_early, "the unit and the agent speak before the citizen is joined"
        if board.stage is S.ENDED:
            assert not board.waits, "nobody listens to music, or waits on an answered line, for ever"
            assert not board.rings
            assert board.room in (set(), {"citizen", "agent"}), "nobody speaks into an empty room"
        else:
            assert (board.room, board.waits, board.rings) == WHERE[board.stage]
        for happening in Happening:
            then = deepcopy(board)
            then.happens(happening)
            waiting.append(then)
    assert {stage for stage in Stage if any(f"{stage!r}" in one for one in seen)} == set(Stage) - {S.TALKING}


def test_the_whole_way() -> None:
    board = Board()
    for happening in (H.CALL_UNIT, H.UNIT_ANSWERED, H.JOIN):
        board.happens(happening)
    assert (board.stage, board.room) == (S.JOINED, {"citizen", "agent", "unit"})
    board.happens(H.LEAVE)
    board.happens(H.AGENT_GONE)
    assert (board.stage, board.room) == (S.LEFT, {"citizen", "unit"})
    board.happens(H.UNIT_GONE)
    assert (board.stage, board.outcome, board.room) == (S.ENDED, Outcome.JOINED, set())


@pytest.mark.parametrize(
    ("then", "outcome", "room"),
    [
        ((H.UNIT_GONE,), Outcome.NOBODY, {"citizen", "agent"}),
        ((H.CALL_OFF,), Outcome.CALLED_OFF, {"citizen", "agent"}),
        ((H.CITIZEN_GONE,), Outcome.CITIZEN_LEFT, set()),
        ((H.AGENT_GONE,), Outcome.AGENT_LOST, set()),
        ((H.UNIT_ANSWERED, H.UNIT_GONE), Outcome.CONSULTED, {"citizen", "agent"}),
        ((H.UNIT_ANSWERED, H.CITIZEN_GONE, H.UNIT_GONE), Outcome.CITIZEN_LEFT, set()),
        ((H.UNIT_ANSWERED, H.JOIN, H.UNIT_GONE), Outcome.JOINED, {"citizen", "agent"}),
    ],
)
def test_how_it_may_end(then: tuple[Happening, ...], outcome: Outcome, room: set[str]) -> None:
    board = Board()
    for happening in (H.CALL_UNIT, *then):
        board.happens(happening)
    assert (board.stage, board.outcome, board.room) == (S.ENDED, outcome, room)
    assert board.queued is (outcome is Outcome.AGENT_LOST)


def test_what_the_agent_may_do() -> None:
    assert {stage: buttons(stage) for stage in Stage} == {
        S.TALKING: (H.CALL_UNIT,),
        S.CALLING: (H.CALL_OFF,),
        S.CONSULTING: (H.JOIN, H.CALL_OFF),
        S.JOINED: (H.LEAVE, H.CALL_OFF),
        S.LEFT: (),
        S.WITHOUT_CITIZEN: (H.CALL_OFF,),
        S.ENDED: (),
    }

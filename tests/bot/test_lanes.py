"""Lanes: what waits is settled together, nothing is waited for, and nothing of one owner is in two lanes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from bot.lanes import Lanes, Waiting


class Settling:
    """Doubles numbers, a group at a time, slowly; a negative one it cannot double."""

    def __init__(self, *, lanes: int = 1, at_most: int = 4) -> None:
        self.lanes = Lanes[int, int](self.settle, owner=lambda number: abs(number) % 10, lanes=lanes, at_most=at_most)
        self.groups: list[list[int]] = []
        self.under_way: list[int] = []

    async def settle(self, waiting: Sequence[Waiting[int, int]]) -> None:
        numbers = [one.thing for one in waiting]
        owners = [abs(number) % 10 for number in numbers]
        assert not set(owners) & set(self.under_way)
        self.groups.append(numbers)
        self.under_way += owners
        for _ in range(10):
            await asyncio.sleep(0)
        for owner in owners:
            self.under_way.remove(owner)
        for one in waiting:
            if one.thing < -100:
                raise ArithmeticError("far below nothing")
            if one.thing < 0:
                one.fail(ValueError("below nothing"))
            else:
                one.answer(2 * one.thing)


async def test_what_waits_is_taken_together_up_to_the_limit() -> None:
    settling = Settling()
    assert await settling.lanes.take(range(10)) == list(range(0, 20, 2))
    assert settling.groups == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
    assert await settling.lanes.take([7]) == [14]
    assert settling.groups[-1] == [7]


async def test_calls_that_come_at_once_share_a_group() -> None:
    settling = Settling()
    await asyncio.gather(*(settling.lanes.take([number]) for number in range(3)))
    assert settling.groups == [[0, 1, 2]]


async def test_two_lanes_never_hold_the_same_owner_and_keep_its_order() -> None:
    settling = Settling(lanes=2)
    numbers = [0, 10, 1, 20, 30, 40, 2, 50, 3, 60]
    assert await settling.lanes.take(numbers) == [2 * one for one in numbers]
    tens = [one for group in settling.groups for one in group if one % 10 == 0]
    assert tens == sorted(tens)
    assert max(len(group) for group in settling.groups) <= 4


async def test_one_that_fails_fails_alone_and_a_group_that_breaks_as_a_whole() -> None:
    settling = Settling(at_most=8)
    ends = await asyncio.gather(*(settling.lanes.take([one]) for one in (1, -2, 3)), return_exceptions=True)
    assert [type(end) for end in ends] == [list, ValueError, list]
    with pytest.raises(ArithmeticError):
        await settling.lanes.take([-200])
    assert await settling.lanes.take([1]) == [2], "a lane that broke is no lane lost"


async def test_drained_means_nothing_waits_and_nothing_is_under_way() -> None:
    settling = Settling()
    taking = asyncio.create_task(settling.lanes.take(range(9)))
    await asyncio.sleep(0)
    assert len(settling.lanes) == 9
    await settling.lanes.drained()
    assert not len(settling.lanes)
    assert len(await asyncio.wait_for(taking, 1)) == 9


async def test_who_no_longer_waits_stops_nobody_else() -> None:
    settling = Settling()
    gone, stays = (asyncio.create_task(settling.lanes.take([one])) for one in (1, 2))
    await asyncio.sleep(0)
    gone.cancel()
    assert await stays == [4]
    assert settling.groups == [[1, 2]], "what was given is done, though nobody waits for it"


@pytest.mark.parametrize("lanes", [1, 2])
async def test_whenever_the_next_one_comes_it_is_taken(lanes: int) -> None:
    """Also in the moment in which a lane has found nothing more and ends."""
    for turns in range(40):
        settling = Settling(lanes=lanes)

        async def later(into: Settling = settling, turns: int = turns) -> list[int]:
            for _ in range(turns):
                await asyncio.sleep(0)
            return await into.lanes.take([5])

        both = asyncio.gather(settling.lanes.take([1]), later())
        assert await asyncio.wait_for(both, 5) == [[2], [10]], f"lost after {turns} turns"

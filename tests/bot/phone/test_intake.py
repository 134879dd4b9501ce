"""Calls taken in: one row, the same in whatever order it was heard; who waited in vain is called back, once."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.orders.calls import CallRefused, NoSuchCall
from bot.phone.bells import Bells
from bot.services import Services
from bot.store import phone_calls
from bot.store.citizens import erasing, own_rows
from bot.store.phone_calls import Seat
from bot.store.tables import access_entry, call, call_task, conversation, outbox, unit_call
from channels.calls import CallEvent as E
from channels.message import Batch
from dialog.call_form import Elements
from tests.bot.house import at_work, words
from tests.bot.phone.house import AT, CITIZEN, house, rows, step
from tests.journeys.clock import Clock
from tickets.privacy.access import Officer
from tickets.state import Role


@pytest.fixture
def clock() -> Clock:
    return Clock(AT)


@pytest.fixture
async def services(database_url: str, tmp_path: Path, clock: Clock) -> AsyncIterator[Services]:
    async with at_work(house(database_url, tmp_path, now=clock.now)) as one:
        yield one


async def hears(services: Services, *steps: object) -> None:
    for one in steps:
        await services.phone.intake.take("phone", [one])  # type: ignore[list-item]


async def test_a_call_is_one_row_whatever_is_heard_first(services: Services) -> None:
    told = (
        step(E.QUEUED, 0),
        step(E.RINGING, 4, extension="1001"),
        step(E.ANSWERED, 9, extension="1001"),
        step(E.ENDED, 99, peer="", extension="1001", cause="NORMAL_CLEARING"),
    )
    orders = list(itertools.permutations(told))[::5]
    for place, order in enumerate(orders):
        for one in (*order, order[0]):
            await hears(services, step(one.what, (one.at - AT).total_seconds(), call=f"c{place}", id=one.id,
                                       peer=one.peer, extension=one.extension, cause=one.cause))  # fmt: skip
    found = [
        {name: value for name, value in row.items() if name not in {"id", "call_id"}}
        for row in await rows(services, call)
    ]
    assert len(found) == len(orders)
    assert all(row == found[0] for row in found)
    assert found[0]["answered_at"] == AT + timedelta(seconds=9)
    assert [row for row in await rows(services, call_task) if row["done_at"] is None] == []
    (talk,) = await rows(services, conversation)
    assert (talk["peer_sealed"], talk["phone_sealed"], talk["peer"][0]) == (CITIZEN, CITIZEN, "#")


async def test_a_caller_is_who_wrote_from_this_number_before(services: Services) -> None:
    proved = words("p1", "你好")
    await services.hub.receive(Batch((replace(proved, verified_phone=CITIZEN),)))
    await hears(services, step(E.RINGING, 0, extension="1001"))
    talks = await rows(services, conversation)
    assert len(talks) == 2
    assert {row["citizen"] for row in talks} == {talks[0]["id"]}


async def test_who_hides_his_number_matches_nobody(services: Services) -> None:
    await hears(services, step(E.QUEUED, 0, peer=""), step(E.ENDED, 30, peer=""))
    (row,) = await rows(services, call)
    assert row["conversation_id"] is None
    assert await rows(services, conversation) == []
    assert await rows(services, call_task) == []


async def missed(services: Services, *, call: str = "c1", after: float = 0) -> None:
    await hears(services, step(E.QUEUED, after, call=call), step(E.ENDED, after + 80, call=call))


async def test_who_waited_in_vain_is_called_once_and_held_by_one(services: Services, clock: Clock) -> None:
    await missed(services)
    await missed(services, call="c2", after=100)
    clock.advance(timedelta(minutes=10))
    (task,) = await services.phone.tasks.waiting("王敏")
    assert (task["missed"], task["phone"], task["text"]) == (2, CITIZEN, "来电未接通，市民等待了80秒。")
    await services.phone.tasks.take(task["id"], "王敏")
    assert await services.phone.tasks.waiting("李强") == []
    for refused in (services.phone.tasks.take(task["id"], "李强"), services.phone.tasks.done(task["id"], "李强", "x")):
        with pytest.raises(CallRefused, match="taken"):
            await refused
    with pytest.raises(CallRefused, match="not_taken"):
        await services.phone.tasks.not_answered(task["id"], "李强")
    looks = [row for row in await rows(services, access_entry) if row["deed"] == "phone"]
    assert [row["account"] for row in looks] == ["王敏"]
    await services.phone.tasks.done(task["id"], "王敏", "已说明")
    assert {row["result"] for row in await rows(services, call_task)} == {"已说明"}
    with pytest.raises(NoSuchCall):
        await services.phone.tasks.take(task["id"], "李强")


async def test_nobody_answers_three_times_at_different_hours(services: Services, clock: Clock) -> None:
    await missed(services)
    clock.advance(timedelta(minutes=5))
    for tries in range(1, 4):
        (task,) = await services.phone.tasks.waiting("王敏")
        await services.phone.tasks.take(task["id"], "王敏")
        await services.phone.tasks.not_answered(task["id"], "王敏")
        (row,) = await rows(services, call_task)
        assert row["tries"] == tries
        assert await services.phone.tasks.waiting("王敏") == []
        clock.advance(max(row["not_before"] - clock.now(), timedelta()))
    assert (row["result"], row["done_by"]) == ("多次拨打未接通", "王敏")


async def test_at_night_nobody_is_called_back(services: Services, clock: Clock) -> None:
    await missed(services, after=13 * 3600)  # 23:00 of the city
    (row,) = await rows(services, call_task)
    assert row["not_before"] > AT + timedelta(hours=20)


@pytest.mark.parametrize("first", [True, False])
async def test_who_calls_again_and_is_served_is_owed_nothing(services: Services, first: bool) -> None:
    served = (step(E.RINGING, 200, call="c2", extension="1001"), step(E.ANSWERED, 205, call="c2", extension="1001"))
    if first:
        await missed(services)
    await hears(services, *served)
    if not first:
        await missed(services)
    assert [row for row in await rows(services, call_task) if row["done_at"] is None] == []
    await missed(services, call="c3", after=900)
    assert [row["created_at"] for row in await rows(services, call_task) if row["done_at"] is None] == [
        AT + timedelta(seconds=980)
    ]


async def test_steps_at_once_are_all_kept(services: Services) -> None:
    steps = [step(E.RINGING, n, call="c1", extension=f"10{n:02}") for n in range(8)]
    await asyncio.gather(*(services.phone.intake.take("phone", [one]) for one in steps))
    (row,) = await rows(services, call)
    assert (row["extension"], row["ringing_at"]) == ("1007", AT)


async def test_the_desk_of_the_extension_rings(services: Services) -> None:
    seat = Seat("phone", "city", "1001")
    await phone_calls.sit(services.database, "王敏", seat, now=AT)
    await phone_calls.sit(services.database, "李强", seat, now=AT)
    assert await phone_calls.seat_of(services.database, "王敏") is None
    rung: list[str] = []

    async def listen(bells: Bells, name: str) -> None:
        async for _ in bells.watch(seat, beat=30):
            rung.append(name)

    elsewhere = Bells()  # another process: only the database tells it
    tasks = [asyncio.create_task(listen(services.phone.bells, "here")), asyncio.create_task(listen(elsewhere, "there"))]
    await asyncio.sleep(0.05)
    rung.clear()
    await hears(services, step(E.RINGING, 0, extension="1001"))
    await elsewhere.poll(services.database)
    await elsewhere.poll(services.database)
    await asyncio.sleep(0.05)
    assert sorted(rung) == ["here", "there"]
    now = AT + timedelta(seconds=5)
    found = await phone_calls.at_seat(services.database, seat, now=now)
    assert found is not None
    assert (found["officer"], found["phone_sealed"]) == ("李强", CITIZEN)
    await hears(services, step(E.ENDED, 60))
    assert await phone_calls.at_seat(services.database, seat, now=now) is None
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_a_call_is_the_citizens_to_know_and_to_have_forgotten(services: Services) -> None:
    await hears(services, step(E.RINGING, 0, extension="1001"), step(E.ENDED, 60))
    await hears(services, step(E.RECORDING_READY, 70, recording="https://pbx.example.cn/1.wav"))
    (talk,) = await rows(services, conversation)
    async with services.database.begin() as connection:
        copy = await own_rows.gather(connection, talk["citizen"], units={})
        assert [(one["began_at"], one["direction"]) for one in copy["calls"]] == [(AT, "in")]
        await erasing.forget_talks(connection, [talk["id"]], now=AT)
    (row,) = await rows(services, call)
    assert (row["marks"], row["began_at"]) == ({}, AT)
    assert CITIZEN not in repr(await rows(services, conversation))


async def test_to_a_landline_nothing_is_sent_as_a_text(services: Services) -> None:
    await hears(services, step(E.ANSWERED, 0, peer="053188886666"))
    agent = Officer("王敏", "王敏", frozenset({Role.AGENT}))
    what = Elements(what="天桥区明湖西路12号门口的路灯坏了一个星期了")
    done = await services.phone.registering.open(1, agent, what, key="k")
    await services.outbox.once()
    (letter,) = await rows(services, outbox)
    assert (letter["ticket"], letter["state"], letter["why"]) == (done.number, "cancelled", "no_way")


async def test_a_three_way_call_whose_citizen_hung_up_unheard_is_over(services: Services) -> None:
    """The process that stored his hanging up died before it moved anything."""
    await hears(services, step(E.ANSWERED, 0, extension="1001"))
    left = {"call": 1, "unit": "D04", "number": "053180004", "officer": "王敏", "agent_leg": "a", "stage": "consulting"}
    async with services.database.begin() as connection:
        await connection.execute(unit_call.insert().values(**left, began_at=AT, to_do=[]))
        await connection.execute(call.update().values(ended_at=AT))
    await services.phone.units.sweep()
    assert [row["stage"] for row in await rows(services, unit_call)] == ["without_citizen"]

"""Calls by rule and by lot: drawn once with a seed that is kept, held by one officer, tried at other hours, never by a unit."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from benchmarks.due import UNITS, fill
from bot.jobs import callbacks, draws
from bot.orders.calls import CallRefused, NoSuchCall
from bot.services import Services
from bot.store.lists.call_lists import lots, strata
from bot.store.tables import callback, callback_call, conversation, survey, ticket
from tests.bot.house import at_work, house
from tests.journeys.clock import CITY_TIME, Clock
from tickets.asking.sampling import drawn
from tickets.command import Command as C
from tickets.orders import NotAllowed, Order
from tickets.state import Actor, Role

NINE = datetime(2026, 9, 21, 9, 0, tzinfo=CITY_TIME)
MANY = 240
GOOD = {"solved": "solved", "satisfaction": "satisfied", "contacted": "yes"}


@pytest.fixture
def clock() -> Clock:
    return Clock(NINE)


@pytest.fixture
async def services(database_url: str, tmp_path: Path, clock: Clock) -> AsyncIterator[Services]:
    async with at_work(house(database_url, tmp_path, now=clock.now)) as one:
        yield one


async def rows(services: Services, table: Any) -> list[Any]:
    async with services.database.read() as connection:
        return list((await connection.execute(select(table).order_by(*table.primary_key.columns))).mappings())


async def asked(services: Services, count: int, **changes: Any) -> None:
    """So many citizens asked at nine, and drawn for."""
    await fill(services.database, count, at=NINE)
    if changes:
        async with services.database.begin() as connection:
            await connection.execute(update(ticket).values(changes))
    assert await callbacks.call_back(services.office) == count
    await draws.draw_calls(services.office)


async def called(services: Services, count: int = 1, **changes: Any) -> str:
    """The id of a call that is to be made: the matter is urgent."""
    await asked(services, count, urgency="urgent", **changes)
    return str((await rows(services, callback_call))[0]["id"])


async def test_each_unit_has_its_share_and_every_draw_can_be_repeated(services: Services) -> None:
    await fill(services.database, MANY, at=NINE)
    await callbacks.call_back(services.office)
    counts = await asyncio.gather(*(draws.draw_calls(services.office) for _ in range(3)))
    assert max(counts) <= MANY
    assert await draws.draw_calls(services.office) == 0
    shares = Counter(row["unit"] for row in await rows(services, survey) if row["drawn"])
    assert all(1 <= shares[unit] <= 2 for unit in UNITS)  # of twelve each
    for stratum in await strata(services.database, "2026-09"):
        found = await lots(services.database, "2026-09", stratum["unit"])
        assert [lot["place"] for lot in found] == list(range(1, stratum["count"] + 1))
        again = [
            drawn(stratum["seed"], month="2026-09", unit=stratum["unit"], place=lot["place"], percent=10)
            for lot in found
        ]
        assert [lot["drawn"] for lot in found] == again
    assert {row["reasons"][0] for row in await rows(services, callback_call)} == {"drawn"}
    assert len(await rows(services, callback_call)) == shares.total()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [({"urgency": "critical"}, "urgent"), ({"closing_kind": "unsolved"}, "unsolved"), ({"redo_no": 1}, "redo")],
)
async def test_rules_bring_calls(services: Services, changes: dict[str, Any], reason: str) -> None:
    await asked(services, 3, **changes)
    assert all(reason in row["reasons"] for row in await rows(services, callback_call))
    assert len(await rows(services, callback_call)) == 3


async def test_who_wants_secrecy_or_has_no_phone_is_not_called(services: Services) -> None:
    await fill(services.database, 4, at=NINE)
    async with services.database.begin() as connection:
        await connection.execute(update(ticket).values(urgency="critical"))
        await connection.execute(update(ticket).where(ticket.c.conversation_id < 3).values(confidential=True))
        await connection.execute(
            update(conversation).where(conversation.c.id == 3).values(phone=None, phone_sealed=None)
        )
    await callbacks.call_back(services.office)
    await draws.draw_calls(services.office)
    assert [row["conversation_id"] for row in await rows(services, callback_call)] == [4]
    assert [row["drawn"] for row in await rows(services, survey)][:3] == [False] * 3


async def test_one_officer_holds_a_call_and_the_message_has_its_chance_first(services: Services, clock: Clock) -> None:
    call = await called(services)
    assert await services.calls.waiting("王敏") == []
    clock.advance(timedelta(hours=3))
    (row,) = await services.calls.waiting("王敏")
    assert row["phone"] == "13900000001"
    taken = await asyncio.gather(*(services.calls.take(call, who) for who in ("王敏", "李强")), return_exceptions=True)
    assert sorted(type(one) for one in taken if one) == [CallRefused]
    holder = (await rows(services, callback_call))[0]["taken_by"]
    other = {"王敏": "李强", "李强": "王敏"}[holder]
    assert await services.calls.waiting(other) == []
    with pytest.raises(CallRefused, match="not_taken"):
        await services.calls.answered(call, other, GOOD)
    clock.advance(timedelta(minutes=31))  # the holder went for lunch
    await services.calls.take(call, other)


async def test_nobody_of_a_unit_involved_calls(services: Services, clock: Clock) -> None:
    call = await called(services)
    unit = (await rows(services, ticket))[0]["lead_unit"]
    clock.advance(timedelta(hours=3))
    assert await services.calls.waiting("王敏", unit=unit) == []
    with pytest.raises(CallRefused, match="own_unit"):
        await services.calls.take(call, "王敏", unit=unit)
    await services.calls.take(call, "王敏")
    with pytest.raises(NotAllowed, match="own_unit"):
        await services.calls.answered(call, "王敏", GOOD, unit=unit)


async def test_an_answer_is_written_down(services: Services, clock: Clock) -> None:
    call = await called(services)
    clock.advance(timedelta(hours=3))
    await services.calls.take(call, "王敏")
    await services.calls.answered(call, "王敏", GOOD | {"comment": "师傅当天就来了"})
    (row,) = await rows(services, ticket)
    assert (row["state"], row["solved"], row["satisfaction"]) == ("closed", "solved", "satisfied")
    phoned = [one for one in await rows(services, callback) if one["way"] == "phone"]
    assert [(one["by"], one["contacted"], one["comment"]) for one in phoned] == [("王敏", True, "师傅当天就来了")]
    with pytest.raises(NoSuchCall):
        await services.calls.answered(call, "王敏", GOOD)


async def test_three_calls_at_different_hours_then_he_is_not_reached(services: Services, clock: Clock) -> None:
    call = await called(services)
    hours = []
    for _ in range(3):
        due = (await rows(services, callback_call))[0]["not_before"]
        clock.advance(max(due - clock.now(), timedelta()))
        hours.append(clock.now().astimezone(CITY_TIME).hour)
        await services.calls.take(call, "王敏")
        await services.calls.not_answered(call, "王敏", note="响铃无人接听")
        assert await services.calls.waiting("王敏") == []
    assert hours == [12, 18, 9]
    (row,) = await rows(services, callback_call)
    assert (row["state"], row["tries"]) == ("unreached", 3)
    (row,) = await rows(services, ticket)
    assert (row["state"], row["satisfaction"]) == ("to_callback", None)


async def test_whom_there_is_nothing_to_ask_is_spared_but_for_the_lot(services: Services, clock: Clock) -> None:
    await asked(services, 40, urgency="urgent")
    answer = Order(C.RATE, Actor(Role.CITIZEN), {"satisfaction": "very"})
    for row in await rows(services, ticket):
        await services.office.order(row["number"], answer)
    spared = await draws.spare_calls(services.office)
    kept = [row for row in await rows(services, callback_call) if row["state"] == "open"]
    assert spared == 40 - len(kept)
    assert kept
    assert all(row["drawn"] for row in kept)
    clock.advance(timedelta(hours=3))
    call = (await services.calls.waiting("王敏"))[0]["id"]
    await services.calls.take(call, "王敏")
    await services.calls.answered(call, "王敏", {"satisfaction": "dissatisfied", "comment": "是他们让我点的满意"})
    second = [one for one in await rows(services, callback) if one["way"] == "phone"]
    assert [(one["satisfaction"], one["standing"]) for one in second] == [("dissatisfied", "differs")]
    assert {row["satisfaction"] for row in await rows(services, ticket)} == {"very"}
    clock.advance(timedelta(days=8))
    await draws.spare_calls(services.office)
    assert {row["state"] for row in await rows(services, callback_call)} == {"spared", "answered"}

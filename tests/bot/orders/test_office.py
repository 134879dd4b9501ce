"""Officers' orders: each whole or not at all, one after another, told to the citizen once and not by night."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.jobs import callbacks, clocks
from bot.orders.ordering import NoSuchTicket
from bot.services import Services
from bot.store.tables import assignment, conversation, outbox, survey, ticket, ticket_event
from channels.message import Batch
from tests.bot.house import at_work, house, words
from tests.journeys.clock import Clock
from tests.journeys.town import EVENING
from tickets.orders import Command, NotAllowed, Order
from tickets.ticket import Actor, Role

UNIT = Actor(Role.UNIT, "E04")
DISPATCH = Order(Command.DISPATCH, Actor(Role.DISPATCHER, "0101"), {"lead": "E04"})
PASS = Order(Command.REVIEW_PASS, Actor(Role.REVIEWER, "0202"))
ANSWER = Order(Command.SUBMIT_REPLY, UNIT, {"public_reply": "已更换灯头。", "closing_kind": "solved"})
HANDLING = (DISPATCH, Order(Command.SIGN, UNIT), Order(Command.CONTACT, UNIT, {"method": "phone"}), ANSWER, PASS)


@pytest.fixture
def clock() -> Clock:
    return Clock(EVENING)


@pytest.fixture
async def services(database_url: str, tmp_path: Path, clock: Clock) -> AsyncIterator[Services]:
    async with at_work(house(database_url, tmp_path, now=clock.now)) as one:
        yield one


@pytest.fixture
async def number(services: Services) -> str:
    """A ticket of a citizen of the web chat."""
    said = ("天桥区明湖西路12号门口的路灯不亮了，三天了", "提交")
    await services.hub.receive(Batch(tuple(words("p1", text) for text in said)))
    return str((await rows(services, ticket))[0]["number"])


async def rows(services: Services, table: Any) -> list[Any]:
    async with services.database.read() as connection:
        return list((await connection.execute(select(table).order_by(*table.primary_key.columns))).mappings())


async def notices(services: Services) -> list[Any]:
    return [row for row in await rows(services, outbox) if "notice" in row["body"]]


async def test_the_log_the_assignment_and_the_notices_follow_the_orders(services: Services, number: str) -> None:
    for order in HANDLING:
        await services.office.order(number, order)
    events = await rows(services, ticket_event)
    assert [event["n"] for event in events] == list(range(1, 8))
    assert [event["to_state"] for event in events[-3:]] == ["handling", "to_review", "to_callback"]
    (lead,) = await rows(services, assignment)
    assert (lead["unit"], lead["role"], lead["signed_at"], lead["submitted_at"]) == ("E04", "lead", EVENING, EVENING)
    told = [row["body"]["notice"] for row in await notices(services)]
    assert told == ["ticket.dispatched", "ticket.signed", "ticket.replied"]
    assert len({row["key"] for row in await notices(services)}) == 3


async def test_a_refused_order_changes_nothing(services: Services, number: str) -> None:
    before = await rows(services, ticket), await rows(services, ticket_event), await rows(services, conversation)
    for order in (Order(Command.SIGN, UNIT), Order(Command.DISPATCH, UNIT, {"lead": "E04"}), PASS):
        with pytest.raises(NotAllowed):
            await services.office.order(number, order)
    assert before == (
        await rows(services, ticket),
        await rows(services, ticket_event),
        await rows(services, conversation),
    )
    with pytest.raises(NoSuchTicket):
        await services.office.order("260918000000000", DISPATCH)


async def test_of_two_officers_at_once_one_is_first(services: Services, number: str) -> None:
    orders = [Order(Command.DISPATCH, Actor(Role.DISPATCHER, f"010{n}"), {"lead": f"E0{n}"}) for n in range(1, 5)]
    ends = await asyncio.gather(*(services.office.order(number, one) for one in orders), return_exceptions=True)
    assert sorted(str(type(end).__name__) for end in ends) == ["NoneType", "NotAllowed", "NotAllowed", "NotAllowed"]
    assert len(await rows(services, assignment)) == len(await notices(services)) == 1


async def test_an_order_and_the_citizen_at_once_both_hold(services: Services, number: str) -> None:
    await asyncio.gather(
        services.office.order(number, DISPATCH),
        services.hub.receive(Batch((words("p1", "补充一下，昨天晚上还有人摔倒了"),))),
    )
    (row,) = await rows(services, ticket)
    assert (row["state"], row["supplement_count"], row["events"]) == ("dispatched", 1, 4)
    (mine,) = await rows(services, conversation)
    assert mine["last_seq"] == 7, "each line has its own place"


async def test_nobody_is_told_by_night(services: Services, number: str, clock: Clock) -> None:
    clock.set(2026, 9, 18, 23, 10)
    await services.office.order(number, DISPATCH)
    (told,) = await notices(services)
    morning = Clock(EVENING)
    morning.set(2026, 9, 19, 7, 0)
    assert told["not_before"] == morning.now()


async def test_a_citizen_is_asked_once_however_many_ask(services: Services, number: str, clock: Clock) -> None:
    for order in HANDLING:
        await services.office.order(number, order)
    clock.set(2026, 9, 21, 9, 5)
    await asyncio.gather(*(callbacks.call_back(services.office) for _ in range(4)))
    asked = [row for row in await notices(services) if row["body"]["notice"] == "survey.ask"]
    assert len(asked) == len(await rows(services, survey)) == 1
    assert (await rows(services, ticket))[0]["callback_no"] == 1


async def test_a_ticket_whose_policy_is_gone_stops_no_other(services: Services, number: str) -> None:
    await services.hub.receive(
        Batch(tuple(words("p2", text) for text in ("天桥区堤口路5号的井盖没了，两天了", "提交")))
    )
    other = next(row["number"] for row in await rows(services, ticket) if row["number"] != number)
    for one in (number, other):
        await services.office.order(one, DISPATCH)
    long_ago = services.now() - timedelta(days=9)
    async with services.database.begin() as connection:
        await connection.execute(update(ticket).values(sign_by=long_ago, watch_at=long_ago))
        await connection.execute(update(ticket).where(ticket.c.number == number).values(policy="gone@1"))
    assert await clocks.keep_time(services.office) == 2
    assert await clocks.keep_time(services.office) == 0, "what cannot be served is left alone for a while"
    states = {row["number"]: row["state"] for row in await rows(services, ticket)}
    assert states == {number: "dispatched", other: "handling"}


async def test_a_unit_that_does_not_sign_has_signed_late(services: Services, number: str, clock: Clock) -> None:
    await services.office.order(number, DISPATCH)
    office, by = services.office, (await rows(services, ticket))[0]["sign_by"]
    assert await clocks.keep_time(office) == 0
    clock.advance(by - clock.now())
    assert await clocks.keep_time(office) == 1
    assert await clocks.keep_time(office) == 0
    (row,) = await rows(services, ticket)
    assert (row["state"], row["signed_at"]) == ("handling", by)
    (event,) = [one for one in await rows(services, ticket_event) if one["command"] == "auto_sign"]
    assert event["data"]["late"], "counted as not signed in time"


async def test_a_citizen_whom_an_officer_asks_is_heard(services: Services, number: str, clock: Clock) -> None:
    for order in HANDLING:
        await services.office.order(number, order)
    clock.set(2026, 9, 21, 9, 5)
    ask = Order(Command.ASK, Actor(Role.CALLBACK_OFFICER, "丁一"))
    ends = await asyncio.gather(
        services.office.order(number, ask), callbacks.call_back(services.office), return_exceptions=True
    )
    assert not isinstance(ends[1], BaseException)
    (asked,) = await rows(services, survey)
    assert (asked["ticket"], asked["round"], asked["state"]) == (number, 0, "open")
    assert [row["body"]["notice"] for row in await notices(services)].count("survey.ask") == 1
    for said in ("1", "满意"):
        await services.hub.receive(Batch((words("p1", said),)))
    (row,) = await rows(services, ticket)
    assert (row["state"], row["satisfaction"]) == ("closed", "satisfied")
    assert (await rows(services, survey))[0]["state"] == "answered"

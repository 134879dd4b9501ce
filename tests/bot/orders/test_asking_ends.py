"""An officer ends what a citizen was being asked about: a late answer is about nothing, and harms nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.jobs import callbacks
from bot.services import Services
from bot.store.tables import message, survey, ticket
from channels.message import Batch
from tests.bot.house import at_work, house, words
from tests.bot.orders.test_office import HANDLING
from tests.journeys.clock import Clock
from tests.journeys.town import EVENING
from tickets.orders import Command, Order
from tickets.state import Actor, Role

BY_PHONE = Order(Command.RATE, Actor(Role.CALLBACK_OFFICER, "丁一"), {"satisfaction": "satisfied"})
REDO = Order(Command.REDO, Actor(Role.REVIEWER, "安宁"), {"cause": "poor_handling"})


@pytest.fixture
def clock() -> Clock:
    return Clock(EVENING)


@pytest.fixture
async def services(database_url: str, tmp_path: Path, clock: Clock) -> AsyncIterator[Services]:
    async with at_work(house(database_url, tmp_path, now=clock.now)) as one:
        yield one


@pytest.fixture
async def number(services: Services, clock: Clock) -> str:
    """A ticket whose citizen is being asked."""
    await say(services, "天桥区明湖西路12号门口的路灯不亮了，三天了")
    await say(services, "提交")
    found = str((await only(services, ticket))["number"])
    for order in HANDLING:
        await services.office.order(found, order)
    clock.set(2026, 9, 21, 9, 5)
    await callbacks.call_back(services.office)
    assert (await only(services, survey))["state"] == "open"
    return found


async def say(services: Services, text: str) -> None:
    (taken,) = await services.hub.receive(Batch((words("p1", text),)))
    assert not taken.stuck


async def only(services: Services, table: Any) -> Any:
    async with services.database.read() as connection:
        return (await connection.execute(select(table))).mappings().one()


async def test_who_rated_by_telephone_is_not_asked_by_message_too(services: Services, number: str) -> None:
    await services.office.order(number, BY_PHONE)
    assert (await only(services, survey))["state"] == "closed"
    for text in ("3", "不满意"):
        await say(services, text)
    row = await only(services, ticket)
    assert (row["state"], row["satisfaction"]) == ("closed", "satisfied")


async def test_a_redo_does_not_wait_for_the_reason(services: Services, number: str) -> None:
    await say(services, "不满意")
    await services.office.order(number, REDO)
    assert (await only(services, survey))["state"] == "closed"
    await say(services, "2")
    row = await only(services, ticket)
    assert (row["state"], row["redo_no"]) == ("handling", 1)


async def test_what_was_answered_stays_answered(services: Services, number: str) -> None:
    await say(services, "不满意")
    await say(services, "⑤")
    await services.office.order(number, REDO)
    row = await only(services, survey)
    assert (row["state"], row["reasons"]) == ("answered", ["policy"])
    async with services.database.read() as connection:
        assert set(await connection.scalars(select(message.c.state))) == {"done"}


async def test_an_officer_who_lets_it_lapse_ends_the_asking(services: Services, number: str, clock: Clock) -> None:
    async with services.database.begin() as connection:
        await connection.execute(update(ticket).values(callback_no=9, callback_at=clock.now()))
    await services.office.order(number, Order(Command.LAPSE, Actor(Role.CALLBACK_OFFICER, "丁一")))
    assert (await only(services, survey))["state"] == "lapsed"

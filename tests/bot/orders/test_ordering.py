"""Orders that arrive together: one transaction, each refused alone, those to one ticket one after another."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select, text

from bot.orders.ordering import NoSuchTicket
from bot.services import Services
from bot.store import audit
from bot.store.engine import Database
from bot.store.tables import conversation, outbox, ticket, ticket_event
from channels.message import Batch
from tests.bot.house import at_work, house, words
from tests.bot.orders.test_office import DISPATCH, HANDLING, PASS, UNIT
from tickets.orders import Command, NotAllowed, Order

SIGN = Order(Command.SIGN, UNIT)


@pytest.fixture
async def services(database_url: str, tmp_path: Path) -> AsyncIterator[Services]:
    async with at_work(house(database_url, tmp_path)) as one:
        yield one


@pytest.fixture
async def numbers(services: Services) -> list[str]:
    """A ticket of each of eight citizens, and two more of the first."""
    matters = {
        "天桥区明湖西路12号门口的路灯不亮了，三天了": [f"p{n}" for n in range(8)],
        "历下区泉城路1号门口的路灯不亮了，两天了": ["p0"],
        "槐荫区经十路88号门口的路灯不亮了，五天了": ["p0"],
    }
    for matter, peers in matters.items():
        await services.hub.receive(Batch(tuple(words(peer, one) for peer in peers for one in (matter, "提交"))))
    async with services.database.read() as connection:
        return list(await connection.scalars(select(ticket.c.number).order_by(ticket.c.number)))


class Written:
    """How many times the log was written to: once a transaction, however many orders share it."""

    def __init__(self, database: Database) -> None:
        self.times = 0
        event.listen(database._writer.sync_engine, "after_cursor_execute", self._executed)

    def _executed(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        self.times += statement.startswith("INSERT INTO ticket_event")


async def states(services: Services) -> dict[str, str]:
    async with services.database.read() as connection:
        return {row.number: row.state for row in await connection.execute(select(ticket.c.number, ticket.c.state))}


async def test_orders_that_come_together_share_a_transaction(services: Services, numbers: list[str]) -> None:
    written = Written(services.database)
    await asyncio.gather(*(services.office.order(number, DISPATCH) for number in numbers))
    assert written.times == 1
    assert set((await states(services)).values()) == {"dispatched"}
    await services.office.order(numbers[0], SIGN)
    assert written.times == 2, "one alone waits for nobody"


async def test_what_one_is_refused_the_others_have(services: Services, numbers: list[str]) -> None:
    orders = [(number, DISPATCH) for number in numbers]
    orders[3:3] = [(numbers[3], PASS), ("260918000000000", DISPATCH), (numbers[4], SIGN)]
    written = Written(services.database)
    ends = await asyncio.gather(*(services.office.order(*one) for one in orders), return_exceptions=True)
    assert [type(end) for end in ends[3:6]] == [NotAllowed, NoSuchTicket, NotAllowed]
    assert [ends[3].reason, ends[5].command] == ["state", Command.SIGN]  # type: ignore[union-attr]
    assert [end for place, end in enumerate(ends) if place not in {3, 4, 5}] == [None] * len(numbers)
    assert written.times == 1
    assert set((await states(services)).values()) == {"dispatched"}


async def test_orders_to_one_ticket_follow_each_other(services: Services, numbers: list[str]) -> None:
    written = Written(services.database)
    orders = [(number, order) for order in HANDLING for number in numbers[:3]]
    ends = await asyncio.gather(*(services.office.order(*one) for one in orders), return_exceptions=True)
    assert ends == [None] * 15
    assert written.times == 1
    assert [state for number, state in (await states(services)).items() if number in numbers[:3]] == ["to_callback"] * 3
    async with services.database.read() as connection:
        log = (await connection.execute(select(ticket_event).where(ticket_event.c.ticket == numbers[0]))).all()
        told = (await connection.execute(select(outbox).where(outbox.c.ticket == numbers[0]))).all()
    assert [row.to_state for row in log[-5:]] == ["dispatched", "handling", "handling", "to_review", "to_callback"]
    assert [row.body["notice"] for row in told if "notice" in row.body] == [
        "ticket.dispatched",
        "ticket.signed",
        "ticket.replied",
    ]
    assert not (await audit.verify(services.database)).broken


async def test_two_tickets_of_one_citizen_share_his_numbering(services: Services, numbers: list[str]) -> None:
    await asyncio.gather(*(services.office.order(number, DISPATCH) for number in numbers))
    async with services.database.read() as connection:
        mine = (await connection.execute(select(conversation).where(conversation.c.peer == "p0"))).one()
        told = list(await connection.scalars(select(outbox.c.seq).where(outbox.c.conversation_id == mine.id)))
    assert mine.last_seq == max(told)
    assert len(told) == len(set(told)) == 6 + 3


async def test_an_order_the_database_refuses_fails_alone(services: Services, numbers: list[str]) -> None:
    """A constraint that only one ticket breaks stands for every fault nobody foresaw."""
    async with services.database.begin() as connection:
        if services.database.sqlite:
            rule = "SELECT RAISE(ABORT, 'no') WHERE NEW.ticket = "
            await connection.execute(
                text(f"CREATE TRIGGER rule BEFORE INSERT ON assignment BEGIN {rule} '{numbers[2]}'; END")
            )
        else:
            await connection.execute(
                text(f"ALTER TABLE assignment ADD CONSTRAINT rule CHECK (ticket <> '{numbers[2]}')")
            )
    ends = await asyncio.gather(*(services.office.order(one, DISPATCH) for one in numbers), return_exceptions=True)
    assert [place for place, end in enumerate(ends) if end is not None] == [2]
    by_number = await states(services)
    assert [by_number.pop(numbers[2]), *set(by_number.values())] == ["to_dispatch", "dispatched"]


async def test_an_office_that_stops_has_carried_out_what_it_took(services: Services, numbers: list[str]) -> None:
    given = [asyncio.create_task(services.office.order(number, DISPATCH)) for number in numbers]
    await asyncio.sleep(0)
    await services.office.drain()
    assert set((await states(services)).values()) == {"dispatched"}
    await asyncio.gather(*given)


async def test_two_processes_and_the_citizens_at_once_lose_nothing(
    services: Services, numbers: list[str], tmp_path: Path
) -> None:
    """The same tickets ordered about in both, in opposite orders, while their citizens write."""
    async with at_work(house(str(services.database.url), tmp_path)) as other:
        forth = (services.office.order(number, DISPATCH) for number in numbers)
        back = (other.office.order(number, DISPATCH) for number in reversed(numbers))
        wrote = services.hub.receive(Batch(tuple(words(f"p{n}", "补充一下，昨天晚上还有人摔倒了") for n in range(8))))
        ends = await asyncio.gather(*forth, *back, wrote, return_exceptions=True)
    kinds = [type(end).__name__ for end in ends[:-1]]
    assert (kinds.count("NoneType"), kinds.count("NotAllowed")) == (len(numbers), len(numbers))
    assert [taken.stuck for taken in ends[-1]] == [False] * 8  # type: ignore[union-attr]
    found = await audit.verify(services.database)
    assert (found.broken, found.tickets) == ([], len(numbers))

"""Fills a database with an office's past: tickets that were really lived once here, each multiplied many times."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, String, Table, cast, insert, literal, select, text

from bot.services import Services
from bot.store.engine import Database
from bot.store.tables import assignment, callback, conversation, survey, ticket, ticket_event
from channels.message import Batch
from tests.bot.house import words
from tickets.appeal import Satisfaction, Solved
from tickets.orders import Command, Order
from tickets.state import Actor, Role

UNIT = Actor(Role.UNIT, "E04")
LIFE = (
    Order(Command.DISPATCH, Actor(Role.DISPATCHER, "0101"), {"lead": UNIT.id}),
    Order(Command.SIGN, UNIT),
    Order(Command.CONTACT, UNIT, {"method": "phone"}),
    Order(Command.SUBMIT_REPLY, UNIT, {"public_reply": "已更换灯头，当晚复查正常。", "closing_kind": "solved"}),
    Order(Command.REVIEW_PASS, Actor(Role.REVIEWER, "0202")),
)
"""The usual way of a ticket: five orders."""
RATED = Order(Command.RATE, Actor(Role.CITIZEN), {"satisfaction": Satisfaction.SATISFIED, "solved": Solved.SOLVED})
SAID = ("天桥区明湖西路12号门口的路灯不亮了，三天了", "提交")
FIRST = 2_400_000_000_000
"""Number of the first of the past's tickets."""
FAR = 10_000_000
"""Ids of the past's conversations lie beyond those drawn later."""
SLICE = 100_000


async def reported(services: Services, peers: list[str]) -> list[str]:
    """A new ticket of each of these citizens; their numbers."""
    for start in range(0, len(peers), 200):
        batch = tuple(words(peer, said) for peer in peers[start : start + 200] for said in SAID)
        await services.hub.receive(Batch(batch))
    async with services.database.read() as connection:
        mine = select(ticket.c.number).join(conversation).where(conversation.c.peer.in_(peers))
        return list(await connection.scalars(mine))


async def fill(services: Services, tickets: int) -> None:
    """``tickets`` of the past: of each hundred ninety-seven are closed, one waits to be signed, one is handled, one
    waits for its citizen."""
    samples = await reported(services, [f"sample{n}" for n in range(4)])
    for number, orders in zip(samples, ((*LIFE, RATED), LIFE[:1], LIFE[:2], LIFE), strict=True):
        for order in orders:
            await services.office.order(number, order)
    for start in range(0, tickets, SLICE):
        count = min(SLICE, tickets - start)
        for place, sample in enumerate(samples):
            await _multiply(services.database, sample, place, start=start, count=count)
    async with services.database.begin() as connection:
        await connection.execute(text("ANALYZE"))


async def _multiply(database: Database, sample: str, place: int, *, start: int, count: int) -> None:
    """The ``place``-th sample: the first stands for all but three of a hundred."""
    n = select(literal(start).label("i")).cte("n", recursive=True)
    n = n.union_all(select(n.c.i + 1).where(n.c.i < start + count - 1))
    mine = n.c.i % 100 == place if place else n.c.i % 100 > 3
    if not place:
        mine = mine | (n.c.i % 100 == 0)
    number = cast(n.c.i + literal(FIRST), String)
    owner = n.c.i + FAR
    copies: tuple[tuple[Table, dict[str, Any]], ...] = (
        (conversation, {"id": owner, "peer": literal("past") + number, "citizen": owner}),
        (ticket, {"number": number, "conversation_id": owner, "citizen": owner}),
        (ticket_event, {"id": None, "ticket": number}),
        (assignment, {"id": number + literal("/") + cast(assignment.c.n, String), "ticket": number}),
        (callback, {"id": number + literal("/") + cast(callback.c.n, String), "ticket": number}),
        (survey, {"id": number, "ticket": number, "conversation_id": owner, "citizen": owner}),
    )
    async with database.begin() as connection:
        for table, fresh in copies:
            names = [column.name for column in table.c if fresh.get(column.name, column) is not None]
            values = select(*(fresh.get(name, table.c[name]) for name in names)).select_from(table.join(n, mine))
            await connection.execute(insert(table).from_select(names, values.where(_belongs(table, sample))))


def _belongs(table: Table, sample: str) -> ColumnElement[bool]:
    if table is conversation:
        return table.c.id == select(ticket.c.conversation_id).where(ticket.c.number == sample).scalar_subquery()
    return table.c["number" if table is ticket else "ticket"] == sample

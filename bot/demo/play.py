"""The units of the demonstration's day: dispatch, sign, contact, answer and review, through the office itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlalchemy import select

from bot.demo.people import Person
from bot.services import Services
from bot.store.lists.ticket_lists import whole
from bot.store.tables import ticket
from tickets.orders import Command, Order
from tickets.ticket import Actor, Role, State

Row = Mapping[str, Any]
Says = Callable[[Row, Person, Services], Order]
WORKING = "正在核查处理，进展会及时告诉您。"


def _dispatch(row: Row, _person: Person, services: Services) -> Order:
    found = services.advice.suggest(row, now=services.now())
    lead = found[0].unit if found else next(iter(services.city.directory)).code
    return Order(Command.DISPATCH, Actor(Role.DISPATCHER, "演示派单员"), {"lead": lead})


def _unit(command: Command, data: Callable[[Person], Mapping[str, str]]) -> Says:
    return lambda row, person, _services: Order(command, Actor(Role.UNIT, row["lead_unit"]), data(person))


def _reviewer(command: Command, **data: str) -> Says:
    return lambda _row, _person, _services: Order(command, Actor(Role.REVIEWER, "演示审核员"), data)


STEPS: Mapping[str, Says] = {
    "dispatched": _dispatch,
    "signed": _unit(Command.SIGN, lambda _: {}),
    "contacted": _unit(Command.CONTACT, lambda _: {"method": "phone"}),
    "reported": _unit(Command.INTERIM, lambda person: {"text": person.interim or WORKING}),
    "replied": _unit(
        Command.SUBMIT_REPLY,
        lambda person: {"public_reply": person.reply, "closing_kind": "solved", "signer": "演示科室"},
    ),
    "passed": _reviewer(Command.REVIEW_PASS),
}
"""The usual way of a ticket, by the name of where each step leads."""
REJECTED = "rejected"
"""As far as a reply, and sent back by the reviewer."""


async def handle(services: Services, number: str, person: Person) -> State:
    """Take the ticket as far as the person's fate says; returns where it stands."""
    row, _ = await whole(services.database, number)
    if person.fate == "opened":
        return State(row["state"])
    if row["state"] == State.RECEIVED:  # it lacks something: a person accepts it
        await services.office.order(number, Order(Command.ACCEPT, Actor(Role.AGENT, "演示坐席")))
    for name, says in STEPS.items():
        if person.fate == REJECTED and name == "passed":
            break
        row, _ = await whole(services.database, number)
        await services.office.order(number, says(row, person, services))
        if name == person.fate:
            break
    if person.fate == REJECTED:
        await services.office.order(number, _reviewer(Command.REVIEW_REJECT, fault="off_point")({}, person, services))
    row, _ = await whole(services.database, number)
    return State(row["state"])


async def states(services: Services, numbers: Iterable[str]) -> dict[str, int]:
    """How many of these tickets are in each state."""
    counted: dict[str, int] = {}
    async with services.database.read() as connection:
        for state in await connection.scalars(select(ticket.c.state).where(ticket.c.number.in_(list(numbers)))):
            counted[state] = counted.get(state, 0) + 1
    return counted

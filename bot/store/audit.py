"""Reads the chained logs of tickets and verifies them, ticket by ticket, without holding more than a few in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from sqlalchemy import select

from bot.store.engine import Database
from bot.store.tables import ticket, ticket_event
from tickets.chain import Broken, Link
from tickets.chain import verify as verify_chain
from tickets.command import Command
from tickets.orders import TicketEvent
from tickets.state import Actor, Role, State

AT_ONCE = 500
"""Tickets read together."""


@dataclass(slots=True)
class Verified:
    """What was looked at, and each ticket whose log was changed, with the first place."""

    tickets: int = 0
    events: int = 0
    older: int = 0
    """Events from before logs were chained."""
    erased: int = 0
    broken: list[tuple[str, Broken]] = field(default_factory=list)


async def verify(database: Database, *, number: str = "") -> Verified:
    """Every log, or that of ticket ``number``. Raises LookupError for an unknown number."""
    found, last = Verified(), ""
    while True:
        heads = select(ticket.c.number, ticket.c.chain, ticket.c.events).order_by(ticket.c.number)
        heads = heads.where(ticket.c.number == number) if number else heads.where(ticket.c.number > last).limit(AT_ONCE)
        async with database.read() as connection:
            rows = (await connection.execute(heads)).all()
            numbers = [row.number for row in rows]
            logs = select(ticket_event).where(ticket_event.c.ticket.in_(numbers))
            logs = logs.order_by(ticket_event.c.ticket, ticket_event.c.n)
            events = (await connection.execute(logs)).mappings().all()
        if number and not rows:
            raise LookupError(f"there is no ticket {number}")
        _examine(found, {row.number: (row.chain, row.events) for row in rows}, events)
        if number or len(rows) < AT_ONCE:
            return found
        last = numbers[-1]


def _examine(found: Verified, heads: dict[str, tuple[str, int]], events: Iterable[Any]) -> None:
    logs = {one: list(log) for one, log in groupby(events, lambda event: event["ticket"])}
    for one, (head, count) in heads.items():
        links = list(_links(logs.get(one, [])))
        found.tickets += 1
        found.events += len(links)
        found.older += sum(not link.hash for link in links)
        found.erased += sum(link.erased for link in links)
        broken = verify_chain(one, links, head=head)
        if broken is None and len(links) != count:
            broken = Broken(len(links), "end")
        if broken:
            found.broken.append((one, broken))


def _links(rows: Iterable[Any]) -> Iterator[Link]:
    for row in rows:
        event = TicketEvent(
            at=row["at"],
            actor=Actor(Role(row["role"]), row["actor"]),
            command=Command(row["command"]),
            from_state=State(row["from_state"]),
            to_state=State(row["to_state"]),
            data=row["data"],
            sealed=row["sealed"],
        )
        yield Link(n=row["n"], event=event, digest=row["digest"], hash=row["hash"], erased=row["erased"])

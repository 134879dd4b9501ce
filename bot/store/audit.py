"""Reads the logs of tickets and verifies their chains, or lives them again, without holding more than a few in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from sqlalchemy import bindparam, select

from bot.store import paper_rows
from bot.store.engine import Database
from bot.store.manners.several import among
from bot.store.tables import ticket, ticket_event
from bot.store.ticket_rows import read_ticket
from tickets.chain import Broken, Link
from tickets.chain import verify as verify_chain
from tickets.command import Command
from tickets.orders import TicketEvent
from tickets.replay import Rules, Unlawful, Untold, replay
from tickets.state import Actor, Role, State

AT_ONCE = 500
"""Tickets read together."""
_NEXT = select(ticket).where(ticket.c.number > bindparam("last")).order_by(ticket.c.number).limit(AT_ONCE)
_ONE = select(ticket).where(ticket.c.number == bindparam("last"))
_LOGS = select(ticket_event).where(among(ticket_event.c.ticket, "numbers"))
_LOGS = _LOGS.order_by(ticket_event.c.ticket, ticket_event.c.n)


@dataclass(slots=True)
class Verified:
    """What was looked at, and each ticket whose log was changed, with the first place."""

    tickets: int = 0
    events: int = 0
    older: int = 0
    """Events from before logs were chained."""
    erased: int = 0
    broken: list[tuple[str, Broken]] = field(default_factory=list)


@dataclass(slots=True)
class Judged:
    """Logs that were lived again, and each that was not lawful, or does not lead to its ticket."""

    tickets: int = 0
    untold: int = 0
    """Logs that do not tell enough: older ones, those with erased data, those whose policy file is gone."""
    unlawful: list[tuple[str, Unlawful]] = field(default_factory=list)


async def verify(database: Database, *, number: str = "") -> Verified:
    """Every chain, or that of ticket ``number``. Raises LookupError for an unknown number."""
    found = Verified()
    async for row, links in logs(database, number=number):
        found.tickets += 1
        found.events += len(links)
        found.older += sum(not link.hash for link in links)
        found.erased += sum(link.erased for link in links)
        broken = verify_chain(row["number"], links, head=row["chain"])
        if broken is None and len(links) != row["events"]:
            broken = Broken(len(links), "end")
        if broken:
            found.broken.append((row["number"], broken))
    return found


async def judge(database: Database, rules: Callable[[str], Rules], *, number: str = "") -> Judged:
    """Live every log again, or that of ticket ``number``, under ``rules`` (of a policy's id). Raises LookupError."""
    found = Judged()
    async for row, links in logs(database, number=number):
        try:
            if any(link.erased for link in links):
                raise Untold
            unlawful = replay(read_ticket(row), [link.event for link in links], _known(rules, row["policy"]))
        except Untold:
            found.untold += 1
            continue
        found.tickets += 1
        if unlawful:
            found.unlawful.append((row["number"], unlawful))
    return found


def _known(rules: Callable[[str], Rules], policy: str) -> Rules:
    try:
        return rules(policy)
    except LookupError:
        raise Untold from None


async def logs(database: Database, *, number: str = "") -> AsyncIterator[tuple[Mapping[str, Any], list[Link]]]:
    """Every ticket's row with its papers, and its log; or those of ticket ``number``. Raises LookupError."""
    last = number
    while True:
        async with database.read() as connection:
            found = (await connection.execute(_ONE if number else _NEXT, {"last": last})).mappings()
            rows = {row["number"]: dict(row) for row in found}
            await paper_rows.load(connection, rows)
            events = (await connection.execute(_LOGS, {"numbers": list(rows)})).mappings().all()
        if number and not rows:
            raise LookupError(f"there is no ticket {number}")
        logs = {one: list(_links(log)) for one, log in groupby(events, lambda event: event["ticket"])}
        for one, row in rows.items():
            yield row, logs.get(one, [])
        if number or len(rows) < AT_ONCE:
            return
        last = max(rows)


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

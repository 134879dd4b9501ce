"""Lists of tickets for officers and units, and one ticket with everything that happened to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, select

from bot.store import paper_rows
from bot.store.engine import Database
from bot.store.tables import ticket, ticket_event
from tickets.privacy.sealing import NOBODY, readable, seen
from tickets.state import Actor

LISTED = 200


async def listed(
    database: Database, *, state: str = "", unit: str = "", visible: ColumnElement[bool] | None = None
) -> list[Mapping[str, Any]]:
    """Open tickets, the soonest due first; at most 200, of those that are ``visible`` (bot/store/lists/sights.py)."""
    statement = select(ticket).where(ticket.c.closed_at.is_(None))
    if state:
        statement = statement.where(ticket.c.state == state)
    if unit:
        statement = statement.where(ticket.c.lead_unit == unit)
    if visible is not None:
        statement = statement.where(visible)
    statement = statement.order_by(ticket.c.due_at.nulls_first(), ticket.c.received_at).limit(LISTED)
    async with database.read() as connection:
        return [dict(row) for row in (await connection.execute(statement)).mappings()]


async def whole(
    database: Database, number: str, *, reader: Actor = NOBODY
) -> tuple[Mapping[str, Any], list[Mapping[str, Any]]]:
    """A ticket's row with its papers, and its events in order, as far as ``reader`` may know of them: what is sealed
    leaves no trace, not even in a count. Raises LookupError."""
    async with database.read() as connection:
        row = (await connection.execute(select(ticket).where(ticket.c.number == number))).mappings().one_or_none()
        if row is None:
            raise LookupError(f"there is no ticket {number}")
        found = {number: dict(row)}
        await paper_rows.load(connection, found)
        log = select(ticket_event).where(ticket_event.c.ticket == number).order_by(ticket_event.c.n)
        events = [dict(event) for event in (await connection.execute(log)).mappings()]
    one = found[number]
    files = one["referrals"]
    shown, open_ = readable(files, reader), seen(events, files, reader)
    papers = [name for name in one["papers"] if name != "referrals" or shown]
    return one | {"referrals": shown, "papers": papers, "events": len(open_), "chain": ""}, open_

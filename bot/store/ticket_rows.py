"""Tickets as rows: locked and read for an order, and written after one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import paper_rows
from bot.store.manners.several import among
from bot.store.paper_rows import PAPERS
from bot.store.tables import ticket
from tickets.appeal import AppealType, Cause, ClosingKind, Satisfaction, Solved, Urgency
from tickets.ticket import State, Ticket

_LOCKED = select(ticket).where(among(ticket.c.number, "numbers")).order_by(ticket.c.number).with_for_update()

_ENUMS: dict[str, type[StrEnum]] = {
    "type": AppealType,
    "urgency": Urgency,
    "state": State,
    "withdrawn_from": State,
    "closing_kind": ClosingKind,
    "solved": Solved,
    "satisfaction": Satisfaction,
    "changed_satisfaction": Satisfaction,
    "first_satisfaction": Satisfaction,
    "cause": Cause,
}
_FIELDS = tuple(one.name for one in fields(Ticket) if one.name not in PAPERS)
_ALL = (*_FIELDS, *PAPERS)


async def lock(connection: AsyncConnection, numbers: Iterable[str]) -> dict[str, Mapping[str, Any]]:
    """Lock tickets and load their whole rows, with their papers."""
    rows = await connection.execute(_LOCKED, {"numbers": sorted(set(numbers))})
    found: dict[str, dict[str, Any]] = {row["number"]: dict(row) for row in rows.mappings()}
    await paper_rows.load(connection, found)
    return {**found}


def read_ticket(row: Mapping[str, Any]) -> Ticket:
    """A row and its papers as the life cycle wants them."""
    values: dict[str, Any] = {name: row[name] for name in _ALL}
    for name, kind in _ENUMS.items():
        if values[name] is not None:
            values[name] = kind(values[name])
    return Ticket(**values)


def ticket_columns(one: Ticket) -> dict[str, Any]:
    """The facts as columns; the units at work are there too, for lists to find them by."""
    return {name: _plain(getattr(one, name)) for name in _FIELDS} | _found_by(one)


def changed_columns(before: Ticket, after: Ticket) -> dict[str, Any]:
    """Those of the columns whose facts an order set: it leaves most of the fifty as they are."""
    set_anew = [name for name in _ALL if getattr(before, name) is not getattr(after, name)]
    facts = {name: _plain(getattr(after, name)) for name in set_anew if name not in PAPERS}
    return facts if len(facts) == len(set_anew) else facts | _found_by(after)


def _plain(fact: Any) -> Any:
    return fact.value if isinstance(fact, StrEnum) else fact


def _found_by(one: Ticket) -> dict[str, Any]:
    papers = [name for name in PAPERS if getattr(one, name)]
    return {"lead_unit": one.lead_unit, "co_units": list(one.co_units), "papers": papers}

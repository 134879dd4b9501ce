"""The papers of tickets as rows: each value of ``tickets`` field by field, read back as the same value."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import fields
from enum import StrEnum
from functools import cache
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.manners.several import among
from bot.store.tables import assignment, callback, consultation, referral, supervision, ticket_request
from bot.store.tables.papers import UNDER_WAY
from bot.store.wording import storable
from tickets.papers.assignment import Assignment
from tickets.papers.callback import Callback
from tickets.papers.consultation import Consultation
from tickets.papers.referral import Referral
from tickets.papers.request import Request
from tickets.papers.supervision import Supervision
from tickets.ticket import Ticket

PAPERS: Mapping[str, tuple[Table, type]] = {
    "assignments": (assignment, Assignment),
    "requests": (ticket_request, Request),
    "supervisions": (supervision, Supervision),
    "consultations": (consultation, Consultation),
    "callbacks": (callback, Callback),
    "referrals": (referral, Referral),
}
"""Field of a ticket -> its table and what its rows are."""

# Built once: building a statement costs more than running it.
_OF_TICKETS = {
    name: select(table).where(among(table.c.ticket, "numbers")).order_by(table.c.ticket, table.c.n)
    for name, (table, _) in PAPERS.items()
}

_SUPERVISED = (
    select(supervision.c.ticket, supervision.c.number)
    .where(among(supervision.c.ticket, "numbers"), supervision.c.number != "", UNDER_WAY)
    .order_by(supervision.c.ticket, supervision.c.n)
)


async def load(connection: AsyncConnection, rows: Mapping[str, dict[str, Any]]) -> None:
    """Put the papers on the rows of tickets, by number. Tables that hold none of theirs are not asked."""
    for name, (_, kind) in PAPERS.items():
        for row in rows.values():
            row[name] = ()
        holders = sorted(number for number, row in rows.items() if name in row["papers"])
        if not holders:
            continue
        for one in (await connection.execute(_OF_TICKETS[name], {"numbers": holders})).mappings():
            rows[one["ticket"]][name] += (_read(kind, dict(one)),)


async def supervised(connection: AsyncConnection, numbers: Collection[str]) -> dict[str, str]:
    """Of these tickets those under written supervision, each with the number (督办编号) of the latest."""
    if not numbers:
        return {}
    return {row.ticket: row.number for row in await connection.execute(_SUPERVISED, {"numbers": sorted(numbers)})}


def changed(before: Ticket, after: Ticket) -> Iterable[tuple[Table, bool, dict[str, Any]]]:
    """The rows an order made or changed: table, whether it is new, columns."""
    for name, (table, _) in PAPERS.items():
        were, are = getattr(before, name), getattr(after, name)
        for place, one in enumerate(are):
            if place >= len(were) or (were[place] is not one and were[place] != one):
                yield table, place >= len(were), _columns(after.number, one)


def _columns(number: str, paper: Any) -> dict[str, Any]:
    columns = {one.name: plain(getattr(paper, one.name)) for one in fields(paper)}
    return columns | {"id": f"{number}/{paper.n}", "ticket": number}


def plain(value: Any) -> Any:
    """What a column or its JSON can hold."""
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, Mapping):
        return {storable(name): plain(one) for name, one in value.items()}
    return value


def _read(kind: type, row: Mapping[str, Any]) -> Any:
    return kind(**{name: read(row[name]) for name, read in _readers(kind).items()})


@cache
def _readers(kind: type) -> dict[str, Callable[[Any], Any]]:
    hints = get_type_hints(kind)
    return {one.name: _reader(hints[one.name]) for one in fields(kind)}


def _reader(hint: Any) -> Callable[[Any], Any]:
    """From a column to a field of type ``hint``."""
    args = get_args(hint)
    if NoneType in args:
        read = _reader(next(arg for arg in args if arg is not NoneType))
        return lambda value: None if value is None else read(value)
    if get_origin(hint) is tuple:
        read = _reader(args[0])
        return lambda values: tuple(read(value) for value in values)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return hint
    return lambda value: value

"""Matters and their members as rows: looked for by place, listed for officers, read under the locks of their tickets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.engine import Database
from bot.store.manners.several import among
from bot.store.tables import kept_apart, matter, matter_member, place_key, ticket
from bot.store.types import Moment

Row = Mapping[str, Any]
LISTED = 100
CANDIDATES = 50
"""Tickets at one place looked at for one new ticket; of more, the latest."""

_AT_THE_PLACE = (
    select(ticket)
    .join(place_key, place_key.c.ticket == ticket.c.number)
    .where(
        among(place_key.c.key, "keys"),
        among(place_key.c.category, "categories"),
        place_key.c.received_at > bindparam("since", type_=Moment()),
        ticket.c.closed_at.is_(None),
        ticket.c.citizen != bindparam("citizen_"),
        ticket.c.number != bindparam("number_"),
    )
    .distinct()
    .order_by(ticket.c.received_at.desc())
    .limit(CANDIDATES)
)
_MEMBERS = (
    select(
        matter_member, *(ticket.c[name] for name in ("title", "citizen", "received_at", "satisfaction", "confidential"))
    )
    .add_columns(ticket.c.state.label("ticket_state"), ticket.c.place, ticket.c.lead_unit)
    .join(ticket, ticket.c.number == matter_member.c.ticket)
    .order_by(matter_member.c.id)
)
_WITH_PARENT = select(
    matter,
    ticket.c.state.label("parent_state"),
    ticket.c.repeat_count,
    ticket.c.lead_unit,
    ticket.c.due_at,
    ticket.c.citizen,
    ticket.c.public_reply,
).join(ticket, ticket.c.number == matter.c.parent)


async def at_the_place(
    connection: AsyncConnection, one: Row, *, keys: Iterable[str], categories: Iterable[str], since: datetime
) -> list[Row]:
    """Open tickets of other citizens where the ticket of row ``one`` is, the latest first."""
    asked = {
        "keys": sorted(keys),
        "categories": sorted(categories),
        "since": since,
        "citizen_": one["citizen"],
        "number_": one["number"],
    }
    return [dict(row) for row in (await connection.execute(_AT_THE_PLACE, asked)).mappings()]


async def said_apart(connection: AsyncConnection, number: str) -> set[str]:
    """The tickets somebody said are another matter than this one."""
    pairs = select(kept_apart.c.one, kept_apart.c.other).where(
        or_(kept_apart.c.one == number, kept_apart.c.other == number)
    )
    return {other if one == number else one for one, other in await connection.execute(pairs)}


async def member(connection: AsyncConnection, number: str) -> Row | None:
    """Where the ticket has its place, joined, proposed or left."""
    row = (await connection.execute(select(matter_member).where(matter_member.c.ticket == number))).mappings().first()
    return dict(row) if row else None


async def of_parent(connection: AsyncConnection, number: str) -> Row | None:
    """The matter whose members follow this ticket."""
    live = select(matter).where(matter.c.parent == number, matter.c.state != "dissolved")
    row = (await connection.execute(live)).mappings().first()
    return dict(row) if row else None


async def make(connection: AsyncConnection, row: Row) -> int:
    """A new matter; its id."""
    return int((await connection.execute(insert(matter).values(**row).returning(matter.c.id))).scalar_one())


async def found(connection: AsyncConnection, matter_id: int) -> Row | None:
    """One matter with where its parent stands."""
    row = (await connection.execute(_WITH_PARENT.where(matter.c.id == matter_id))).mappings().first()
    return dict(row) if row else None


async def members(connection: AsyncConnection, matter_id: int) -> list[Row]:
    """Its members with what an officer compares, in the order they came."""
    rows = await connection.execute(_MEMBERS.where(matter_member.c.matter == matter_id))
    return [dict(row) for row in rows.mappings()]


async def citizens(connection: AsyncConnection, numbers: Iterable[str]) -> int:
    """How many different citizens these tickets are of."""
    counted = select(func.count(ticket.c.citizen.distinct())).where(among(ticket.c.number, "numbers"))
    return int(await connection.scalar(counted, {"numbers": sorted(numbers)}) or 0)


async def listed(database: Database) -> Sequence[Row]:
    """Matters somebody is in, those with most proposals first; ``proposed`` and ``joined`` count members."""
    count = (
        select(
            matter_member.c.matter,
            func.count().filter(matter_member.c.state == "proposed").label("proposed"),
            func.count().filter(matter_member.c.state == "joined").label("joined"),
        )
        .group_by(matter_member.c.matter)
        .subquery()
    )
    statement = (
        _WITH_PARENT.add_columns(count.c.proposed)
        .add_columns(count.c.joined)
        .join(count, count.c.matter == matter.c.id)
        .where(matter.c.state != "dissolved", count.c.proposed + count.c.joined > 0)
        .order_by(count.c.proposed.desc(), matter.c.id.desc())
        .limit(LISTED)
    )
    async with database.read() as connection:
        return [dict(row) for row in (await connection.execute(statement)).mappings()]


async def beside(database: Database, one: Row) -> Mapping[str, Any]:
    """What stands beside a ticket: the earlier one it goes on with (``earlier``), its place in a matter (``place``,
    with the ``parent``), and the matter it heads (``heads``); None each where there is none."""
    async with database.read() as connection:
        place = await member(connection, one["number"])
        head = await found(connection, place["matter"]) if place else None
        before = select(ticket).where(ticket.c.number == one["repeat_of"])
        earlier = (await connection.execute(before)).mappings().first() if one["repeat_of"] else None
        heads = await of_parent(connection, one["number"])
        return {
            "earlier": dict(earlier) if earlier else None,
            "place": {**place, "parent": head["parent"]} if place and head and place["state"] != "apart" else None,
            "heads": {**heads, "members": await members(connection, heads["id"])} if heads else None,
        }

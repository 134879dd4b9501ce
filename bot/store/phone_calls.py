"""Telephone calls as rows: opened and locked for a step, read for the desk, and who sits at which extension."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, exists, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.engine import Database
from bot.store.tables import call, call_ticket, conversation, seat, ticket
from bot.work import insert_or_keep
from channels.calls import Call, Direction

Row = Mapping[str, Any]
LISTED = 20
LONGEST = timedelta(hours=4)
"""Of a call that went on for longer we were not told the end: it rings nowhere."""
_UNDER_WAY = call.c.ended_at.is_(None)
_MOMENTS = ("began_at", "queued_at", "ringing_at", "answered_at", "ended_at")


@dataclass(frozen=True, slots=True)
class Seat:
    """An extension of one account's switchboard."""

    channel: str
    account: str
    extension: str


@dataclass(frozen=True, slots=True)
class CallName:
    """What a call is known by: its account's switchboard calls it ``call_id``."""

    channel: str
    account: str
    call_id: str

    @property
    def is_it(self) -> tuple[ColumnElement[bool], ...]:
        """The condition on rows."""
        return call.c.call_id == self.call_id, call.c.account == self.account, call.c.channel == self.channel


def read_call(row: Row) -> Call:
    """What was heard of it so far; the citizen's number is his conversation's."""
    marks = {name: (datetime.fromisoformat(at), id, word) for name, (at, id, word) in row["marks"].items()}
    moments = {name: row[name] for name in _MOMENTS}
    direction = Direction(row["direction"]) if row["direction"] else None
    return Call(direction=direction, line=row["line"], marks=marks, **moments)


def call_columns(one: Call) -> dict[str, Any]:
    """The inverse of :func:`read_call`; the extension is there too, for who sits at it."""
    return {
        "direction": one.direction.value if one.direction else "",
        "line": one.line,
        "extension": one.word("extension"),
        "marks": {name: [at.isoformat(), id, word] for name, (at, id, word) in one.marks.items()},
        **{name: getattr(one, name) for name in _MOMENTS},
    }


async def conversation_of(connection: AsyncConnection, name: CallName) -> int | None:
    """Whose call it is, as far as known."""
    found: int | None = await connection.scalar(select(call.c.conversation_id).where(*name.is_it))
    return found


async def lock(connection: AsyncConnection, name: CallName, *, at: datetime) -> Row:
    """The row of a call under its lock, opened if it is new. Lock its conversation first."""
    new = {"channel": name.channel, "account": name.account, "call_id": name.call_id, "began_at": at, "marks": {}}
    await connection.execute(insert_or_keep(connection, call), new)
    mine = select(call).where(*name.is_it).with_for_update()
    return dict((await connection.execute(mine)).mappings().one())


async def served_since(connection: AsyncConnection, conversation_id: int, since: datetime) -> bool:
    """Whether a call of this citizen was answered after ``since``."""
    his = call.c.conversation_id == conversation_id, call.c.direction == "in", call.c.answered_at >= since
    return bool(await connection.scalar(select(exists().where(*his))))


_CALLS = select(
    call,
    conversation.c.phone_sealed,
    conversation.c.citizen,
    conversation.c.id.label("talk"),
).outerjoin(conversation, conversation.c.id == call.c.conversation_id)


async def _rows(database: Database, statement: Select[Any]) -> list[Row]:
    async with database.read() as connection:
        return [dict(row) for row in (await connection.execute(statement)).mappings()]


async def get(database: Database, call_id: int) -> Row | None:
    """One call, with its citizen and his number."""
    return next(iter(await _rows(database, _CALLS.where(call.c.id == call_id))), None)


async def at_seat(database: Database, one: Seat, *, now: datetime) -> Row | None:
    """The call that rings at an extension or is spoken at it now, the latest."""
    here = call.c.extension == one.extension, call.c.account == one.account, call.c.channel == one.channel
    lately = call.c.began_at > now - LONGEST
    found = _CALLS.where(*here, _UNDER_WAY, lately).order_by(call.c.ringing_at.desc(), call.c.id.desc())
    return next(iter(await _rows(database, found.limit(1))), None)


async def lately(database: Database, officer: str) -> list[Row]:
    """The last calls that rang at the officer's extension; ``registered`` tells whether anything was registered."""
    registered = exists().where(call_ticket.c.call == call.c.id).correlate(call).label("registered")
    mine = _CALLS.add_columns(registered).where(call.c.officer == officer)
    return await _rows(database, mine.order_by(call.c.began_at.desc()).limit(LISTED))


async def registered(database: Database, call_id: int, officer: str) -> list[Row]:
    """What was registered during a call, the latest first; on a confidential ticket only for who did it."""
    of_it = select(call_ticket).join(ticket, ticket.c.number == call_ticket.c.ticket)
    known = or_(ticket.c.confidential.is_(False), call_ticket.c.officer == officer)
    return await _rows(database, of_it.where(call_ticket.c.call == call_id, known).order_by(call_ticket.c.id.desc()))


async def of_ticket(database: Database, number: str) -> list[Row]:
    """The calls during which something was registered on a ticket, the latest first."""
    of_it = select(call).where(call.c.id.in_(select(call_ticket.c.call).where(call_ticket.c.ticket == number)))
    return await _rows(database, of_it.order_by(call.c.began_at.desc()).limit(LISTED))


async def open_tickets(database: Database, citizen: int | None) -> list[Row]:
    """A caller's own tickets that are worked on, the newest first; that one is his is not told of a confidential one."""
    if citizen is None:
        return []
    his = ticket.c.citizen == citizen, ticket.c.closed_at.is_(None), ticket.c.confidential.is_(False)
    mine = select(ticket.c.number, ticket.c.title, ticket.c.state, ticket.c.due_at, ticket.c.received_at)
    return await _rows(database, mine.where(*his).order_by(ticket.c.received_at.desc()).limit(LISTED))


# Seats.


async def sit(database: Database, officer: str, one: Seat, *, now: datetime) -> None:
    """He sits there from now on, and who sat there before does no more."""
    here = seat.c.extension == one.extension, seat.c.account == one.account, seat.c.channel == one.channel
    row = {"channel": one.channel, "account": one.account, "extension": one.extension}
    async with database.begin() as connection:
        await connection.execute(delete(seat).where(or_(seat.c.officer == officer, and_(*here))))
        await connection.execute(insert(seat), {"officer": officer, "since": now, **row})


async def stand_up(database: Database, officer: str) -> None:
    """He sits nowhere."""
    async with database.begin() as connection:
        await connection.execute(delete(seat).where(seat.c.officer == officer))


async def seat_of(database: Database, officer: str) -> Seat | None:
    """Where he sits."""
    async with database.read() as connection:
        row = (await connection.execute(select(seat).where(seat.c.officer == officer))).one_or_none()
    return Seat(row.channel, row.account, row.extension) if row else None


async def officer_at(connection: AsyncConnection, one: Seat) -> str:
    """Who sits there, "" for nobody."""
    here = seat.c.extension == one.extension, seat.c.account == one.account, seat.c.channel == one.channel
    return await connection.scalar(select(seat.c.officer).where(*here)) or ""

"""The calls to citizens' devices that wait or are out: at most one a conversation, until he has seen what it was for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.outbox.priority import Priority
from bot.store.tables import conversation, outbox, push
from channels.message import Address, Stage

GRACE = timedelta(seconds=5)
"""A device that is connected says within this time that it has a line: then nobody calls it."""
LEASE = timedelta(seconds=60)
"""A process that has not said after so long what became of a call is taken for dead; the call is made again."""
AT_ONCE = 50
_MISSED = and_(
    outbox.c.conversation_id == push.c.conversation_id,
    outbox.c.seq >= push.c.seq,
    outbox.c.state == "sent",
    outbox.c.stage.in_(("", Stage.ACCEPTED.value)),
)
"""Lines that the device has not said it has."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A call that is due. ``missed`` is how many lines the device does not have."""

    conversation_id: int
    address: Address
    attempts: int
    delivery: str
    not_before: datetime
    missed: int


Call = tuple[Waiting, str]
"""One try, and the delivery it goes under: the same over all tries."""


def armed(conversation_id: int, *, seq: int, not_before: datetime) -> dict[str, Any]:
    """The row of a line that was told as ``seq`` and may be seen from ``not_before`` on; kept out where one stands."""
    return {
        "conversation_id": conversation_id,
        "seq": seq,
        "attempts": 0,
        "delivery": "",
        "not_before": not_before + GRACE,
    }


async def due(connection: AsyncConnection, *, most: Priority, now: datetime) -> list[Waiting]:
    """Those whose time has come, the oldest first; of the lines the device does not have one at least is as grave as
    ``most``."""
    columns = (
        *(push.c.conversation_id, push.c.attempts, push.c.delivery, push.c.not_before),
        *(conversation.c.channel, conversation.c.account, conversation.c.peer, conversation.c.peer_sealed),
    )
    statement = (
        select(*columns, func.count(outbox.c.id).label("missed"))
        .join(conversation, conversation.c.id == push.c.conversation_id)
        .outerjoin(outbox, _MISSED)
        .where(push.c.not_before <= now)
        .group_by(*columns)
        .having(func.coalesce(func.min(outbox.c.priority), 0) <= int(most))
        .order_by(push.c.not_before)
        .limit(AT_ONCE)
    )
    return [_read(row) for row in await connection.execute(statement)]


def _read(row: Any) -> Waiting:
    address = Address(row.channel, row.account, row.peer_sealed or row.peer)
    return Waiting(row.conversation_id, address, row.attempts, row.delivery, row.not_before, row.missed)


async def drop(connection: AsyncConnection, these: Iterable[Waiting]) -> None:
    """These are not needed: the device has everything. Under the conversations' locks, for whoever tells something now
    arms no call of its own while the row stands."""
    found = sorted(these, key=lambda one: one.conversation_id)
    ids = conversation.c.id.in_([one.conversation_id for one in found])
    await connection.execute(select(conversation.c.id).where(ids).order_by(conversation.c.id).with_for_update())
    for one in found:
        await connection.execute(delete(push).where(*_as_found(one), ~exists().where(_MISSED)))


async def lease(connection: AsyncConnection, these: Sequence[Call], *, now: datetime) -> list[Call]:
    """Take these for one try each; those another process took are left out."""
    mine = []
    for one, delivery in these:
        columns = {"not_before": now + LEASE, "attempts": one.attempts + 1, "delivery": delivery}
        if (await connection.execute(update(push).where(*_as_found(one)).values(columns))).rowcount:
            mine.append((one, delivery))
    return mine


async def settle(connection: AsyncConnection, one: Waiting, delivery: str, *, again: datetime | None) -> None:
    """When it is tried next; None where the gateway took it: it is out until the citizen has seen what it was for."""
    await connection.execute(update(push).where(*_out(one, delivery)).values(not_before=again))


async def forget(connection: AsyncConnection, one: Waiting, delivery: str) -> None:
    """No try will do: the next line arms a new call."""
    await connection.execute(delete(push).where(*_out(one, delivery)))


def _out(one: Waiting, delivery: str) -> tuple[ColumnElement[bool], ...]:
    return push.c.conversation_id == one.conversation_id, push.c.delivery == delivery


def _as_found(one: Waiting) -> tuple[ColumnElement[bool], ...]:
    return (
        push.c.conversation_id == one.conversation_id,
        push.c.not_before == one.not_before,
        push.c.delivery == one.delivery,
    )

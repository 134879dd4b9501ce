"""The leave each citizen gives, template by template: given, declined, taken back, and how often we may still send."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Update, bindparam, case, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.manners.several import among
from bot.store.tables import conversation, permit
from bot.work import insert_or_keep
from channels.message import Event, Inbound

LONGEST = 128
"""Characters of a template's id; WeChat's have 43. What is longer is no template of ours."""
_THIS = (permit.c.conversation_id == bindparam("talk"), permit.c.template == bindparam("which"))


def _change(**columns: Any) -> Update:
    return update(permit).where(*_THIS).values(**columns, changed_at=bindparam("at"))


_NOTED: Mapping[Event, Update] = {
    Event.GRANTED: _change(sends_left=permit.c.sends_left + 1, granted=permit.c.granted + 1),
    Event.DECLINED: _change(declined=permit.c.declined + 1),
    Event.REVOKED: _change(sends_left=0, revoked=permit.c.revoked + 1),
}
_SPENT = _change(sends_left=case((permit.c.sends_left > 0, permit.c.sends_left - 1), else_=0))
_CLOSED = _change(sends_left=0)
_LEFT = select(permit.c.conversation_id, permit.c.template, permit.c.sends_left).where(
    among(permit.c.conversation_id, "talks"), permit.c.sends_left > 0
)


async def note(connection: AsyncConnection, said: Iterable[tuple[int, Inbound]], *, now: datetime) -> None:
    """Write down what new messages (each with its conversation, which is locked) say of leave; most say nothing."""
    for talk, one in said:
        noted = _NOTED.get(one.event) if one.event else None
        if noted is not None and 0 < len(one.text) <= LONGEST:
            row = {"conversation_id": talk, "template": one.text, "changed_at": now}
            await connection.execute(insert_or_keep(connection, permit), row)
            await connection.execute(noted, {"talk": talk, "which": one.text, "at": now})


async def left(connection: AsyncConnection, talks: Sequence[int]) -> dict[int, dict[str, int]]:
    """Conversation -> template -> how often we may still send by it."""
    found: dict[int, dict[str, int]] = {}
    for talk, template, count in await connection.execute(_LEFT, {"talks": sorted(talks)}):
        found.setdefault(talk, {})[template] = count
    return found


async def use(
    connection: AsyncConnection, *, spent: set[tuple[int, str]], closed: set[tuple[int, str]], now: datetime
) -> None:
    """Note sends (conversation, template) that used up a leave, and those that found none."""
    for statement, pairs in ((_SPENT, spent - closed), (_CLOSED, closed)):
        if pairs:
            rows = [{"talk": talk, "which": template, "at": now} for talk, template in sorted(pairs)]
            await connection.execute(statement, rows)


async def forget(connection: AsyncConnection, talks: Sequence[int]) -> None:
    """Drop what these conversations allowed."""
    await connection.execute(delete(permit).where(permit.c.conversation_id.in_(talks)))


@dataclass(frozen=True, slots=True)
class Total:
    """What the citizens of one account said of one template."""

    channel: str
    account: str
    template: str
    citizens: int
    granted: int
    declined: int
    revoked: int
    left: int


async def totals(connection: AsyncConnection) -> list[Total]:
    """Of every template anybody was asked about."""
    sums = (func.sum(permit.c[name]) for name in ("granted", "declined", "revoked", "sends_left"))
    by = conversation.c.channel, conversation.c.account, permit.c.template
    statement = (
        select(*by, func.count(), *sums)
        .join(conversation, conversation.c.id == permit.c.conversation_id)
        .group_by(*by)
        .order_by(*by)
    )
    return [Total(*row) for row in await connection.execute(statement)]

"""What the desk shows beside tickets: alarms, conversations that wait for a person or are held by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import paper_rows
from bot.store.engine import Database
from bot.store.lists import alert_lists, supervision_lists
from bot.store.lists.triage_lists import count_triage
from bot.store.tables import (
    alarm,
    attachment,
    call_task,
    citizen_request,
    conversation,
    handover,
    knowledge_task,
    matter_member,
    message,
    officer_seen,
    outbox,
    reveal,
    three_way,
    ticket,
)
from bot.store.tables.knowledge import OPEN_TASK
from bot.store.tables.three_way import UNDER_WAY
from bot.work import insert_or_keep

Row = Mapping[str, Any]
LISTED = 100


async def _all(database: Database, statement: Select[Any]) -> list[Row]:
    async with database.read() as connection:
        return [dict(row) for row in (await connection.execute(statement)).mappings()]


Visible = ColumnElement[bool] | None
"""Which tickets an officer may see (bot/store/lists/sights.py), None for all."""


def _of(statement: Select[Any], visible: Visible) -> Select[Any]:
    return statement if visible is None else statement.where(visible)


async def open_states(database: Database, *, visible: Visible = None) -> dict[str, int]:
    """How many open tickets are in each state."""
    counted = select(ticket.c.state, func.count()).where(ticket.c.closed_at.is_(None)).group_by(ticket.c.state)
    counted = _of(counted, visible)
    async with database.read() as connection:
        return {state: count for state, count in await connection.execute(counted)}


async def lately_closed(database: Database, *, visible: Visible = None) -> list[Row]:
    """Tickets that ended, the latest first."""
    ended = _of(select(ticket).where(ticket.c.closed_at.is_not(None)), visible).order_by(ticket.c.closed_at.desc())
    return await _all(database, ended.limit(LISTED))


async def waiting_work(database: Database) -> dict[str, int]:
    """How much waits for a person, by what it is: alarms, conversations, call tasks, letters, alerts, late supervisions,
    dissatisfied citizens, proposals of families, knowledge tasks, invitations."""
    counts = {
        "alarms": select(func.count()).where(alarm.c.acknowledged_at.is_(None)),
        "talks": select(func.count()).where(conversation.c.owner == "queue"),
        "calls": select(func.count()).select_from(call_task).where(call_task.c.done_at.is_(None)),
        "letters": select(func.count()).where(outbox.c.state.in_(("held", "dead"))),
        "alerts": alert_lists.unseen(),
        "supervision": supervision_lists.late(),
        "matters": select(func.count()).where(matter_member.c.state == "proposed"),
        "knowledge": select(func.count()).select_from(knowledge_task).where(OPEN_TASK),
        "experts": select(func.count()).select_from(three_way).where(UNDER_WAY, three_way.c.joined_at.is_(None)),
        "reveals": select(func.count()).where(
            reveal.c.needs_second, reveal.c.second_at.is_(None), reveal.c.refused_at.is_(None)
        ),
        "requests": select(func.count()).where(
            citizen_request.c.done_at.is_(None), citizen_request.c.refused_at.is_(None)
        ),
        "audit": select(func.count()).where(reveal.c.break_glass, reveal.c.reviewed_at.is_(None)),
    }
    async with database.read() as connection:
        found = {name: await connection.scalar(count) or 0 for name, count in counts.items()}
        return found | {"triage": await count_triage(connection)}


async def alarms(database: Database) -> list[Row]:
    """Those nobody acknowledged first, the gravest and oldest first; then the latest others. ``said`` is what raised it."""
    statement = (
        select(alarm, message.c.text.label("said"))
        .outerjoin(message, message.c.id == alarm.c.message_id)
        .order_by(alarm.c.acknowledged_at.is_not(None), alarm.c.level, alarm.c.id.desc())
    )
    return await _all(database, statement.limit(LISTED))


async def acknowledge(database: Database, alarm_id: int, *, officer: str, now: datetime) -> None:
    """An officer has seen it; the first one counts."""
    mine = update(alarm).where(alarm.c.id == alarm_id, alarm.c.acknowledged_at.is_(None))
    async with database.begin() as connection:
        await connection.execute(mine.values(acknowledged_at=now, acknowledged_by=officer))


_LAST_HANDOVER = (
    select(handover.c.conversation_id, func.max(handover.c.id).label("last")).group_by(handover.c.conversation_id)
).subquery()
_TALKS = (
    select(conversation, handover.c.reason, handover.c.summary)
    .outerjoin(_LAST_HANDOVER, _LAST_HANDOVER.c.conversation_id == conversation.c.id)
    .outerjoin(handover, handover.c.id == _LAST_HANDOVER.c.last)
)


async def talks(database: Database) -> list[Row]:
    """Conversations in the queue or with an agent; those who wait first, of these emergencies first, then the longest."""
    order = conversation.c.owner.desc(), (handover.c.reason == "emergency").desc(), conversation.c.owner_since
    return await _all(database, _TALKS.where(conversation.c.owner != "bot").order_by(*order).limit(LISTED))


async def talk(database: Database, conversation_id: int) -> Row | None:
    """One conversation."""
    found = await _all(database, _TALKS.where(conversation.c.id == conversation_id))
    return found[0] if found else None


async def tickets_of(database: Database, conversation_id: int) -> list[Row]:
    """The tickets opened in a conversation but for confidential ones, the newest first."""
    mine = ticket.c.conversation_id == conversation_id, ticket.c.confidential.is_(False)
    return await _all(database, select(ticket).where(*mine).order_by(ticket.c.received_at.desc()).limit(20))


async def tickets_with(database: Database, file: str) -> list[Row]:
    """The tickets that came with this file, with their papers."""
    of_it = select(ticket).join(attachment, attachment.c.conversation_id == ticket.c.conversation_id)
    found = {row["number"]: dict(row) for row in await _all(database, of_it.where(attachment.c.id == file))}
    found = {number: row for number, row in found.items() if file in row["attachments"]}
    async with database.read() as connection:
        await paper_rows.load(connection, found)
    return list(found.values())


async def files_of(connection: AsyncConnection, messages: Sequence[int]) -> dict[int, list[Row]]:
    """The stored files that came with these messages, by message id."""
    statement = select(attachment).where(attachment.c.message_id.in_(messages), attachment.c.state == "stored")
    found: dict[int, list[Row]] = {}
    for row in (await connection.execute(statement)).mappings():
        found.setdefault(row["message_id"], []).append(dict(row))
    return found


async def seen(database: Database, officer: str, *, now: datetime) -> None:
    """This officer is at his desk."""
    async with database.begin() as connection:
        await connection.execute(insert_or_keep(connection, officer_seen), [{"name": officer, "seen_at": now}])
        await connection.execute(update(officer_seen).where(officer_seen.c.name == officer).values(seen_at=now))


async def left(database: Database, officer: str) -> None:
    """This officer went home."""
    async with database.begin() as connection:
        await connection.execute(delete(officer_seen).where(officer_seen.c.name == officer))

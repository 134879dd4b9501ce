"""Work on the knowledge base (知识库任务): a gap to fill, an entry to look at, two that contradict, a check that is due."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.orders.ticketing import Ticketing
from bot.store.tables import knowledge_task, knowledge_version
from bot.store.tables.knowledge import OPEN_TASK
from bot.work import insert_or_keep
from tickets.limits.deadlines import add
from tickets.limits.duration import Duration


class TaskKind(StrEnum):
    """缺口, 纠错, 冲突, 核验."""

    GAP = "gap"
    REPORT = "report"
    CONFLICT = "conflict"
    CHECK = "check"


class Outcome(StrEnum):
    """What ended a task: a new version, a look that found nothing wrong, a withdrawal, or that nothing is to be done."""

    PUBLISHED = "published"
    KEPT = "kept"
    WITHDRAWN = "withdrawn"
    DISMISSED = "dismissed"


def due(rules: Ticketing, limit: Duration, now: datetime) -> datetime:
    """When a task with this limit must be done."""
    policy = rules.policies.at(rules.today(now))
    return add(rules.calendar, now, limit, closing=policy.count.closing)


async def open_task(
    connection: AsyncConnection, kind: TaskKind, *, entry: str = "", rules: Ticketing, now: datetime, **facts: str
) -> int:
    """The task of this kind on this entry (``facts``: other columns): the open one, or a new one. Returns its id.

    A gap's ``facts`` must hold its own ``key``."""
    knowledge = rules.policies.at(rules.today(now)).knowledge
    limit = due(rules, knowledge.gap if kind is TaskKind.GAP else knowledge.report, now)
    key = facts.pop("key", f"{kind}:{entry}")
    row = {"kind": kind.value, "key": key, "entry": entry, "opened_at": now, "due_at": limit, "remind_at": limit}
    await connection.execute(insert_or_keep(connection, knowledge_task), row | facts)
    found = select(knowledge_task.c.id).where(knowledge_task.c.key == key, OPEN_TASK)
    opened: int = (await connection.execute(found)).scalar_one()
    return opened


async def close_task(
    connection: AsyncConnection, task_id: int, outcome: Outcome, *, by: str, now: datetime, note: str = ""
) -> bool:
    """End it; False where it was ended already."""
    mine = update(knowledge_task).where(knowledge_task.c.id == task_id, OPEN_TASK)
    done = await connection.execute(mine.values(done_at=now, done_by=by, outcome=outcome.value, note=note))
    return done.rowcount == 1


async def settle(connection: AsyncConnection, entry: str, outcome: Outcome, *, by: str, now: datetime) -> None:
    """An officer dealt with ``entry``: what was to be looked at there is done. A conflict ends once neither is held."""
    seen = knowledge_task.c.kind.in_((TaskKind.REPORT, TaskKind.CHECK)) & (knowledge_task.c.entry == entry)
    held = exists().where(
        knowledge_version.c.state == "held",
        or_(knowledge_version.c.entry == knowledge_task.c.entry, knowledge_version.c.entry == knowledge_task.c.other),
    )
    both = or_(knowledge_task.c.entry == entry, knowledge_task.c.other == entry)
    settled = (knowledge_task.c.kind == TaskKind.CONFLICT) & both & ~held
    statement = update(knowledge_task).where(or_(seen, settled), OPEN_TASK)
    await connection.execute(statement.values(done_at=now, done_by=by, outcome=outcome.value))

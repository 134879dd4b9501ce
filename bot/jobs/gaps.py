"""Gaps by the clock: unanswered questions gathered into tasks, and those who asked told once there is an answer."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.knowledge.keeper import Keeper
from bot.knowledge.tasks import Outcome, TaskKind, open_task
from bot.store.entry_rows import read_version
from bot.store.tables import knowledge_task, knowledge_version, unanswered
from bot.store.tables.knowledge import LIVE_VERSION, OPEN_TASK, UNPLACED, UNTOLD
from dialog.knowledge.clusters import Clusters
from dialog.knowledge.entry import Entry
from dialog.knowledge.owner import Owner, suggest_owner
from dialog.knowledge.scrub import scrub
from tickets.limits.deadlines import after_quiet

AT_ONCE = 200
KNOWN = 5000
"""Open gaps a new question is compared with, the newest."""
Row = Mapping[str, Any]


async def gather_gaps(keeper: Keeper) -> int:
    """Every new unanswered question joins the gap it belongs to, or founds one. Returns how many were placed."""
    async with keeper.conversing.database.read() as connection:
        new = select(unanswered).where(UNPLACED).order_by(unanswered.c.id).limit(AT_ONCE)
        rows = [dict(row) for row in (await connection.execute(new)).mappings()]
        if not rows:
            return 0
        gaps = select(knowledge_task.c.id, knowledge_task.c.question).where(
            knowledge_task.c.kind == TaskKind.GAP, OPEN_TASK
        )
        known = [tuple(row) for row in await connection.execute(gaps.order_by(knowledge_task.c.id.desc()).limit(KNOWN))]
    # Thousands of gaps take a second to compare with: no citizen should wait for that.
    placed = await asyncio.to_thread(_placed, known, rows)
    now = keeper.now
    async with keeper.conversing.database.begin() as connection:
        founded: dict[int, int] = {}
        for row in rows:
            gap = placed[row["id"]]
            if gap < 0 and gap not in founded:
                founded[gap] = await _found(keeper, connection, row, now)
            await _join(connection, row["id"], founded.get(gap, gap))
    return len(rows)


def _placed(known: Sequence[Any], rows: Sequence[Row]) -> dict[int, int]:
    """Row id -> its gap; a gap that is to be founded has the number of its founder, below zero."""
    clusters, placed = Clusters(known), dict[int, int]()
    for row in rows:
        question = scrub(row["question"])
        gap = clusters.place(question)
        if gap is None:
            gap = -row["id"]
            clusters.found(gap, question)
        placed[row["id"]] = gap
    return placed


async def _found(keeper: Keeper, connection: AsyncConnection, row: Row, now: datetime) -> int:
    question, entry = scrub(row["question"]), keeper.index.get(row["entry"]) if row["entry"] else None
    owner = Owner(entry.owner_unit, f"条目 {entry.id}") if entry else _owner(keeper, question)
    facts = {"suggested": owner.unit, "why": owner.why} if owner else {}
    return await open_task(
        connection, TaskKind.GAP, rules=keeper.rules, now=now, key=f"gap:{row['id']}", question=question, **facts
    )


def _owner(keeper: Keeper, question: str) -> Owner | None:
    today, city = keeper.rules.today(keeper.now), keeper.city
    near = keeper.index.ask(question, today=today)
    return suggest_owner(question, directory=city.directory, catalogue=city.catalogue, near=near, today=today)


async def _join(connection: AsyncConnection, row: int, gap: int) -> None:
    mine = update(unanswered).where(unanswered.c.id == row, UNPLACED)
    if (await connection.execute(mine.values(task_id=gap))).rowcount:
        counted = update(knowledge_task).where(knowledge_task.c.id == gap)
        await connection.execute(counted.values(asked=knowledge_task.c.asked + 1))


async def tell_askers(keeper: Keeper) -> int:
    """Those who asked and agreed are told the answer, once, where they asked and outside quiet hours."""
    said = (knowledge_version.c.entry == knowledge_task.c.entry) & (knowledge_version.c.state == "published")
    wanting = (
        select(unanswered.c.conversation_id, knowledge_task.c.id)
        .join(knowledge_task, knowledge_task.c.id == unanswered.c.task_id)
        .join(knowledge_version, said)
        .where(UNTOLD, knowledge_task.c.outcome == Outcome.PUBLISHED.value)
        .distinct()
        .limit(AT_ONCE)
    )
    async with keeper.conversing.database.read() as connection:
        found = (await connection.execute(wanting)).all()
        entries = await _said(connection, {gap for _, gap in found})
    today = keeper.rules.today(keeper.now)
    served = [(talk, gap) for talk, gap in found if gap in entries and entries[gap].served_on(today)]
    for talk, gap in served:
        await _tell(keeper, talk, gap, entries[gap])
    return len(served)


async def _said(connection: AsyncConnection, gaps: set[int]) -> dict[int, Entry]:
    """Gap -> the entry that answers it, as it is said now; not from memory, which may be seconds old."""
    live = select(knowledge_task.c.id.label("gap"), knowledge_version).join(
        knowledge_version, knowledge_version.c.entry == knowledge_task.c.entry
    )
    rows = await connection.execute(live.where(knowledge_task.c.id.in_(gaps), LIVE_VERSION))
    return {row["gap"]: read_version(dict(row)).entry for row in rows.mappings()}


async def _tell(keeper: Keeper, conversation_id: int, gap: int, entry: Entry) -> None:
    policy = keeper.rules.policies.at(keeper.rules.today(keeper.now))
    params = {
        "question": entry.question,
        "answer": entry.answer,
        "source": f"{entry.source}{entry.clause}",
        "entry": entry.id,
        "checked": entry.checked.isoformat(),
    }
    async with keeper.conversing.claimed(conversation_id) as held:
        mine = update(unanswered).where(
            unanswered.c.conversation_id == conversation_id, unanswered.c.task_id == gap, UNTOLD
        )
        if (await held.connection.execute(mine.values(told_at=held.now))).rowcount:
            awake = after_quiet(policy.quiet, keeper.rules.calendar, held.now)
            held.notice("knowledge.answered", params, once=f"k:{gap}:{conversation_id}", not_before=awake)

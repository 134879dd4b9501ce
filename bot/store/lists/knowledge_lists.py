"""What the desk and the command line show of the knowledge base: versions, tasks, reports, and how answers did."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select

from bot.store.engine import Database
from bot.store.tables import consultation_answer, knowledge_report, knowledge_task, knowledge_version, unanswered
from bot.store.tables.knowledge import OPEN_TASK

Row = Mapping[str, Any]
LISTED = 100


async def _all(database: Database, statement: Select[Any]) -> list[Row]:
    async with database.read() as connection:
        return [dict(row) for row in (await connection.execute(statement)).mappings()]


async def in_state(database: Database, state: str, *, owner: str = "", words: str = "") -> list[Row]:
    """The latest version of each entry that stands in this state, the latest changed first."""
    latest = select(func.max(knowledge_version.c.id)).group_by(knowledge_version.c.entry, knowledge_version.c.state)
    when: list[ColumnElement[bool]] = [knowledge_version.c.state == state, knowledge_version.c.id.in_(latest)]
    if owner:
        when.append(knowledge_version.c.owner_unit == owner)
    if words:
        found = knowledge_version.c.question.contains(words, autoescape=True)
        when.append(found | (knowledge_version.c.entry == words))
    statement = select(knowledge_version).where(*when).order_by(knowledge_version.c.id.desc())
    return await _all(database, statement.limit(LISTED))


async def versions(database: Database, entry: str) -> list[Row]:
    """Every version of an entry, the newest first."""
    mine = select(knowledge_version).where(knowledge_version.c.entry == entry)
    return await _all(database, mine.order_by(knowledge_version.c.n.desc()))


async def tasks(database: Database, *, kind: str = "", owner: str = "") -> list[Row]:
    """Open tasks, the soonest due first; ``owner`` finds what a unit has, or is proposed for."""
    when: list[ColumnElement[bool]] = [OPEN_TASK]  # type: ignore[list-item]
    if kind:
        when.append(knowledge_task.c.kind == kind)
    if owner:
        proposed = (knowledge_task.c.owner_unit == "") & (knowledge_task.c.suggested == owner)
        when.append((knowledge_task.c.owner_unit == owner) | proposed)
    statement = select(knowledge_task).where(*when).order_by(knowledge_task.c.due_at, knowledge_task.c.id)
    return await _all(database, statement.limit(LISTED))


async def task(database: Database, task_id: int) -> Row | None:
    """One task, open or done."""
    found = await _all(database, select(knowledge_task).where(knowledge_task.c.id == task_id))
    return found[0] if found else None


async def asked_in(database: Database, task_id: int) -> list[Row]:
    """The questions of a gap, the newest first."""
    mine = select(unanswered).where(unanswered.c.task_id == task_id).order_by(unanswered.c.id.desc())
    return await _all(database, mine.limit(LISTED))


async def reports_on(database: Database, entry: str) -> list[Row]:
    """Who called the entry wrong or outdated, the newest first."""
    mine = select(knowledge_report).where(knowledge_report.c.entry == entry).order_by(knowledge_report.c.id.desc())
    return await _all(database, mine.limit(LISTED))


async def usage(database: Database, entry: str) -> Row:
    """How often the entry was said (``hits``), and of the citizens' verdicts how many were "solved" (of ``judged``)."""
    solved = consultation_answer.c.solved
    counted = select(
        func.sum(case((solved.is_(None), 1), else_=0)).label("hits"),
        func.sum(case((solved.is_not(None), 1), else_=0)).label("judged"),
        func.sum(case((solved == "solved", 1), else_=0)).label("solved"),
    ).where(consultation_answer.c.entry == entry)
    (row,) = await _all(database, counted)
    return {name: int(value or 0) for name, value in row.items()}

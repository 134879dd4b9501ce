"""What there is to see of dispatch: panels that sit, and how often the first unit named was the right one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, select

from bot.store.engine import Database
from bot.store.tables import assignment, consultation, ticket

LISTED = 200
_CONSULTED = ("in_consultation", "dispatched", "handling")


@dataclass(frozen=True, slots=True)
class Accuracy:
    """派单准确率 of one unit, or of all (unit ""): of what was dispatched in a time, how much came back with good reason."""

    unit: str
    dispatched: int
    returned: int

    @property
    def share(self) -> float | None:
        """1 - returned / dispatched; None where nothing was dispatched."""
        return 1 - self.returned / self.dispatched if self.dispatched else None


async def accuracy(database: Database, *, since: datetime, until: datetime) -> Sequence[Accuracy]:
    """Of the tickets dispatched from ``since`` to before ``until``: all together first, then each unit, the one that
    returned most first. A return decided later counts for the time of its dispatch."""
    came_back = func.sum(case((assignment.c.state == "returned", 1), else_=0))
    led = select(assignment.c.unit, func.count(), came_back).where(
        assignment.c.role == "lead", assignment.c.dispatched_at >= since, assignment.c.dispatched_at < until
    )
    async with database.read() as connection:
        rows = (await connection.execute(led.group_by(assignment.c.unit))).all()
    units = [Accuracy(unit, count, int(returned)) for unit, count, returned in rows]
    units.sort(key=lambda one: (-one.returned, -one.dispatched, one.unit))
    whole = Accuracy("", sum(one.dispatched for one in units), sum(one.returned for one in units))
    return (whole, *units)


async def open_consultations(database: Database) -> list[Mapping[str, Any]]:
    """Panels that sit, those whose time ends first first, each with its ticket's category and district."""
    found = (
        select(consultation, ticket.c.category, ticket.c.district, ticket.c.urgency, ticket.c.state, ticket.c.due_at)
        .join(ticket, ticket.c.number == consultation.c.ticket)
        .where(consultation.c.settled_at.is_(None), ticket.c.state.in_(_CONSULTED))
        .order_by(consultation.c.settle_by)
        .limit(LISTED)
    )
    async with database.read() as connection:
        return [dict(row) for row in (await connection.execute(found)).mappings()]

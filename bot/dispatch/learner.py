"""What the dispatch suggestion learns by: tickets that were closed, and those returned with good reason, read in the background."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, or_, select

from bot.store.engine import Database
from bot.store.tables import ticket, ticket_request
from tickets.appeal import ClosingKind
from tickets.command import ReturnReason
from tickets.dispatch.case import Case
from tickets.dispatch.experience import Experience
from tickets.dispatch.rules import Dispatching
from tickets.limits.calendar import SHANGHAI
from tickets.units import Directory

PAGE = 500
"""Tickets learned between two breaths of the event loop: a few milliseconds."""
SETTLED = timedelta(seconds=15)
"""How old a closing must be: by then the transactions of the moments before it are there too."""
BEFORE = 4.0
"""Tickets a unit is taken to have kept before the first is counted: one return alone proves little."""

_COLUMNS = (
    ticket.c.closed_at,
    ticket.c.number,
    ticket.c.category,
    ticket.c.district,
    ticket.c.type,
    ticket.c.place,
    ticket.c.lead_unit,
    ticket.c.received_at,
)
_LEARNED = (
    ticket.c.closed_at.is_not(None),
    ticket.c.lead_unit != "",
    ticket.c.confidential.is_(False),
    ticket.c.closing_kind.not_in((ClosingKind.WITHDRAWN.value, ClosingKind.OUT_OF_DUTY.value)),
)
Mark = tuple[datetime, str]


@dataclass(slots=True, kw_only=True)
class Learner:
    """Fills the experience of this process: the newest tickets first, back to the policy's window, and then whatever
    closes. A ticket reopened and closed again is learned again: it was kept twice."""

    database: Database = field(repr=False)
    directory: Directory = field(repr=False)
    rules: Dispatching
    begun: datetime
    experience: Experience = field(default_factory=Experience, repr=False)
    _returns: defaultdict[tuple[str, str], float] = field(default_factory=lambda: defaultdict(float), repr=False)
    _oldest: Mark | None = field(default=None, init=False)
    _newest: Mark | None = field(default=None, init=False)
    _returned_until: datetime | None = field(default=None, init=False)

    async def refresh(self, *, now: datetime, pages: int = 4) -> int:
        """Learn at most so many pages. Returns how many tickets were learned."""
        if self._newest is None:
            self._newest = self._oldest = (now - SETTLED, "")
        learned = 0
        for look in (self._ahead, self._back):
            for _ in range(pages):
                count = await look(now)
                learned += count
                if count < PAGE:
                    break
        await self._read_returns(now)
        return learned

    def returned(self, unit: str, case: Case) -> float:
        """The share of tickets of this category that ``unit`` returned with good reason."""
        count = self._returns.get((case.category, unit), 0.0)
        return count / (count + self.experience.seen(case.trace, unit) + BEFORE) if count else 0.0

    async def _ahead(self, now: datetime) -> int:
        """What closed since the last look."""
        assert self._newest is not None
        at, number = self._newest
        after = or_(ticket.c.closed_at > at, and_(ticket.c.closed_at == at, ticket.c.number > number))
        page = select(*_COLUMNS).where(*_LEARNED, after, ticket.c.closed_at <= now - SETTLED)
        rows = await self._page(page.order_by(ticket.c.closed_at, ticket.c.number))
        if rows:
            self._newest = (rows[-1].closed_at, rows[-1].number)
        return len(rows)

    async def _back(self, now: datetime) -> int:
        """What closed before this process began, a page further into the past."""
        assert self._oldest is not None
        at, number = self._oldest
        before = or_(ticket.c.closed_at < at, and_(ticket.c.closed_at == at, ticket.c.number < number))
        page = select(*_COLUMNS).where(*_LEARNED, before, ticket.c.closed_at > now - self.rules.window.roughly)
        rows = await self._page(page.order_by(ticket.c.closed_at.desc(), ticket.c.number.desc()))
        if rows:
            self._oldest = (rows[-1].closed_at, rows[-1].number)
        return len(rows)

    async def _page(self, page: Any) -> Sequence[Any]:
        async with self.database.read() as connection:
            rows = (await connection.execute(page.limit(PAGE))).all()
        for row in rows:
            self.experience.learn(self._case(row).trace, row.lead_unit, self._weight(row.closed_at))
        return rows

    def _case(self, row: Any) -> Case:
        received = row.received_at.astimezone(SHANGHAI)
        street = self.directory.street(row.district, row.place)
        return Case(
            category=row.category,
            day=received.date(),
            district=row.district,
            street=street.region.partition("/")[2] if street else "",
            type=row.type,
            received=f"{received:%Y-%m}",
        )

    def _weight(self, at: datetime) -> float:
        """1 for what closed when this process began, half of that a half-life before."""
        return float(2 ** ((at - self.begun) / self.rules.half_life.roughly))

    async def _read_returns(self, now: datetime) -> None:
        """Returns decided since the last look. Who was only outside its area knows its duties well."""
        since = self._returned_until or now - self.rules.window.roughly
        until = now - SETTLED
        asked = ticket_request
        found = select(asked.c.asked_by, asked.c.data, asked.c.decided_at, ticket.c.category).join(
            ticket, ticket.c.number == asked.c.ticket
        )
        approved = asked.c.kind == "return", asked.c.state == "approved"
        async with self.database.read() as connection:
            rows = await connection.execute(
                found.where(*approved, asked.c.decided_at > since, asked.c.decided_at <= until)
            )
            for row in rows:
                if row.data.get("reason") != ReturnReason.NOT_OUR_AREA:
                    self._returns[row.category, row.asked_by] += self._weight(row.decided_at)
        self._returned_until = until

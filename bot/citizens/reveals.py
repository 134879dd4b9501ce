"""Reveals (查看个人信息): asked with a purpose, agreed to by a second person where needed, ended by time, all written down."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.citizens import accesses
from bot.store.engine import Database
from bot.store.lists.sights import look_at
from bot.store.lists.ticket_lists import whole
from bot.store.tables import alarm, reveal, ticket
from tickets.policy import Policies
from tickets.privacy.access import FieldClass, Look, Officer
from tickets.privacy.revealing import REVIEWERS, Denied, Purpose, may_second, terms
from tickets.rules.privacy import Privacy
from tickets.scrub import scrub

_HOUR = timedelta(hours=1)
LISTED = 200

Row = Mapping[Any, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reveals:
    """What officers may ask of a citizen's identity. Each deed is one transaction with its line in the record."""

    database: Database = field(repr=False)
    policies: Policies = field(repr=False)
    now: Callable[[], datetime] = field(repr=False)

    async def ask(self, officer: Officer, number: str, what: FieldClass, purpose: Purpose, reason: str) -> bool:
        """Ask to see it. True when it runs at once, False when a second person must agree first. Raises LookupError,
        Denied."""
        row, _ = await whole(self.database, number)
        now = self.now()
        look = await look_at(self.database, officer, row, now=now)
        if not look.at_all:
            raise LookupError(f"there is no ticket {number} for this officer")
        on, rules = terms(look, what, purpose, reason), self.policies.get(row["policy"]).privacy
        columns = {
            "account": officer.account,
            "unit": officer.unit,
            "role": on.role.value,
            "field": what.value,
            "ticket": number,
            "citizen": row["citizen"],
            "purpose": purpose.value,
            "reason": scrub(reason.strip()),
            "asked_at": now,
            "until": None if on.second else now + rules.reveal.roughly,
            "needs_second": on.second,
            "break_glass": on.review,
            "review_by": now + rules.review.roughly if on.review else None,
        }
        async with self.database.begin() as connection:
            made = await connection.execute(reveal.insert().values(**columns).returning(reveal.c.id))
            id = made.scalar_one()
            await self._noted(connection, "break_glass" if on.review else "reveal", officer, id, number=number, now=now)
            await self._alarm_if_many(connection, officer, row, rules, now)
        return not on.second

    async def agree(self, officer: Officer, id: int) -> None:
        """The second person: it runs from now. Raises LookupError, Denied."""
        now = self.now()
        async with self.database.begin() as connection:
            row = await self._pending(connection, officer, id)
            policy = await connection.scalar(select(ticket.c.policy).where(ticket.c.number == row["ticket"]))
            until = now + self.policies.get(policy or "").privacy.reveal.roughly
            await _change(connection, id, second=officer.account, second_at=now, until=until)
            await self._noted(connection, "agree", officer, id, number=row["ticket"], now=now)

    async def refuse(self, officer: Officer, id: int) -> None:
        """The second person does not agree. Raises LookupError, Denied."""
        now = self.now()
        async with self.database.begin() as connection:
            row = await self._pending(connection, officer, id)
            await _change(connection, id, second=officer.account, refused_at=now)
            await self._noted(connection, "disagree", officer, id, number=row["ticket"], now=now)

    async def review(self, officer: Officer, id: int, text: str) -> None:
        """An auditor's word on a break-glass look. Raises LookupError, Denied."""
        if not officer.roles & REVIEWERS:
            raise Denied("not_reviewer")
        if not text.strip():
            raise Denied("reason")
        now = self.now()
        async with self.database.begin() as connection:
            row = await _locked(connection, id)
            if row["account"] == officer.account:
                raise Denied("same_person")
            if not row["break_glass"] or row["reviewed_at"]:
                raise Denied("over")
            words = scrub(text.strip())
            await _change(connection, id, reviewed_by=officer.account, reviewed_at=now, review_note=words)
            await self._noted(connection, "review", officer, id, number=row["ticket"], now=now)

    async def read(self, look: Look, number: str) -> None:
        """He is shown what was revealed to him: each look is a line in the record."""
        now = self.now()
        mine = (reveal.c.ticket == number, reveal.c.account == look.officer.account, reveal.c.until > now)
        async with self.database.begin() as connection:
            for id in (await connection.scalars(select(reveal.c.id).where(*mine))).all():
                await self._noted(connection, "read", look.officer, id, number=number, now=now)

    async def pending(self) -> Sequence[Row]:
        """Those that wait for a second person, the oldest first."""
        return await self._listed(reveal.c.needs_second, reveal.c.second_at.is_(None), reveal.c.refused_at.is_(None))

    async def unreviewed(self) -> Sequence[Row]:
        """Break-glass looks nobody has reviewed, the most overdue first."""
        return await self._listed(reveal.c.break_glass, reveal.c.reviewed_at.is_(None))

    async def _listed(self, *where: ColumnElement[bool] | Any) -> Sequence[Row]:
        statement = select(reveal).where(*where).order_by(reveal.c.id).limit(LISTED)
        async with self.database.read() as connection:
            return (await connection.execute(statement)).mappings().all()

    async def _pending(self, connection: AsyncConnection, officer: Officer, id: int) -> Row:
        row = await _locked(connection, id)
        if not may_second(officer, row["account"]):
            raise Denied("same_person" if officer.account == row["account"] else "rights")
        if not row["needs_second"] or row["second_at"] or row["refused_at"]:
            raise Denied("over")
        return row

    async def _noted(
        self, connection: AsyncConnection, deed: str, officer: Officer, id: int, *, number: str, now: datetime
    ) -> None:
        who = {"account": officer.account, "unit": officer.unit}
        await accesses.note(connection, deed, **who, now=now, reveal_id=id, ticket=number)

    async def _alarm_if_many(
        self, connection: AsyncConnection, officer: Officer, row: Row, rules: Privacy, now: datetime
    ) -> None:
        """So many reveals in an hour are an alarm, once in the hour; whoever has good reason loses nothing by it."""
        asked = (reveal.c.account == officer.account, reveal.c.asked_at > now - _HOUR)
        times = await connection.scalar(select(func.count()).select_from(reveal).where(*asked)) or 0
        told = await accesses.count(connection, officer.account, "alarm", since=now - _HOUR)
        if times < rules.reveals_an_hour or told:
            return
        raised = {"level": "S1", "kind": "reveals", "conversation_id": row["conversation_id"], "raised_at": now}
        await connection.execute(alarm.insert().values(**raised))
        text = f"{times} reveals within an hour"
        await accesses.note(connection, "alarm", account=officer.account, unit=officer.unit, now=now, text=text)


async def _locked(connection: AsyncConnection, id: int) -> Row:
    row = (await connection.execute(select(reveal).where(reveal.c.id == id).with_for_update())).mappings().one_or_none()
    if row is None:
        raise LookupError(f"there is no reveal {id}")
    return row


async def _change(connection: AsyncConnection, id: int, **columns: Any) -> None:
    await connection.execute(update(reveal).where(reveal.c.id == id).values(**columns))

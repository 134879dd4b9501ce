"""Calls to make (回电): an agent takes one, so that nobody else dials; says that nobody answered, or what came of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.orders.calls import CallRefused, NoSuchCall
from bot.orders.ticketing import Ticketing
from bot.store import call_tasks
from bot.store.citizens import accesses
from bot.store.engine import Database
from bot.store.wording import storable
from tickets.asking.asking_hours import next_call
from tickets.limits.deadlines import add
from tickets.policy import Policy

UNREACHED = "多次拨打未接通"
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallTasks:
    """The list of calls to make and what is done with it, by the rules callbacks are made by."""

    database: Database = field(repr=False)
    ticketing: Ticketing = field(repr=False)
    now: Callable[[], datetime] = field(repr=False)

    async def waiting(self, officer: str) -> list[Row]:
        """Calls this officer may make now."""
        return await call_tasks.waiting(self.database, officer=officer, now=self.now())

    async def take(self, task: int, officer: str) -> None:
        """Hold a task: its number is shown to him. Raises NoSuchCall, CallRefused."""
        async with self._at(task) as (connection, row):
            now = self.now()
            until = add(self.ticketing.calendar, now, self._policy().callback.phone.hold)
            if not await call_tasks.take(connection, task, officer=officer, until=until, now=now):
                raise CallRefused("taken", row["taken_by"])
            talk = row["conversation_id"]
            await accesses.note(
                connection, "phone", account=officer, now=now, ticket=row["ticket"], conversation_id=talk
            )

    async def not_answered(self, task: int, officer: str) -> None:
        """Nobody answered: again at another time of day, but only so often. Raises NoSuchCall, CallRefused."""
        async with self._at(task) as (connection, row):
            now, policy, tries = self.now(), self._policy(), row["tries"] + 1
            if not _held(row, officer, now):
                raise CallRefused("not_taken", row["taken_by"])
            again: dict[str, Any] = {"tries": tries, "taken_by": "", "taken_until": None}
            if tries >= policy.callback.calls:
                again |= {"done_at": now, "done_by": officer, "result": UNREACHED}
            else:
                again["not_before"] = self._again(policy, now)
            await call_tasks.change(connection, row, **again)

    async def done(self, task: int, officer: str, result: str) -> None:
        """The call was made; the first report counts. Raises CallRefused where another holds it."""
        try:
            async with self._at(task) as (connection, row):
                now = self.now()
                if row["taken_by"] != officer and _held(row, row["taken_by"], now):
                    raise CallRefused("taken", row["taken_by"])
                said = {"done_at": now, "done_by": officer, "result": storable(result)}
                await call_tasks.change(connection, row, **said, tries=row["tries"] + 1)
        except NoSuchCall:
            return

    async def held(self, task: int, officer: str) -> Row:
        """A task he holds. Raises NoSuchCall, CallRefused where he does not."""
        async with self._at(task) as (_connection, row):
            if not _held(row, officer, self.now()):
                raise CallRefused("not_taken", row["taken_by"])
            return row

    @asynccontextmanager
    async def _at(self, task: int) -> AsyncIterator[tuple[AsyncConnection, Row]]:
        async with self.database.begin() as connection:
            row = await call_tasks.one(connection, task)
            if row is None:
                raise NoSuchCall(str(task))
            yield connection, row

    def _policy(self) -> Policy:
        return self.ticketing.policies.at(self.ticketing.today(self.now()))

    def _again(self, policy: Policy, now: datetime) -> datetime:
        rule, calendar = policy.callback, self.ticketing.calendar
        return next_call(rule.slots, policy.quiet, calendar, start=add(calendar, now, rule.call_again), called=[now])


def _held(row: Row, officer: str, now: datetime) -> bool:
    return bool(row["taken_by"] == officer and row["taken_until"] and row["taken_until"] > now)

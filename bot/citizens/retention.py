"""Retention (留存): what is old enough loses its words, in small steps, and what the statistics need stays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import takewhile

from sqlalchemy import ColumnElement, Table, delete, select, update

from bot.files.attachments import Store
from bot.store.citizens import erasing
from bot.store.engine import Database
from bot.store.tables import access_entry, conversation, message, retention_mark, reveal, ticket
from bot.work import insert_or_keep
from tickets.rules.privacy import Keep

AT_ONCE = 200
"""Rows in one transaction: nobody who writes now waits for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """The jobs that forget. Each finds its place by an index and goes on where it stopped."""

    database: Database = field(repr=False)
    files: Store = field(repr=False)
    keep: Callable[[], Keep] = field(repr=False)
    now: Callable[[], datetime] = field(repr=False)

    async def forget_chat(self) -> int:
        """What was said longer ago than the policy keeps it. Returns how many rows lost their words."""
        before, done = self.now() - self.keep().chat.roughly, 0
        for table, column, empty in erasing.OF_TALKS:
            while step := await self._forget_some(table, column, empty, before=before):
                done += step
        return done

    async def _forget_some(self, table: Table, column: str, empty: object, *, before: datetime) -> int:
        """The next rows in the order they were written. Their own mark remembers them: no index of time is needed."""
        assert isinstance(empty, dict)
        async with self.database.begin() as connection:
            mark = {"job": f"chat.{table.name}", "done": 0}
            await connection.execute(insert_or_keep(connection, retention_mark), mark)
            of_it = retention_mark.c.job == mark["job"]
            last = (await connection.execute(select(retention_mark.c.done).where(of_it).with_for_update())).scalar_one()
            rows = select(table.c.id, table.c.conversation_id, table.c[column].label("at")).where(table.c.id > last)
            found = (await connection.execute(rows.order_by(table.c.id).limit(AT_ONCE))).all()
            old = list(takewhile(lambda row: row.at < before, found))
            if not old:
                return 0
            await connection.execute(update(table).where(table.c.id.in_([row.id for row in old])).values(**empty))
            if table is message:
                silent = {row.conversation_id for row in old}
                idle = conversation.c.id.in_(silent), conversation.c.updated_at < before
                await connection.execute(update(conversation).where(*idle).values(memory={}))
            await connection.execute(update(retention_mark).where(of_it).values(done=old[-1].id))
        return len(old)

    async def anonymise(self) -> int:
        """Tickets that ended longer ago than the policy keeps them whole. Returns how many there were."""
        before, done = self.now() - self.keep().ticket.roughly, 0
        old = select(ticket.c.number).where(ticket.c.closed_at < before, ticket.c.anonymised_at.is_(None))
        while True:
            async with self.database.begin() as connection:
                found = await connection.scalars(old.order_by(ticket.c.closed_at).limit(AT_ONCE).with_for_update())
                numbers = list(found.all())
                loose = await erasing.anonymise(connection, numbers, now=self.now()) if numbers else []
            for digest in loose:
                self.files.path(digest).unlink(missing_ok=True)
            if not numbers:
                return done
            done += len(numbers)

    async def forget_audit(self) -> int:
        """The record of who looked, after its own, long time. Returns how many lines went."""
        before = self.now() - self.keep().audit.roughly
        spoken_of = select(access_entry.c.reveal_id).where(access_entry.c.reveal_id.is_not(None))
        lines = await self._drop(access_entry, access_entry.c.at < before)
        return lines + await self._drop(reveal, reveal.c.asked_at < before, reveal.c.id.not_in(spoken_of))

    async def _drop(self, table: Table, *which: ColumnElement[bool]) -> int:
        """In the order of the rows' numbers, which grow with time: the oldest are found first."""
        done = 0
        while True:
            async with self.database.begin() as connection:
                old = select(table.c.id).where(*which).order_by(table.c.id).limit(AT_ONCE)
                ids = (await connection.scalars(old)).all()
                await connection.execute(delete(table).where(table.c.id.in_(ids)))
            done += len(ids)
            if len(ids) < AT_ONCE:
                return done

"""What the hub does by the clock: ask for ratings, remind once, let silence lapse, sign for units that do not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, select

from bot.desk import SYSTEM, survey_id
from bot.office import Office
from bot.store import ticket_rows
from bot.store.conversations import Conversation, claim_ids
from bot.store.tables import conversation, survey, ticket
from bot.ticketing import Overlay
from bot.work import Changes, Row
from tickets.deadlines import add
from tickets.lifecycle import Command, NotAllowed, NoticeDue, Order

AT_ONCE = 100
"""Tickets handled in one transaction: few enough that citizens who are writing now never wait for a job."""


@dataclass(slots=True)
class _Due:
    """One ticket whose hour has come, under the locks of its conversation and itself."""

    changes: Changes = field(repr=False)
    overlay: Overlay = field(repr=False)
    conversation: Conversation = field(repr=False)
    number: str
    now: datetime

    @property
    def row(self) -> Row:
        return self.overlay[self.number]


@dataclass(frozen=True, slots=True)
class Jobs:
    """Each job finds what is due by an index, locks it, looks again, and acts; running it twice changes nothing."""

    office: Office = field(repr=False)

    async def ask(self) -> int:
        """满意度回访: ask each citizen whose answer is old enough. Returns how many were asked."""
        due = select(ticket.c.number, ticket.c.conversation_id).where(
            ticket.c.state == "to_callback",
            ticket.c.callback_at <= self.office.now(),
            ~select(survey.c.id).where(survey.c.ticket == ticket.c.number, survey.c.round == ticket.c.redo_no).exists(),
        )
        return await self._each(due.order_by(ticket.c.callback_at), self._ask)

    async def remind(self) -> int:
        """One reminder to those who did not answer."""
        return await self._each(self._surveys(survey.c.remind_at <= self.office.now()), self._remind)

    async def lapse(self) -> int:
        """Silence ends the asking; it never counts as satisfied."""
        return await self._each(self._surveys(survey.c.lapse_at <= self.office.now()), self._lapse)

    async def auto_sign(self) -> int:
        """T14: a unit that does not sign in time has signed, late."""
        due = select(ticket.c.number, ticket.c.conversation_id).where(
            ticket.c.state == "dispatched", ticket.c.sign_by <= self.office.now()
        )
        return await self._each(due.order_by(ticket.c.sign_by), self._auto_sign)

    @staticmethod
    def _surveys(when: ColumnElement[bool]) -> Select[Any]:
        return (
            select(ticket.c.number, ticket.c.conversation_id)
            .join(survey, survey.c.ticket == ticket.c.number)
            .where(survey.c.state == "open", when)
            .order_by(survey.c.asked_at)
        )

    async def _each(self, due: Select[Any], act: Callable[[_Due], None]) -> int:
        done = 0
        while True:
            async with self.office.database.read() as connection:
                found = (await connection.execute(due.limit(AT_ONCE))).all()
            if not found:
                return done
            done += await self._together([(row.number, row.conversation_id) for row in found], act)
            if len(found) < AT_ONCE:
                return done

    async def _together(self, found: Sequence[tuple[str, int]], act: Callable[[_Due], None]) -> int:
        now, changes = self.office.now(), Changes()
        async with self.office.database.begin() as connection:
            mine = await claim_ids(connection, [conversation_id for _, conversation_id in found])
            overlay = Overlay(await ticket_rows.lock(connection, [number for number, _ in found]))
            for number, conversation_id in found:
                act(_Due(changes, overlay, mine[conversation_id], number, now))
            for one in mine.values():
                changes.update(conversation, "id", one.id, **one.columns(now))
            await changes.write(connection)
        changes.committed()
        return len(found)

    def _ask(self, due: _Due) -> None:
        row, policy = due.row, self.office.ticketing.policies.get(due.row["policy"])
        if row["state"] != "to_callback":
            return
        calendar, asking = self.office.ticketing.calendar, policy.callback
        due.changes.keep(
            survey,
            id=survey_id(row),
            ticket=due.number,
            round=row["redo_no"],
            conversation_id=row["conversation_id"],
            citizen=row["citizen"],
            asks="solved",
            state="open",
            asked_at=due.now,
            remind_at=add(calendar, due.now, asking.remind_after),
            lapse_at=add(calendar, due.now, asking.lapse_after),
            reasons=[],
        )
        self._notify(due, "survey.ask", {"number": due.number, "reply": row["public_reply"]})

    def _remind(self, due: _Due) -> None:
        due.changes.update(survey, "id", survey_id(due.row), remind_at=None)
        self._notify(due, "survey.remind", {"number": due.number})

    def _lapse(self, due: _Due) -> None:
        due.changes.update(survey, "id", survey_id(due.row), state="lapsed", remind_at=None)
        self._order(due, Command.LAPSE)

    def _auto_sign(self, due: _Due) -> None:
        self._order(due, Command.AUTO_SIGN)

    def _notify(self, due: _Due, key: str, params: Mapping[str, str]) -> None:
        self.office.notify(due.changes, due.conversation, due.row, [NoticeDue(key, params)], now=due.now)

    def _order(self, due: _Due, command: Command) -> None:
        try:
            notices = self.office.ticketing.order(
                due.changes, due.overlay, due.number, Order(command, SYSTEM, {}), now=due.now
            )
        except NotAllowed:
            return  # somebody was faster between the look and the lock
        self.office.notify(due.changes, due.conversation, due.row, notices, now=due.now)

"""What the hub does by the clock: ask for ratings, remind once, let silence lapse, sign for units that do not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, select

from bot.desk import SYSTEM, survey_id
from bot.logs import logger
from bot.office import Office
from bot.store import ticket_rows
from bot.store.conversations import Conversation, claim_ids
from bot.store.tables import conversation, survey, ticket
from bot.ticketing import Overlay
from bot.work import Changes, Row
from tickets.orders import Command, NotAllowed, Order

log = logger(__name__)

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

    async def call_back(self) -> int:
        """满意度回访: ask each citizen whose answer is old enough, once more if he is silent, then let silence end it.

        Silence is never counted as satisfied. Returns how many tickets were due.
        """
        due = _tickets(ticket.c.state == "to_callback", ticket.c.callback_at <= self.office.now())
        return await self._each(due.order_by(ticket.c.callback_at), self._call_back)

    async def auto_sign(self) -> int:
        """T14: a unit that does not sign in time has signed, late."""
        due = _tickets(ticket.c.state == "dispatched", ticket.c.sign_by <= self.office.now())
        return await self._each(due.order_by(ticket.c.sign_by), self._auto_sign)

    async def _each(self, due: Select[Any], act: Callable[[_Due], None]) -> int:
        done, seen = 0, set[str]()
        while True:
            async with self.office.database.read() as connection:
                found = (await connection.execute(due.where(ticket.c.number.not_in(seen)).limit(AT_ONCE))).all()
            if not found:
                return done
            # A ticket that refused its order stays due: it must not keep the others from their turn.
            seen.update(row.number for row in found)
            done += await self._together([(row.number, row.conversation_id) for row in found], act)

    async def _together(self, found: Sequence[tuple[str, int]], act: Callable[[_Due], None]) -> int:
        now, changes = self.office.now(), Changes()
        async with self.office.database.begin() as connection:
            mine = await claim_ids(connection, [conversation_id for _, conversation_id in found])
            rows = await ticket_rows.lock(connection, [number for number, _ in found])
            for number, conversation_id in found:
                own = Changes()
                try:
                    act(_Due(own, Overlay({number: rows[number]}), mine[conversation_id], number, now))
                except LookupError as error:  # its policy file is gone: an operator's slip must not stop the others
                    log.error("ticket passed over", action="job.ticket_skipped", number=number, reason=str(error))
                    continue
                changes.absorb(own)
            for one in mine.values():
                changes.update(conversation, "id", one.id, **one.columns(now))
            await changes.write(connection)
        changes.committed()
        return len(found)

    def _call_back(self, due: _Due) -> None:
        row = due.row
        attempts = self.office.ticketing.policies.get(row["policy"]).callback.attempts
        if row["callback_no"] >= attempts:
            if self._order(due, Command.LAPSE):
                due.changes.update(survey, "id", survey_id(row), state="lapsed")
            return
        if self._order(due, Command.ASK):
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
                reasons=[],
            )

    def _auto_sign(self, due: _Due) -> None:
        self._order(due, Command.AUTO_SIGN)

    def _order(self, due: _Due, command: Command) -> bool:
        ticketing = self.office.ticketing
        try:
            told = ticketing.order(due.changes, due.overlay, due.number, Order(command, SYSTEM), now=due.now)
        except NotAllowed:
            return False  # somebody was faster between the look and the lock, or its hour is not come
        self.office.notify(due.changes, due.conversation, due.row, told, now=due.now)
        return True


def _tickets(*when: ColumnElement[bool]) -> Select[Any]:
    return select(ticket.c.number, ticket.c.conversation_id).where(*when)

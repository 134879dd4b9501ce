"""What the hub does by the clock: ask for ratings, let silence lapse, sign for units, send up what nobody decided."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Select, select

from bot.desk import SYSTEM, survey_id
from bot.logs import logger
from bot.office import Office
from bot.store import ticket_rows
from bot.store.conversations import Conversation, claim_ids
from bot.store.tables import assignment, consultation, conversation, survey, ticket, ticket_request
from bot.store.ticket_rows import read_ticket
from bot.ticketing import Overlay
from bot.work import Changes, Row
from tickets.consultation import PANELS
from tickets.orders import Command, NotAllowed, Order

log = logger(__name__)

_HELPED = ("dispatched", "handling", "to_review")
_CONSULTED = ("in_consultation", "dispatched", "handling")
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
        return await self._each(due.order_by(ticket.c.sign_by), partial(self._order, command=Command.AUTO_SIGN))

    async def find_late_helpers(self) -> int:
        """T23: a helping unit whose limit passed is marked, and the lead waits for it no longer."""
        now = self.office.now()
        late = (assignment.c.role != "lead", assignment.c.ended_at.is_(None), assignment.c.submitted_at.is_(None))
        due = _tickets(*late, assignment.c.due_at < now, assignment.c.overdue.is_(False), ticket.c.state.in_(_HELPED))
        return await self._each(
            due.join(assignment, assignment.c.ticket == ticket.c.number).distinct(), self._co_overdue
        )

    async def escalate_requests(self) -> int:
        """§2.5: a request nobody decided in time goes to the office's leader; silence is no consent."""
        pending = (ticket_request.c.state == "pending", ticket_request.c.escalated.is_(False))
        due = _tickets(*pending, ticket_request.c.decide_by <= self.office.now())
        due = due.join(ticket_request, ticket_request.c.ticket == ticket.c.number).distinct()
        return await self._each(due, partial(self._order, command=Command.ESCALATE_REQUEST))

    async def escalate_consultations(self) -> int:
        """T20: a panel that did not settle in time hands over to the next."""
        unsettled = (consultation.c.settled_at.is_(None), consultation.c.panel != PANELS[-1].value)
        due = _tickets(*unsettled, consultation.c.settle_by <= self.office.now(), ticket.c.state.in_(_CONSULTED))
        due = due.join(consultation, consultation.c.ticket == ticket.c.number).distinct()
        return await self._each(due, partial(self._order, command=Command.ESCALATE))

    async def recount(self) -> int:
        """§3.3: limits counted into a year without a notice of days off are counted again once it is known."""
        now, calendar = self.office.now(), self.office.ticketing.calendar
        year = calendar.local(now).year
        while not calendar.uncertain(year):
            year += 1
        sure = ticket.c.due_at < calendar.end_of(date(year - 1, 12, 31))
        due = _tickets(ticket.c.due_uncertain, ticket.c.closed_at.is_(None), sure)
        return await self._each(due, partial(self._order, command=Command.RECOUNT))

    async def _each(self, due: Select[Any], act: Callable[[_Due], object]) -> int:
        done, seen = 0, set[str]()
        while True:
            async with self.office.database.read() as connection:
                found = (await connection.execute(due.where(ticket.c.number.not_in(seen)).limit(AT_ONCE))).all()
            if not found:
                return done
            # A ticket that refused its order stays due: it must not keep the others from their turn.
            seen.update(row.number for row in found)
            done += await self._together([(row.number, row.conversation_id) for row in found], act)

    async def _together(self, found: Sequence[tuple[str, int]], act: Callable[[_Due], object]) -> int:
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

    def _co_overdue(self, due: _Due) -> None:
        for part in read_ticket(due.row).helping:
            if part.under_way and part.due_at and part.due_at < due.now:
                self._order(due, Command.CO_OVERDUE, unit=part.unit)

    def _order(self, due: _Due, command: Command, **data: object) -> bool:
        ticketing = self.office.ticketing
        try:
            told = ticketing.order(due.changes, due.overlay, due.number, Order(command, SYSTEM, data), now=due.now)
        except NotAllowed:
            return False  # somebody was faster between the look and the lock, or its hour is not come
        self.office.notify(due.changes, due.conversation, due.row, told, now=due.now)
        return True


def _tickets(*when: ColumnElement[bool]) -> Select[Any]:
    return select(ticket.c.number, ticket.c.conversation_id).where(*when)

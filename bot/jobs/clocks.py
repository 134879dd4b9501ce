"""The one clock of all tickets: whatever time alone brings about is found by one index, looked at under lock, and given.

A ticket keeps when it must be looked at next (``ticket.watch_at``, written with every order). So the job reads only what
is due, however many tickets are stored; and what it misses while the city sleeps, or the machine, it gives afterwards.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select

from bot.jobs.due import Due, each, tickets_where, together
from bot.logs import logger
from bot.orders.office import Office
from bot.store.tables import ticket
from bot.work import Changes
from tickets.clocks.watch import needs_number, numbered
from tickets.orders import Command

log = logger(__name__)

AT_ONCE = 30
"""Tickets in one transaction: after a long absence each has a dozen orders coming, and citizens are writing meanwhile."""
NUMBERS = 10
"""Supervision numbers at hand for one transaction; a ticket that finds none left waits for the next one."""
PATIENCE = timedelta(hours=1)
"""A ticket whose clock cannot be served (its policy file is gone) is not looked at again before."""


def due_at(now: datetime) -> Select[Any]:
    """The tickets to look at by ``now``, the longest due first, as many as are handled together."""
    return tickets_where(ticket.c.watch_at <= now).order_by(ticket.c.watch_at).limit(AT_ONCE)


async def keep_time(office: Office) -> int:
    """Look at every ticket whose hour has come, the longest due first. Returns how many there were."""
    looked = 0
    while True:
        now = office.now()  # read anew: a clock that was set back must not find for ever what the lock then refuses
        async with office.database.read() as connection:
            found = (await connection.execute(due_at(now))).all()
        if not found:
            return looked
        await office.supervisions.stock(NUMBERS, today=office.ticketing.today(now))
        looked += await together(office, [(row.number, row.conversation_id) for row in found], _look)


def _look(due: Due) -> None:
    """Give what is due, one order after the other, each looked for anew; then set the next look."""
    watch_at = due.row["watch_at"]
    if watch_at is None or watch_at > due.now:
        return  # another process was here between our look and our lock
    try:
        then = _given(due)
    except LookupError as error:
        log.error("clock not served", action="job.ticket_skipped", number=due.number, reason=str(error))
        due.changes = Changes()  # all or nothing
        then = due.now + PATIENCE
    if then != due.row["watch_at"]:
        due.changes.update(ticket, "number", due.number, watch_at=then)


def _given(due: Due) -> datetime | None:
    """Every order that is due, given; when to look again. Raises LookupError."""
    ticketing, numbers = due.office.ticketing, due.office.supervisions
    while orders := ticketing.due(due.row, now=due.now):
        if needs_number(orders[0]) and not numbers:
            break
        if not due.give(numbered(orders[0], numbers.take)):
            raise LookupError(f"the clock's own {orders[0].command} was refused")
    return ticketing.look_again(due.row)


async def recount(office: Office) -> int:
    """§3.3: limits counted into a year without a notice of days off are counted again once it is known."""
    now, calendar = office.now(), office.ticketing.calendar
    year = calendar.local(now).year
    while not calendar.uncertain(year):
        year += 1
    sure = ticket.c.due_at < calendar.end_of(date(year - 1, 12, 31))
    due = tickets_where(ticket.c.due_uncertain, ticket.c.closed_at.is_(None), sure)
    return await each(office, due, lambda one: one.order(Command.RECOUNT))

"""The clocks of tickets: sign for units that do not, mark late helpers, send up what nobody decided, count again."""

from __future__ import annotations

from datetime import date

from bot.jobs.due import Due, each, tickets_where
from bot.office import Office
from bot.store.tables import assignment, consultation, ticket, ticket_request
from bot.store.ticket_rows import read_ticket
from tickets.consultation import PANELS
from tickets.orders import Command

_HELPED = ("dispatched", "handling", "to_review")
_CONSULTED = ("in_consultation", "dispatched", "handling")


async def auto_sign(office: Office) -> int:
    """T14: a unit that does not sign in time has signed, late."""
    due = tickets_where(ticket.c.state == "dispatched", ticket.c.sign_by <= office.now())
    return await each(office, due.order_by(ticket.c.sign_by), lambda one: one.order(Command.AUTO_SIGN))


async def find_late_helpers(office: Office) -> int:
    """T23: a helping unit whose limit passed is marked, and the lead waits for it no longer."""
    late = (assignment.c.role != "lead", assignment.c.ended_at.is_(None), assignment.c.submitted_at.is_(None))
    when = (*late, assignment.c.due_at < office.now(), assignment.c.overdue.is_(False), ticket.c.state.in_(_HELPED))
    due = tickets_where(*when).join(assignment, assignment.c.ticket == ticket.c.number).distinct()
    return await each(office, due, _mark_late)


async def escalate_requests(office: Office) -> int:
    """§2.5: a request nobody decided in time goes to the office's leader; silence is no consent."""
    pending = (ticket_request.c.state == "pending", ticket_request.c.escalated.is_(False))
    due = tickets_where(*pending, ticket_request.c.decide_by <= office.now())
    due = due.join(ticket_request, ticket_request.c.ticket == ticket.c.number).distinct()
    return await each(office, due, lambda one: one.order(Command.ESCALATE_REQUEST))


async def escalate_consultations(office: Office) -> int:
    """T20: a panel that did not settle in time hands over to the next."""
    unsettled = (consultation.c.settled_at.is_(None), consultation.c.panel != PANELS[-1].value)
    due = tickets_where(*unsettled, consultation.c.settle_by <= office.now(), ticket.c.state.in_(_CONSULTED))
    due = due.join(consultation, consultation.c.ticket == ticket.c.number).distinct()
    return await each(office, due, lambda one: one.order(Command.ESCALATE))


async def recount(office: Office) -> int:
    """§3.3: limits counted into a year without a notice of days off are counted again once it is known."""
    now, calendar = office.now(), office.ticketing.calendar
    year = calendar.local(now).year
    while not calendar.uncertain(year):
        year += 1
    sure = ticket.c.due_at < calendar.end_of(date(year - 1, 12, 31))
    due = tickets_where(ticket.c.due_uncertain, ticket.c.closed_at.is_(None), sure)
    return await each(office, due, lambda one: one.order(Command.RECOUNT))


def _mark_late(due: Due) -> None:
    for part in read_ticket(due.row).helping:
        if part.under_way and part.due_at and part.due_at < due.now:
            due.order(Command.CO_OVERDUE, unit=part.unit)

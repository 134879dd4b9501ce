"""Dispatch by the clock, where the policy lets the system do it: only what the catalogue itself names, surely enough."""

from __future__ import annotations

from functools import partial

from bot.dispatch.advice import Advice
from bot.jobs.due import Due, each, tickets_where
from bot.orders.office import Office
from bot.store.tables import ticket
from bot.store.ticket_rows import read_ticket
from tickets.dispatch.suggestion import automatic
from tickets.orders import Command


async def dispatch_sure(office: Office, advice: Advice) -> int:
    """T11 by the system; what it is not sure of waits for a person. Returns how many tickets were looked at."""
    if not advice.rules.automatic:
        return 0
    open_to_it = ticket.c.confidential.is_(False), ticket.c.urgency != "critical", ticket.c.type != "report"
    due = tickets_where(ticket.c.state == "to_dispatch", ticket.c.dispatched_at.is_(None), *open_to_it)
    return await each(office, due.order_by(ticket.c.received_at), partial(_dispatch, advice))


def _dispatch(advice: Advice, due: Due) -> None:
    found = advice.suggest(due.row, now=due.now)
    if best := automatic(read_ticket(due.row), found, advice.rules):
        due.order(Command.DISPATCH, lead=best.unit, co=best.co, because=best.reason)

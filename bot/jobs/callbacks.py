"""满意度回访 by the clock: each citizen is asked when his answer is old enough, reminded in other slots, then silence ends it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_

from bot.jobs.due import Due, each, tickets_where
from bot.orders.office import Office
from bot.store.tables import ticket
from tickets.asking.asking_hours import next_asking
from tickets.orders import Command


async def call_back(office: Office) -> int:
    """Ask whom it is time to ask. Silence is never counted as satisfied. Returns how many tickets were due."""
    now = office.now()
    due = tickets_where(ticket.c.state == "to_callback", ticket.c.callback_at <= now, or_(*_open_now(office, now)))
    return await each(office, due.order_by(ticket.c.callback_at), _ask_or_end)


def _open_now(office: Office, now: datetime) -> Iterator[ColumnElement[bool]]:
    """Outside the slots nobody is asked and so nobody is looked at; whose asking is over may end at any hour."""
    policies, calendar = office.ticketing.policies.known(), office.ticketing.calendar
    for policy in policies:
        rule, mine = policy.callback, ticket.c.policy == policy.id
        awake = next_asking(rule.slots, policy.quiet, calendar, start=now) <= now
        yield mine if awake else and_(mine, ticket.c.callback_no >= rule.attempts)
    # Of a policy whose file is gone the operator is told.
    yield ticket.c.policy.not_in([policy.id for policy in policies])


def _ask_or_end(due: Due) -> None:
    attempts = due.office.ticketing.policies.get(due.row["policy"]).callback.attempts
    due.order(Command.LAPSE if due.row["callback_no"] >= attempts else Command.ASK)

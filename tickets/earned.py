"""Which grades of supervision (督办) a ticket has earned by the rules of its policy: found by the clock, told to people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from tickets.appeal import Satisfaction
from tickets.calendar import Calendar
from tickets.policy import Policy
from tickets.state import State
from tickets.supervision import Ground, Level
from tickets.ticket import Ticket

_WITH_UNIT = {State.DISPATCHED, State.HANDLING}
Earned = tuple[Level, Ground]


def earned(ticket: Ticket, *, policy: Policy, calendar: Calendar, now: datetime) -> tuple[Earned, ...]:
    """Grades due now that this round of handling was not given yet, the gravest first. L5 is never among them: that is
    for a person to decide (domain.md §2.6)."""
    due = [*_by_the_clock(ticket, policy, calendar, now), *_by_what_happened(ticket, policy)]
    given = [(one.level, one.ground) for one in ticket.supervisions if one.round == ticket.redo_no]
    open_: dict[Earned, None] = {}
    for one in due:
        # A share of the limit is told once for each mark passed; everything else once a round.
        told = sum(1 for other in given if other == one)
        if due.count(one) > told:
            open_[one] = None
    return tuple(sorted(open_, key=lambda one: one[0].value, reverse=True))


def _by_the_clock(ticket: Ticket, policy: Policy, calendar: Calendar, now: datetime) -> Iterator[Earned]:
    lead = ticket.lead
    if ticket.state not in _WITH_UNIT or lead is None or lead.due_at is None:
        return
    rule, card = policy.supervision, policy.cards[ticket.urgency]
    start = max(lead.dispatched_at, ticket.counted_from or lead.dispatched_at)
    marks = [
        *((Level.L0, Ground.TIME_USED, mark) for mark in rule.remind),
        (Level.L1, Ground.YELLOW, card.yellow),
        (Level.L2, Ground.RED, card.red),
        (Level.L3, Ground.OVERDUE, rule.written),
        (Level.L4, Ground.OVERDUE, rule.joint),
    ]
    for level, ground, mark in marks:
        if now >= mark.at(calendar, start=start, due=lead.due_at):
            yield level, ground
    if ticket.contact_by and not ticket.contacted_at and now > ticket.contact_by:
        yield Level.L1, Ground.CONTACT_MISSED
    if ticket.interim_by and now > ticket.interim_by:
        yield Level.L1, Ground.INTERIM_MISSED


def _by_what_happened(ticket: Ticket, policy: Policy) -> Iterator[Earned]:
    if ticket.redo_no and ticket.satisfaction is Satisfaction.DISSATISFIED:
        yield Level.L3, Ground.DISSATISFIED_AGAIN
    if ticket.urge_count >= policy.supervision.urges and ticket.state in _WITH_UNIT:
        yield Level.L3, Ground.URGED
    if ticket.false_closing_count and ticket.redo_no and ticket.state in _WITH_UNIT:
        yield Level.L3, Ground.FALSE_CLOSING

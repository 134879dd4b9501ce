"""Which grades of supervision (督办) a ticket has earned by the rules of its policy, and which it will, and when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from tickets.appeal import Satisfaction
from tickets.limits.calendar import Calendar
from tickets.papers.supervision import ANSWERED_IN_WRITING, Ground, Level
from tickets.policy import Policy
from tickets.state import WITH_UNIT
from tickets.ticket import Ticket

Earned = tuple[Level, Ground]
JUST_AFTER = timedelta.resolution
"""A limit has passed when this much is over."""


def earned(ticket: Ticket, *, policy: Policy, calendar: Calendar, now: datetime) -> tuple[Earned, ...]:
    """Grades due now that the unit was not given yet in this round of handling, the gravest first. L5 is never among
    them: that is for a person to decide (domain.md §2.6)."""
    due = {grade: None for at, grade in coming(ticket, policy=policy, calendar=calendar) if at <= now}
    return tuple(sorted(due, key=lambda grade: grade[0].value, reverse=True))


def coming(ticket: Ticket, *, policy: Policy, calendar: Calendar) -> Iterator[tuple[datetime, Earned]]:
    """Each grade not given yet, with the moment it is earned if nothing happens until then, past ones too."""
    marks: dict[Earned, list[datetime]] = {}
    for at, grade in (*_by_the_clock(ticket, policy, calendar), *_by_what_happened(ticket, policy)):
        marks.setdefault(grade, []).append(at)
    for grade, moments in marks.items():
        for at in _not_given(ticket, grade, moments):
            yield at, grade


def _not_given(ticket: Ticket, grade: Earned, moments: list[datetime]) -> list[datetime]:
    """Each mark is told once: a grade given covers the first mark before it. One that was put off (延期) is told anew."""
    given = [
        one.opened_at
        for one in ticket.supervisions
        if (one.level, one.ground, one.unit, one.round) == (*grade, ticket.lead_unit, ticket.redo_no)
    ]
    left = sorted(moments)
    for opened_at in sorted(given):
        if left and left[0] <= opened_at:
            left.pop(0)
    return left


def _by_the_clock(ticket: Ticket, policy: Policy, calendar: Calendar) -> Iterator[tuple[datetime, Earned]]:
    lead = ticket.lead
    if ticket.state not in WITH_UNIT or lead is None or lead.due_at is None:
        return
    rule, card = policy.supervision, policy.cards[ticket.urgency]
    start = max(lead.dispatched_at, ticket.counted_from or lead.dispatched_at)
    marks = (
        *((mark, (Level.L0, Ground.TIME_USED)) for mark in rule.remind),
        (card.yellow, (Level.L1, Ground.YELLOW)),
        (card.red, (Level.L2, Ground.RED)),
        (rule.written, (Level.L3, Ground.OVERDUE)),
        (rule.joint, (Level.L4, Ground.OVERDUE)),
    )
    for mark, grade in marks:
        yield mark.at(calendar, start=start, due=lead.due_at), grade
    if ticket.contact_by and not ticket.contacted_at:
        yield ticket.contact_by + JUST_AFTER, (Level.L1, Ground.CONTACT_MISSED)
    if ticket.interim_by:
        yield ticket.interim_by + JUST_AFTER, (Level.L1, Ground.INTERIM_MISSED)


def _by_what_happened(ticket: Ticket, policy: Policy) -> Iterator[tuple[datetime, Earned]]:
    """What has happened is earned at once: any moment that is past will do, as long as it stays the same."""
    if ticket.lead is None:
        return
    if ticket.redo_no and ticket.satisfaction is Satisfaction.DISSATISFIED:
        yield ticket.received_at, (Level.L3, Ground.DISSATISFIED_AGAIN)
    if ticket.state not in WITH_UNIT:
        return
    if ticket.false_closing_count and ticket.redo_no:
        yield ticket.received_at, (Level.L3, Ground.FALSE_CLOSING)
    if ticket.urged_at and urged_enough(ticket, policy):
        yield ticket.urged_at, (Level.L3, Ground.URGED)


def urged_enough(ticket: Ticket, policy: Policy) -> bool:
    """Urged after the promised day (domain.md §2.4, T47), or so often that the policy calls it enough; and no written
    supervision is open that the citizen could be told of instead."""
    at = ticket.urged_at
    if at is None or at < (ticket.counted_from or ticket.received_at) or under_written(ticket):
        return False
    return bool(ticket.due_at and at > ticket.due_at) or ticket.urge_count >= policy.supervision.urges


def under_written(ticket: Ticket) -> str:
    """The number of the latest written supervision that is still open, "" for none."""
    written = [one.number for one in ticket.supervisions if one.open and one.level in ANSWERED_IN_WRITING]
    return written[-1] if written else ""

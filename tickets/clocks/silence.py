"""Silence (沉默): a unit that gives no sign of life for too many working days is alarmed, its liaison first."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from tickets.limits.calendar import Calendar
from tickets.limits.deadlines import add
from tickets.policy import Policy
from tickets.state import WITH_UNIT, Actor, Role
from tickets.ticket import Ticket


def heard(before: Ticket, after: Ticket, actor: Actor, now: datetime) -> Ticket:
    """``after`` with the silence of its unit counted from now, where the order was a sign of life of the unit that
    leads, or where that unit has only now got the ticket (again)."""
    spoke = actor.role is Role.UNIT and actor.id == before.lead_unit
    got = after.state in WITH_UNIT and (before.state not in WITH_UNIT or before.lead_unit != after.lead_unit)
    return replace(after, heard_at=now, silence_told=0) if spoke or got else after


def silent_at(ticket: Ticket, *, policy: Policy, calendar: Calendar) -> datetime | None:
    """When its unit's silence is to be alarmed about next; None while nobody waits for it, or once all were told."""
    lead, steps = ticket.lead, policy.silence.steps()
    if ticket.state not in WITH_UNIT or lead is None or ticket.silence_told >= len(steps):
        return None
    since = ticket.heard_at or lead.dispatched_at
    return add(calendar.of(lead.unit), since, steps[ticket.silence_told])

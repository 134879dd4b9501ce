"""One order about to be carried out on one ticket: what guards look at and effects compute from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tickets.calendar import Calendar
from tickets.deadlines import add, after_quiet, due, redo_due, step_due
from tickets.duration import Duration
from tickets.policy import Policy, Step
from tickets.ticket import Actor, Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """The ticket as it is, who orders with what, under which rules, and when."""

    ticket: Ticket
    actor: Actor
    data: Mapping[str, Any] = field(repr=False)
    policy: Policy
    calendar: Calendar
    now: datetime

    def step_by(self, step: Step) -> datetime:
        """By when ``step`` must be taken, counted from now."""
        return step_due(self.policy, self.calendar, step=step, urgency=self.ticket.urgency, start=self.now)

    def answer_by(self, start: datetime) -> datetime:
        """By when the citizen must be answered, counted from ``start``: a round of redo has its own limit."""
        ticket = self.ticket
        if ticket.redo_no:
            return redo_due(self.policy, self.calendar, urgency=ticket.urgency, start=start)
        return due(self.policy, self.calendar, appeal=ticket.type, urgency=ticket.urgency, start=start)

    def after(self, duration: Duration, start: datetime | None = None) -> datetime:
        """``duration`` after ``start`` (now, when not given)."""
        return add(self.calendar, start or self.now, duration)

    def awake_after(self, duration: Duration) -> datetime:
        """``duration`` from now, put off to the end of the quiet hours if it falls into them."""
        return after_quiet(self.policy.quiet, self.calendar, self.after(duration))


Guard = Callable[[Move], str]
"""Returns the code of a refusal, "" when there is nothing against the order."""
Effect = Callable[[Move], dict[str, Any]]
"""Returns the fields of the ticket to change."""

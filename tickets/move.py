"""One order about to be carried out on one ticket: what guards look at and effects compute from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from tickets.asking.asking_hours import next_asking, next_call
from tickets.dispatch.catalogue import Rule
from tickets.limits.calendar import Calendar
from tickets.limits.deadlines import add, after_quiet, due, redo_due, step_due
from tickets.limits.duration import Duration
from tickets.policy import Policy
from tickets.rules.provisions import Step
from tickets.state import Actor
from tickets.ticket import Ticket
from tickets.units import Directory

Fields = dict[str, Any]
"""Fields of a ticket with their new values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """The ticket as it is, who orders with what, under which rules, and when."""

    ticket: Ticket
    actor: Actor
    data: Mapping[str, Any] = field(repr=False)
    policy: Policy
    calendar: Calendar
    now: datetime
    directory: Directory = field(default_factory=lambda: Directory(()), repr=False)
    rule: Callable[[], Rule | None] = field(default=lambda: None, repr=False)
    """Finds the row of the dispatch catalogue that holds for the ticket."""

    def step_by(self, step: Step, *, unit: str = "") -> datetime:
        """By when ``step`` must be taken, counted from now; a unit's own steps by the hours ``unit`` keeps."""
        calendar = self.calendar.of(unit)
        return step_due(self.policy, calendar, step=step, urgency=self.ticket.urgency, start=self.now)

    def answer_by(self, start: datetime) -> datetime:
        """By when the citizen must be answered, counted from ``start``: a round of redo has its own limit."""
        ticket = self.ticket
        if ticket.redo_no:
            return redo_due(self.policy, self.calendar, urgency=ticket.urgency, start=start)
        return due(self.policy, self.calendar, appeal=ticket.type, urgency=ticket.urgency, start=start)

    def promise(self, start: datetime) -> Fields:
        """The citizen's due date counted anew from ``start``, and how sure it is."""
        by = self.answer_by(start)
        return {"due_at": by, "counted_from": start, "due_uncertain": self.uncertain(start, by)}

    def uncertain(self, start: datetime, by: datetime) -> bool:
        """Whether a limit was counted into a year whose days off are not announced."""
        years = range(self.calendar.local(start).year, self.calendar.local(by).year + 1)
        return any(self.calendar.uncertain(year) for year in years)

    def after(self, duration: Duration, start: datetime | None = None) -> datetime:
        """``duration`` after ``start`` (now, when not given)."""
        return add(self.calendar, start or self.now, duration, closing=self.policy.count.closing)

    def awake_after(self, duration: Duration) -> datetime:
        """``duration`` from now, put off to the end of the quiet hours if it falls into them."""
        return after_quiet(self.policy.quiet, self.calendar, self.after(duration))

    def asking_from(self, start: datetime, asked: Iterable[datetime] = ()) -> datetime:
        """When the citizen may next be asked by message, from ``start`` on, having been ``asked`` at these times."""
        policy = self.policy
        return next_asking(policy.callback.slots, policy.quiet, self.calendar, start=start, asked=asked)

    def calling_from(self, start: datetime, called: Iterable[datetime] = ()) -> datetime:
        """When he may next be called, from ``start`` on, having been ``called`` in vain at these times."""
        policy = self.policy
        return next_call(policy.callback.slots, policy.quiet, self.calendar, start=start, called=called)

    def having(self, fields: Fields) -> Move:
        """The same order, looking at the ticket with ``fields`` changed."""
        return replace(self, ticket=replace(self.ticket, **fields))


Guard = Callable[[Move], str]
"""Returns the code of a refusal, "" when there is nothing against the order."""
Effect = Callable[[Move], Fields]
"""Returns the fields of the ticket to change."""


def nothing(_move: Move) -> Fields:
    """The order is only noted."""
    return {}


def then(*effects: Effect) -> Effect:
    """One effect after the other, each looking at what the ones before it changed."""

    def all_of_them(move: Move) -> Fields:
        fields: Fields = {}
        for effect in effects:
            fields |= effect(move.having(fields))
        return fields

    return all_of_them

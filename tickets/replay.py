"""Lives the log of a ticket again: every order must be lawful once more, and lead to the ticket as it is stored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields

from tickets.appeal import AppealType, Urgency
from tickets.chain import digest
from tickets.command import Command
from tickets.laws import Step, broken
from tickets.lifecycle import BY_COMMAND, advance
from tickets.limits.calendar import Calendar
from tickets.orders import Advance, NotAllowed, Order, TicketEvent
from tickets.policy import Policy
from tickets.state import State
from tickets.ticket import Ticket
from tickets.units import Directory


@dataclass(frozen=True, slots=True)
class Unlawful:
    """The first place where a log could not have come about, and why: "refused: <reason>", "told otherwise" (the event
    does not say what the order did), "law: <name>"; with ``n`` 0 "differs: <fields>", where the ticket as stored is not
    what its log leads to."""

    n: int
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a log is judged by. Orders were given under the calendar and the directory of their day: where the days off,
    a closing or a unit's place changed since, a difference is a question, not a proof."""

    policy: Policy
    calendar: Calendar = field(repr=False)
    directory: Directory = field(repr=False)


class Untold(Exception):
    """The log does not tell how the ticket began: it is older than the house that writes that down."""


def replay(stored: Ticket, log: Sequence[TicketEvent], rules: Rules) -> Unlawful | None:
    """The first place where ``log`` is not what led to ``stored``, or None. Raises Untold."""
    ticket, n = _draft(stored, log), 0
    try:
        for n, (event, order, done) in enumerate(relived(stored, log, rules), 1):
            if not _same(event, done.events[0]):
                return Unlawful(n, "told otherwise")
            step = Step(before=ticket, order=order, after=done.ticket, event=event, policy=rules.policy)
            if laws := broken(step):
                return Unlawful(n, f"law: {', '.join(laws)}")
            ticket = done.ticket
    except NotAllowed as refused:
        return Unlawful(n + 1, f"refused: {refused.reason}")
    different = [one.name for one in fields(Ticket) if getattr(ticket, one.name) != getattr(stored, one.name)]
    return Unlawful(0, f"differs: {', '.join(different)}") if different else None


def relived(stored: Ticket, log: Sequence[TicketEvent], rules: Rules) -> Iterator[tuple[TicketEvent, Order, Advance]]:
    """Each event with its order given once more, and what comes of it now. Raises Untold, NotAllowed."""
    ticket = _draft(stored, log)
    for event in log:
        order = Order(event.command, event.actor, _given(event))
        done = advance(
            ticket, order, policy=rules.policy, calendar=rules.calendar, now=event.at, directory=rules.directory
        )
        yield event, order, done
        ticket = done.ticket


def _draft(stored: Ticket, log: Sequence[TicketEvent]) -> Ticket:
    """What it was before its first event, as that event tells."""
    first = log[0] if log else None
    if first is None or first.command is not Command.SUBMIT or "urgency" not in first.data:
        raise Untold
    said = first.data
    return Ticket(
        number=stored.number,
        policy=stored.policy,
        type=AppealType(str(said["type"])),
        category=str(said["category"]),
        urgency=Urgency(str(said["urgency"])),
        state=State.DRAFT,
        received_at=first.at,
        confidential=bool(said["confidential"]),
        district=str(said["district"]),
        safety=bool(said["safety"]),
    )


def _given(event: TicketEvent) -> Mapping[str, object]:
    """What the order carried, without what the log noted beside it."""
    names = {name for row in BY_COMMAND[event.command] for name in (*row.needs, *row.takes)}
    return {name: value for name, value in event.data.items() if name in names}


def _same(kept: TicketEvent, again: TicketEvent) -> bool:
    told = (kept.from_state, kept.to_state, kept.sealed, digest(kept.data))
    return told == (again.from_state, again.to_state, again.sealed, digest(again.data))

"""The laws of the life cycle as assertions."""

from __future__ import annotations

from tickets.laws import OF_ORDERS, OF_TICKETS, Step
from tickets.orders import Order, TicketEvent
from tickets.policy import Policy
from tickets.ticket import Ticket


def lawful(before: Ticket, order: Order, after: Ticket, event: TicketEvent, *, policy: Policy) -> None:
    """What one order may change."""
    step = Step(before=before, order=order, after=after, event=event, policy=policy)
    assert [law.__name__ for law in OF_ORDERS if not law(step)] == []


def holds_together(ticket: Ticket, policy: Policy) -> None:
    """What a ticket looks like at any time."""
    assert [law.__name__ for law in OF_TICKETS if not law(ticket, policy)] == []
    assert "138" not in ticket.public_reply
    assert "sealed" not in repr(ticket)

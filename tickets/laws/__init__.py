"""The laws of the life cycle: what one order may change, and what a ticket looks like at any time.

They say nothing of how a ticket is moved; they hold whatever the table of the life cycle says. The tests hold every
order against them, and the audit every log.
"""

from tickets.laws.of_orders import OF_ORDERS, Step
from tickets.laws.of_tickets import OF_TICKETS

__all__ = ["OF_ORDERS", "OF_TICKETS", "Step", "broken"]


def broken(step: Step) -> tuple[str, ...]:
    """The names of the laws this order, or the ticket it left behind, breaks."""
    return (
        *(law.__name__ for law in OF_ORDERS if not law(step)),
        *(law.__name__ for law in OF_TICKETS if not law(step.after, step.policy)),
    )

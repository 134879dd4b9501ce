"""What the log of a ticket keeps beside the order's own data: found out at the moment, never asked again."""

from __future__ import annotations

from collections.abc import Callable

from tickets.move import Move

Facts = Callable[[Move], dict[str, object]]


def none(_move: Move) -> dict[str, object]:
    """The order says everything."""
    return {}


def lateness(move: Move) -> dict[str, object]:
    """Whether the unit signed after its time."""
    by = move.ticket.sign_by
    return {"late": bool(by and move.now >= by)}


def overdue(move: Move) -> dict[str, object]:
    """Whether the limit had passed: before it an urge is a note to the unit, after it a matter for supervision."""
    due = move.ticket.due_at
    return {"overdue": bool(due and move.now > due)}

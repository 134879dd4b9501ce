"""Joins an appeal to an earlier ticket on the same matter (并单), and takes it out again: two tickets, one decision."""

from __future__ import annotations

from datetime import datetime

from tickets.calendar import Calendar
from tickets.command import Command
from tickets.lifecycle import advance
from tickets.orders import Advance, NotAllowed, Order
from tickets.policy import Policy
from tickets.state import Actor
from tickets.ticket import Ticket


def join(
    child: Ticket,
    parent: Ticket,
    *,
    by: Actor,
    policy: Policy,
    calendar: Calendar,
    now: datetime,
    parents_policy: Policy | None = None,
    citizens: int = 2,
) -> tuple[Advance, Advance]:
    """T09: ``child`` merges into ``parent``, which is supplemented and urged by it. ``parents_policy`` where the two
    were opened under different ones; ``citizens`` who reported the same, these two among them. Raises NotAllowed when
    either may not; then neither has changed."""
    into = Order(Command.MERGE, by, {"parent": parent.number, "citizens": citizens})
    onto = Order(Command.ABSORB, by, {"child": child.number})
    merged = advance(child, into, policy=policy, calendar=calendar, now=now)
    absorbed = advance(parent, onto, policy=parents_policy or policy, calendar=calendar, now=now)
    return merged, absorbed


def leave(
    child: Ticket,
    parent: Ticket,
    *,
    by: Actor,
    policy: Policy,
    calendar: Calendar,
    now: datetime,
    parents_policy: Policy | None = None,
) -> tuple[Advance, Advance | None]:
    """``child`` was a matter of its own: it stands alone again, and an open ``parent`` counts one less; of one that is
    over nothing changes. Raises NotAllowed."""
    if child.merged_into != parent.number:
        raise NotAllowed(Command.UNMERGE, child.state, "not_joined")
    alone = advance(child, Order(Command.UNMERGE, by), policy=policy, calendar=calendar, now=now)
    off = Order(Command.RELEASE, by, {"child": child.number})
    if parent.closed_at:
        return alone, None
    return alone, advance(parent, off, policy=parents_policy or policy, calendar=calendar, now=now)

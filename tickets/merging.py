"""The orders that join two tickets on the same matter (并单, 串案) and that part them again: two tickets, one decision."""

from __future__ import annotations

from collections.abc import Iterator

from tickets.command import Command
from tickets.orders import Order
from tickets.state import BEFORE_A_UNIT, OPEN, Actor
from tickets.ticket import Ticket


def merges(child: Ticket) -> bool:
    """Whether ``child`` would merge; what a unit has already only goes beside the other."""
    return child.state in BEFORE_A_UNIT


def joining(child: Ticket, parent: Ticket, *, by: Actor, citizens: int) -> Iterator[tuple[str, Order]]:
    """T09: by ticket number, the orders that let ``child`` follow ``parent``. ``citizens`` reported the same, these two
    among them. All or none of them must be carried out."""
    follow = Command.MERGE if merges(child) else Command.LINK
    yield child.number, Order(follow, by, {"parent": parent.number, "citizens": citizens})
    yield parent.number, Order(Command.ABSORB, by, {"child": child.number})


def parting(child: Ticket, parent: Ticket, *, by: Actor) -> Iterator[tuple[str, Order]]:
    """``child`` was a matter of its own: the orders that let it stand alone. An open ``parent`` counts one less; of one
    that is over nothing changes. None where it does not follow ``parent``."""
    if child.linked_to == parent.number:
        yield child.number, Order(Command.UNLINK, by, {"parent": parent.number})
    elif child.merged_into == parent.number:
        yield child.number, Order(Command.UNMERGE, by)
    else:
        return
    if parent.state in OPEN and parent.repeat_count:
        yield parent.number, Order(Command.RELEASE, by, {"child": child.number})

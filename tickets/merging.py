"""The orders that join two tickets on the same matter (并单, 串案) and that part them again: two tickets, one decision."""

from __future__ import annotations

from collections.abc import Iterator

from tickets.command import Command
from tickets.orders import Order
from tickets.state import OPEN, Actor, State
from tickets.ticket import Ticket

_BEFORE_A_UNIT = {State.RECEIVED, State.TO_DISPATCH}


def merges(child: Ticket) -> bool:
    """Whether ``child`` would merge; what a unit has already only goes beside the other."""
    return child.state in _BEFORE_A_UNIT


def joining(child: Ticket, parent: Ticket, *, by: Actor, citizens: int) -> Iterator[tuple[str, Order]]:
    """T09: by ticket number, the orders that let ``child`` follow ``parent``. ``citizens`` reported the same, these two
    among them. All or none of them must be carried out."""
    told = {"parent": parent.number, "citizens": citizens}
    if not merges(child):
        yield child.number, Order(Command.LINK, by, told)
        return
    yield child.number, Order(Command.MERGE, by, told)
    yield parent.number, Order(Command.ABSORB, by, {"child": child.number})


def parting(child: Ticket, parent: Ticket, *, by: Actor) -> Iterator[tuple[str, Order]]:
    """``child`` was a matter of its own: the orders that let it stand alone. An open ``parent`` counts one less; of one
    that is over nothing changes. None where it does not follow ``parent``."""
    if child.linked_to == parent.number:
        yield child.number, Order(Command.UNLINK, by, {"parent": parent.number})
    if child.merged_into != parent.number:
        return
    yield child.number, Order(Command.UNMERGE, by)
    if parent.state in OPEN and parent.repeat_count:
        yield parent.number, Order(Command.RELEASE, by, {"child": child.number})

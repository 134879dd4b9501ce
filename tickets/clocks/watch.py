"""The one clock of a ticket: everything that time alone brings about, in order, and when to look at it again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime

from tickets.clocks.earned import JUST_AFTER, coming
from tickets.clocks.silence import silent_at
from tickets.command import Command
from tickets.limits.calendar import Calendar
from tickets.limits.deadlines import add
from tickets.limits.duration import Duration
from tickets.orders import Order
from tickets.papers.consultation import PANELS
from tickets.papers.request import RequestState
from tickets.papers.supervision import ANSWERED_IN_WRITING, SupervisionState
from tickets.phases.closing import OFFICE_STEPS
from tickets.policy import Policy
from tickets.state import ENDED, OPEN, WITH_UNIT, Actor, Role, State
from tickets.ticket import Ticket

Hand = tuple[datetime, Order]
"""One hand of the clock: when it strikes, and the order it then gives."""
SYSTEM = Actor(Role.SYSTEM)
_HELPED = WITH_UNIT | {State.TO_REVIEW}
_CONSULTED = WITH_UNIT | {State.IN_CONSULTATION}
_ARCHIVED = ENDED - {State.ARCHIVED, State.MERGED}


def next_look(ticket: Ticket, *, policy: Policy, calendar: Calendar) -> datetime | None:
    """When the next hand strikes, perhaps in the past; None when time alone changes nothing any more."""
    return min((at for at, _ in hands(ticket, policy=policy, calendar=calendar)), default=None)


def due_orders(ticket: Ticket, *, policy: Policy, calendar: Calendar, now: datetime) -> tuple[Order, ...]:
    """The orders of the hands that have struck, the earliest first. Give the first and look again: an order may make
    the ones behind it needless. Those that need a supervision number are without it (:func:`numbered`)."""
    struck = [hand for hand in hands(ticket, policy=policy, calendar=calendar) if hand[0] <= now]
    return tuple(order for _, order in sorted(struck, key=lambda hand: hand[0]))


def hands(ticket: Ticket, *, policy: Policy, calendar: Calendar) -> Iterator[Hand]:
    """Every hand of the ticket's clock, in no order; each agrees to the moment with the guards of its order's row. The
    citizen's callback has a clock of its own, ``callback_at``."""
    if ticket.state in OPEN:
        yield from _of_the_office(ticket)
        yield from _of_the_unit(ticket, policy, calendar)
        yield from _of_supervisions(ticket, policy, calendar)
        yield from _of_panels(ticket)
    if ticket.state in OPEN or ticket.state is State.CLOSED:
        yield from _of_requests(ticket)
    if ticket.state is State.DRAFT:
        yield _after(calendar, policy, ticket.received_at, policy.draft.idle), _order(Command.EXPIRE)
    if ticket.state in _ARCHIVED and ticket.closed_at:
        yield _after(calendar, policy, ticket.closed_at, policy.archive.after), _order(Command.ARCHIVE)


def needs_number(order: Order) -> bool:
    """Whether it issues a supervision that is answered in writing, and has no number for it yet."""
    written = order.command is Command.SUPERVISE and str(order.data.get("level")) in ANSWERED_IN_WRITING
    return (written or order.command is Command.PLAN_OVERDUE) and not order.data.get("number")


def numbered(order: Order, draw: Callable[[], str]) -> Order:
    """``order`` with a supervision number drawn for it, where it needs one."""
    return replace(order, data={**order.data, "number": draw()}) if needs_number(order) else order


def _of_the_office(ticket: Ticket) -> Iterator[Hand]:
    by = ticket.step_by
    if ticket.state in OFFICE_STEPS and by and by != ticket.step_told:
        yield by + JUST_AFTER, _order(Command.STEP_OVERDUE)
    if ticket.state is State.SUSPENDED:
        if by:
            yield by + JUST_AFTER, _order(Command.PLAN_OVERDUE)
        if ticket.due_at:
            yield ticket.due_at + JUST_AFTER, _order(Command.RESUME)


def _of_the_unit(ticket: Ticket, policy: Policy, calendar: Calendar) -> Iterator[Hand]:
    if ticket.state is State.DISPATCHED and ticket.sign_by:
        yield ticket.sign_by, _order(Command.AUTO_SIGN)
    if at := silent_at(ticket, policy=policy, calendar=calendar):
        yield at, _order(Command.NOTE_SILENCE)
    for part in ticket.helping if ticket.state in _HELPED else ():
        if part.under_way and part.due_at and not part.overdue:
            yield part.due_at + JUST_AFTER, _order(Command.CO_OVERDUE, unit=part.unit)


def _of_supervisions(ticket: Ticket, policy: Policy, calendar: Calendar) -> Iterator[Hand]:
    for at, (level, ground) in coming(ticket, policy=policy, calendar=calendar):
        yield at, _order(Command.SUPERVISE, level=level, ground=ground)
    for one in ticket.supervisions:
        if one.state is SupervisionState.ISSUED and one.answer_by and not one.overdue:
            yield one.answer_by + JUST_AFTER, _order(Command.SUPERVISION_OVERDUE, number=one.number)


def _of_panels(ticket: Ticket) -> Iterator[Hand]:
    panel = ticket.consultation
    if panel and ticket.state in _CONSULTED and panel.panel is not PANELS[-1]:
        yield panel.settle_by, _order(Command.ESCALATE)


def _of_requests(ticket: Ticket) -> Iterator[Hand]:
    waiting = [
        one.decide_by
        for one in ticket.requests
        if one.state is RequestState.PENDING and not one.escalated and one.decide_by
    ]
    if waiting:
        yield min(waiting), _order(Command.ESCALATE_REQUEST)


def _after(calendar: Calendar, policy: Policy, start: datetime, duration: Duration) -> datetime:
    return add(calendar, start, duration, closing=policy.count.closing)


def _order(command: Command, **data: object) -> Order:
    return Order(command, SYSTEM, data)

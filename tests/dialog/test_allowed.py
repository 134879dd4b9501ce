"""Whatever state a citizen's ticket is in, the dialog orders nothing that the life cycle refuses: no message gets stuck."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from channels.message import Kind
from dialog.acts import Act, Object, Restore, Supplement, Urge, Withdraw
from dialog.view import TicketView
from tests.dialog.talk import EVENING, IMAGE, Citizen
from tests.tickets.desk import CALENDAR, POLICY, Desk, draft
from tickets.lifecycle import advance
from tickets.orders import Command, Order
from tickets.ticket import OPEN, Actor, Role, State, Ticket

OPENED = Desk(draft()).ticket
HANDED_OUT = Desk(draft()).dispatched().ticket.assignments
TALKS = (
    ("补充 昨晚又冒烟了，烟更大", "对面楼也看见了"),
    ("补充", "昨晚又冒烟了，烟更大"),
    ("催办", "催办"),
    ("撤单", "确认1"),
    (f"恢复{OPENED.number[-4:]}",),
    ("怎么还没人处理",),
    ("查询", "1"),
    ("异议", "我不服", "异议"),
)


def standing(state: State) -> Ticket:
    ended = None if state in OPEN or state is State.EMERGENCY_DIVERTED else EVENING - timedelta(hours=3)
    before = State.HANDLING if state is State.WITHDRAWN else None
    return replace(OPENED, state=state, closed_at=ended, withdrawn_from=before, assignments=HANDED_OUT)


def seen(ticket: Ticket) -> TicketView:
    shared = (
        "number",
        "type",
        "urgency",
        "state",
        "category",
        "received_at",
        "due_at",
        "closed_at",
        "safety",
        "objection_count",
    )
    return TicketView(title="油烟", **{name: getattr(ticket, name) for name in shared})


def order_of(act: Act) -> Order | None:
    citizen = Actor(Role.CITIZEN)
    match act:
        case Supplement():
            return Order(Command.SUPPLEMENT, citizen, {"text": act.text, "attachments": act.attachments})
        case Urge():
            return Order(Command.URGE, citizen)
        case Withdraw():
            return Order(Command.WITHDRAW, citizen, {"reason": act.reason})
        case Restore():
            return Order(Command.RESTORE, citizen)
        case Object():
            return Order(Command.OBJECT, citizen, {"note": act.text})
    return None


def obeyed(citizen: Citizen, ticket: Ticket) -> list[Command]:
    """Carry out what the last turn ordered, as the desk would: raises NotAllowed."""
    orders = [order for act in citizen.did if (order := order_of(act)) is not None]
    for order in orders:
        advance(ticket, order, policy=POLICY, calendar=CALENDAR, now=citizen.now)
    return [order.command for order in orders]


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("texts", TALKS, ids=lambda texts: texts[0])
def test_what_the_dialog_orders_is_allowed(state: State, texts: tuple[str, ...]) -> None:
    ticket = standing(state)
    citizen = Citizen(tickets=(seen(ticket),))
    for text in texts:
        obeyed(citizen.says(text), ticket)


@pytest.mark.parametrize("state", State)
def test_more_said_after_an_alarm_reaches_its_ticket_while_that_is_open(state: State) -> None:
    citizen = Citizen().says("天桥区明湖西路12号楼下煤气泄漏，味道很大")
    opened = citizen.memory.slots["number"]
    ticket = replace(standing(state), number=opened)
    citizen.view = replace(citizen.view, tickets=(seen(ticket),))
    citizen.says("是三单元", IMAGE, kind=Kind.TEXT)
    assert obeyed(citizen, ticket) == ([Command.SUPPLEMENT] if state in OPEN else [])

"""撤单: the dialog lets a citizen withdraw exactly what the life cycle lets him withdraw."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialog.acts import Withdraw
from dialog.view import TicketView
from tests.dialog.talk import Citizen
from tests.tickets.desk import CALENDAR, POLICY, Desk, draft
from tickets.appeal import AppealType, Urgency
from tickets.lifecycle import advance
from tickets.orders import Command, NotAllowed, Order
from tickets.state import BEFORE_REVIEW, Actor, Role, State
from tickets.ticket import Ticket

OPENED = Desk(draft()).ticket
FACTS = st.fixed_dictionaries(
    {
        "type": st.sampled_from(AppealType),
        "urgency": st.sampled_from(Urgency),
        "state": st.sampled_from(State),
        "safety": st.booleans(),
    }
)


def seen(ticket: Ticket) -> TicketView:
    """What the citizen's view shows of it."""
    return TicketView(
        number=ticket.number,
        type=ticket.type,
        urgency=ticket.urgency,
        state=ticket.state,
        title="油烟",
        category=ticket.category,
        received_at=ticket.received_at,
        safety=ticket.safety,
    )


def allowed(ticket: Ticket) -> bool:
    order = Order(Command.WITHDRAW, Actor(Role.CITIZEN), {"reason": "solved"})
    try:
        advance(ticket, order, policy=POLICY, calendar=CALENDAR, now=ticket.received_at)
    except NotAllowed:
        return False
    return True


@settings(deadline=None)
@given(asked=FACTS, confirmed=FACTS)
def test_only_what_the_life_cycle_allows_is_withdrawn(asked: dict[str, object], confirmed: dict[str, object]) -> None:
    """Also where the ticket moved on between the question and the citizen's yes."""
    before, after = replace(OPENED, **asked), replace(OPENED, **confirmed)
    citizen = Citizen(tickets=(seen(before),)).says("撤单")
    assert ("确认1" in citizen.heard) is allowed(before)
    citizen.view = replace(citizen.view, tickets=(seen(after),))
    if allowed(before):
        citizen.says("确认1")
        assert (Withdraw(OPENED.number, "solved") in citizen.did) is allowed(after)


@pytest.mark.parametrize("state", sorted(BEFORE_REVIEW - {State.RECEIVED, State.TO_DISPATCH}))
def test_a_report_under_investigation_is_refused_in_words(state: State) -> None:
    report = seen(replace(OPENED, type=AppealType.REPORT, state=state))
    citizen = Citizen(tickets=(report,)).says("撤单").hears_of("举报已进入核查，不能撤回；您的信息会继续保密")
    assert citizen.did == []
    assert citizen.says("确认1").did == []


def test_a_report_nobody_looks_into_yet_is_withdrawn() -> None:
    report = seen(replace(OPENED, type=AppealType.REPORT, state=State.TO_DISPATCH))
    assert Citizen(tickets=(report,)).says("撤单").says("确认2").did == [Withdraw(OPENED.number, "other")]

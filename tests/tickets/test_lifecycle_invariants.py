"""Whatever anybody orders in whatever order: what must never happen to a ticket (domain.md §2.4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.tickets.desk import Desk, draft
from tickets.appeal import AppealType, ClosingKind, Reason, Satisfaction, Solved, Urgency
from tickets.lifecycle import TABLE
from tickets.orders import Cause, Command, Fault, NotAllowed, Order, Waiver, WithdrawReason
from tickets.ticket import Actor, Role, State

WORDS = st.sampled_from(["", " ", "已处理", "电话13800138000"])
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "lead": st.sampled_from(["D04", "M06", ""]),
    "co": st.sampled_from([(), ("M06",), ("D04", "M03")]),
    "closing_kind": st.sampled_from(ClosingKind),
    "solved": st.sampled_from(Solved),
    "satisfaction": st.sampled_from(Satisfaction),
    "reasons": st.lists(st.sampled_from(Reason), max_size=2),
    "cause": st.sampled_from(Cause),
    "fault": st.sampled_from(Fault),
    "waiver": st.sampled_from(Waiver),
    "reason": st.sampled_from(WithdrawReason),
    "urgency": st.sampled_from(Urgency),
    "attachments": st.just(("a1",)),
}
NEW_ROUND = {Command.REDO, Command.REOPEN}
LED = {State.DISPATCHED, State.HANDLING, State.TO_REVIEW, State.TO_CALLBACK}


@st.composite
def orders(draw: st.DrawFn, command: Command) -> Order:
    rows = [row for row in TABLE if row.command is command]
    names = sorted({name for row in rows for name in (*row.needs, *row.takes)})
    data = {name: draw(VALUES.get(name, WORDS)) for name in names if draw(st.integers(0, 9))}
    if not draw(st.integers(0, 19)):
        data["nonsense"] = "x"
    fitting = sorted({role for row in rows for role in row.by}) or list(Role)
    role = draw(st.sampled_from(fitting if draw(st.integers(0, 4)) else list(Role)))
    return Order(command, Actor(role, draw(st.sampled_from(["D04", "M06"])) if role is Role.UNIT else ""), data)


class Anybody(RuleBasedStateMachine):
    """Citizens, units, officers and the clock, all at once, on one ticket."""

    @initialize(
        appeal=st.sampled_from(AppealType), missing=st.sampled_from([(), ("where",)]), urgency=st.sampled_from(Urgency)
    )
    def open(self, appeal: AppealType, missing: tuple[str, ...], urgency: Urgency) -> None:
        self.desk = Desk(draft(appeal, missing=missing, urgency=urgency))

    @rule(hours=st.sampled_from([0.1, 1, 5, 14, 30, 100]))
    def time_passes(self, hours: float) -> None:
        self.desk.now += timedelta(hours=hours)

    @rule(data=st.data(), command=st.sampled_from(Command))
    def anything(self, data: st.DataObject, command: Command) -> None:
        self.give(data.draw(orders(command)))

    @rule(data=st.data())
    def something_the_state_knows(self, data: st.DataObject) -> None:
        known = sorted({row.command for row in TABLE if self.desk.ticket.state in row.of})
        if known:
            self.give(data.draw(orders(data.draw(st.sampled_from(known)))))

    @rule()
    def the_next_usual_step(self) -> None:
        """So that the deep states are reached often."""
        usual = {
            State.RECEIVED: Order(Command.ACCEPT, Actor(Role.AGENT)),
            State.TO_DISPATCH: Order(Command.DISPATCH, Actor(Role.DISPATCHER), {"lead": "D04"}),
            State.DISPATCHED: Order(Command.SIGN, Actor(Role.UNIT, "D04")),
            State.TO_REVIEW: Order(Command.REVIEW_PASS, Actor(Role.REVIEWER)),
        }
        ticket = self.desk.ticket
        if ticket.state is State.HANDLING:
            unit = Actor(Role.UNIT, ticket.lead_unit)
            self.give(Order(Command.CONTACT, unit, {"method": "phone"}))
            self.give(Order(Command.SUBMIT_REPLY, unit, {"public_reply": "已处理", "closing_kind": "solved"}))
        elif ticket.state in usual:
            order = usual[ticket.state]
            if order.actor.role is Role.UNIT:
                order = replace(order, actor=Actor(Role.UNIT, ticket.lead_unit))
            self.give(order)

    @rule(rating=st.sampled_from([Satisfaction.DISSATISFIED, Satisfaction.DISSATISFIED, Satisfaction.BASIC]))
    def the_citizen_rates(self, rating: Satisfaction) -> None:
        """The dissatisfied get a redo, so that later rounds are reached."""
        self.give(Order(Command.RATE, Actor(Role.CITIZEN), {"satisfaction": rating}))
        self.give(Order(Command.REDO, Actor(Role.REVIEWER), {"cause": Cause.ATTITUDE}))

    @rule(urgency=st.sampled_from([Urgency.URGENT, Urgency.CRITICAL]))
    def it_turns_urgent(self, urgency: Urgency) -> None:
        self.give(Order(Command.RAISE_URGENCY, Actor(Role.AGENT), {"urgency": urgency}))

    def give(self, order: Order) -> None:
        desk = self.desk
        before, events, told = desk.ticket, len(desk.events), len(desk.notices)
        try:
            after = desk.order(order)
        except NotAllowed:
            assert (desk.ticket, len(desk.events), len(desk.notices)) == (before, events, told)
            return
        event = desk.events[events]
        assert len(desk.events) == events + 1
        assert (event.from_state, event.to_state, event.command) == (before.state, after.state, order.command)
        assert (after.number, after.policy, after.received_at) == (before.number, before.policy, before.received_at)
        if before.due_at and after.due_at and after.due_at > before.due_at:
            assert order.command in NEW_ROUND
            assert after.redo_no == before.redo_no + 1
        if before.first_satisfaction:
            assert after.first_satisfaction is before.first_satisfaction
        if order.actor.role is Role.UNIT:
            assert order.actor.id == before.lead_unit
            assert after.state is not State.CLOSED
        if after.satisfaction not in {before.satisfaction, None, Satisfaction.UNREACHABLE}:
            assert order.actor.role in {Role.CITIZEN, Role.CALLBACK_OFFICER}

    @invariant()
    def holds_together(self) -> None:
        ticket = self.desk.ticket
        assert self.desk.events[-1].to_state is ticket.state
        if ticket.state in LED:
            assert ticket.lead_unit
            assert ticket.lead_unit not in ticket.co_units
            assert ticket.due_at
        assert (ticket.closed_at is not None) == (ticket.state in {State.CLOSED, State.WITHDRAWN, State.ANSWERED})
        assert (ticket.withdrawn_from is not None) == (ticket.state is State.WITHDRAWN)
        assert "138" not in ticket.public_reply
        if ticket.satisfaction is Satisfaction.UNREACHABLE:
            assert ticket.callback_no >= self.desk.policy.callback.attempts
        if ticket.state is State.TO_CALLBACK:
            assert ticket.callback_at or ticket.satisfaction is Satisfaction.DISSATISFIED


Anybody.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
TestAnybody = Anybody.TestCase

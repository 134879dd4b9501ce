"""A desk for the tests: one ticket, a clock that is told the time, and short ways to give orders."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tickets.appeal import AppealType, Draft
from tickets.lifecycle import NO_UNITS, advance, open_ticket
from tickets.limits.calendar import SHANGHAI, Calendar
from tickets.number import make
from tickets.orders import AlertDue, Command, NotAllowed, NoticeDue, Order, TicketEvent
from tickets.policy import Policy, load_policies
from tickets.ticket import Actor, Role, State, Ticket
from tickets.units import Directory

FRIDAY = datetime(2026, 9, 18, 9, 0, tzinfo=SHANGHAI)
POLICY = load_policies("cn-jinan-like").get("cn-jinan-like@1")
CALENDAR = Calendar()
UNIT = "D04"


def draft(appeal: AppealType = AppealType.COMPLAINT, **changes: object) -> Draft:
    return Draft(**{"type": appeal, "category": "0106", "title": "油烟", "content": "夜间油烟扰民"} | changes)


class Desk:
    """Carries one ticket through orders and keeps everything that came of them."""

    def __init__(
        self,
        opened: Draft | None = None,
        *,
        policy: Policy = POLICY,
        now: datetime = FRIDAY,
        directory: Directory = NO_UNITS,
        calendar: Calendar = CALENDAR,
    ) -> None:
        self.policy, self.now, self.directory, self.calendar = policy, now, directory, calendar
        opening = open_ticket(
            opened or draft(), number=make(now.date(), 217), policy=policy, calendar=calendar, now=now
        )
        self.ticket: Ticket = opening.ticket
        self.events: list[TicketEvent] = list(opening.events)
        self.notices: list[NoticeDue] = list(opening.notices)
        self.alerts: list[AlertDue] = list(opening.alerts)

    def give(self, command: Command, role: Role, **data: object) -> Ticket:
        return self.order(Order(command, self.actor(role), data))

    def actor(self, role: Role) -> Actor:
        """Somebody of that role; of the units the one that leads."""
        return Actor(role, self.ticket.lead_unit if role is Role.UNIT else "")

    def by(self, who: str, command: Command, role: Role, **data: object) -> Ticket:
        """An order of a named officer, or of a unit."""
        return self.order(Order(command, Actor(role, who), data))

    def order(self, order: Order) -> Ticket:
        done = advance(
            self.ticket,
            order,
            policy=self.policy,
            calendar=self.calendar,
            now=self.now,
            directory=self.directory,
        )
        self.ticket = done.ticket
        self.events += done.events
        self.notices += done.notices
        self.alerts += done.alerts
        return self.ticket

    def wait(self, **span: float) -> Desk:
        self.now += timedelta(**span)
        return self

    def told(self) -> list[str]:
        return [notice.key for notice in self.notices]

    # The usual way, as far as asked.

    def dispatched(self) -> Desk:
        self.give(Command.DISPATCH, Role.DISPATCHER, lead=UNIT, co=("M06",))
        return self

    def handling(self) -> Desk:
        self.dispatched().give(Command.SIGN, Role.UNIT)
        return self

    def replied(self) -> Desk:
        if self.ticket.state is not State.HANDLING:
            self.handling()
        self.helpers_done().give(Command.CONTACT, Role.UNIT, method="phone")
        self.give(Command.SUBMIT_REPLY, Role.UNIT, public_reply="商家已加装净化器。", closing_kind="solved")
        return self

    def helpers_done(self) -> Desk:
        for one in self.ticket.helping:
            if one.under_way:
                self.order(Order(Command.CO_SUBMIT, Actor(Role.UNIT, one.unit), {"report": "已配合"}))
        return self

    def passed(self) -> Desk:
        self.replied().give(Command.REVIEW_PASS, Role.REVIEWER)
        return self

    def closed(self) -> Desk:
        self.passed().give(Command.RATE, Role.CITIZEN, solved="solved", satisfaction="satisfied")
        return self


def refused(desk: Desk, command: Command, role: Role, *, who: str | None = None, **data: object) -> str:
    """The reason of a refusal that changed nothing."""
    before, events = desk.ticket, len(desk.events)
    actor = desk.actor(role) if who is None else Actor(role, who)
    with pytest.raises(NotAllowed) as caught:
        desk.order(Order(command, actor, data))
    assert (desk.ticket, len(desk.events)) == (before, events)
    assert (caught.value.command, caught.value.state) == (command, before.state)
    return caught.value.reason

"""Whatever anybody orders in whatever order: what must never happen to a ticket (domain.md §2.4)."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.tickets import crowd
from tests.tickets.desk import Desk, draft
from tests.tickets.laws import holds_together, lawful
from tickets.appeal import AppealType, Cause, Satisfaction, Urgency
from tickets.chain import linked, verify
from tickets.command import Command
from tickets.lifecycle import open_draft
from tickets.number import make
from tickets.orders import NotAllowed, Order
from tickets.request import SIGNATURES, RequestKind, RequestState
from tickets.state import Actor, Role, State

APPROVALS = {
    RequestKind.REFUSAL: (Command.APPROVE_REFUSAL, Command.REJECT_REFUSAL),
    RequestKind.RETURN: (Command.APPROVE_RETURN, Command.REJECT_RETURN),
    RequestKind.EXTENSION: (Command.APPROVE_EXTENSION, Command.REJECT_EXTENSION),
    RequestKind.SUSPEND: (Command.APPROVE_SUSPEND, Command.REJECT_SUSPEND),
    RequestKind.UNREASONABLE: (Command.APPROVE_UNREASONABLE, Command.REJECT_UNREASONABLE),
    RequestKind.TERMINATE: (Command.APPROVE_TERMINATE, Command.REJECT_TERMINATE),
    RequestKind.CO_ORGANISER: (Command.APPROVE_CO, Command.REJECT_CO),
    RequestKind.EXCLUSION: (Command.APPROVE_EXCLUSION, Command.REJECT_EXCLUSION),
    RequestKind.SCORE_APPEAL: (Command.APPROVE_SCORE_APPEAL, Command.REJECT_SCORE_APPEAL),
}
SEEDS = st.integers(0, 2**32)
TICKETS = st.integers(0, 2)


class Anybody(RuleBasedStateMachine):
    """Citizens, units, officers and the clock, all at once, on three tickets."""

    @initialize(
        kinds=st.tuples(*[st.sampled_from(AppealType)] * 3),
        urgency=st.sampled_from(Urgency),
        missing=st.sampled_from([(), ("where",)]),
    )
    def open(self, kinds: tuple[AppealType, ...], urgency: Urgency, missing: tuple[str, ...]) -> None:
        self.desks = [
            Desk(draft(kinds[0], missing=missing)),
            Desk(draft(kinds[1], urgency=urgency), directory=crowd.DIRECTORY),
            Desk(draft(kinds[2]), directory=crowd.DIRECTORY),
        ]
        # The third is not submitted yet.
        late = self.desks[2]
        late.ticket = open_draft(
            draft(kinds[2], district="D04"), number=make(late.now.date(), 30), policy=late.policy, now=late.now
        )
        late.events = []

    @rule(hours=st.sampled_from([0.1, 1, 5, 14, 30, 100, 800]))
    def time_passes(self, hours: float) -> None:
        for desk in self.desks:
            desk.now += timedelta(hours=hours)

    @rule(which=TICKETS, command=st.sampled_from(Command), seed=SEEDS)
    def anything(self, which: int, command: Command, seed: int) -> None:
        self.give(which, crowd.order(command, self.desks[which].ticket, Random(seed)))

    @rule(which=TICKETS, seed=SEEDS)
    def something_the_state_knows(self, which: int, seed: int) -> None:
        luck, ticket = Random(seed), self.desks[which].ticket
        known = crowd.known(ticket)
        for _ in range(4 if known else 0):
            self.give(which, crowd.order(luck.choice(known), ticket, luck))

    @rule(which=TICKETS)
    def the_next_usual_step(self, which: int) -> None:
        """So that the deep states are reached often."""
        for order in crowd.usual_steps(self.desks[which].ticket):
            self.give(which, order)

    @precondition(lambda self: any(one.state is RequestState.PENDING for d in self.desks for one in d.ticket.requests))
    @rule(seed=SEEDS, second=st.booleans())
    def somebody_decides(self, seed: int, second: bool) -> None:
        luck = Random(seed)
        for which, desk in enumerate(self.desks):
            for request in [one for one in desk.ticket.requests if one.state is RequestState.PENDING]:
                command = APPROVALS[request.kind][luck.random() < 0.3]
                signers = SIGNATURES.get(request.kind, (Role.DISPATCHER, Role.OFFICE_LEADER))
                for role in signers if second else signers[:1]:
                    who = Actor(role, luck.choice(crowd.OFFICERS), luck.choice(("", "", *crowd.UNITS)))
                    self.give(which, Order(command, who, {"note": "说明"} if command.startswith("reject") else {}))

    @rule(
        which=TICKETS,
        rating=st.sampled_from([Satisfaction.DISSATISFIED, Satisfaction.DISSATISFIED, Satisfaction.BASIC]),
    )
    def the_citizen_rates(self, which: int, rating: Satisfaction) -> None:
        """The dissatisfied get a redo, so that later rounds are reached."""
        self.give(which, Order(Command.RATE, Actor(Role.CITIZEN), {"satisfaction": rating}))
        self.give(which, Order(Command.REDO, Actor(Role.OFFICE_LEADER, "安"), {"cause": Cause.FALSE_CLOSING}))

    @rule(which=TICKETS, urgency=st.sampled_from([Urgency.URGENT, Urgency.CRITICAL]))
    def it_turns_urgent(self, which: int, urgency: Urgency) -> None:
        self.give(which, Order(Command.RAISE_URGENCY, Actor(Role.AGENT, "安"), {"urgency": urgency}))

    def give(self, which: int, order: Order) -> None:
        desk = self.desks[which]
        others = [one.ticket for one in self.desks if one is not desk]
        before, events, told = desk.ticket, len(desk.events), len(desk.notices)
        try:
            after = desk.order(order)
        except NotAllowed:
            assert (desk.ticket, len(desk.events), len(desk.notices)) == (before, events, told)
            return
        assert len(desk.events) == events + 1
        lawful(before, order, after, desk.events[events], policy=desk.policy)
        assert [one.ticket for one in self.desks if one is not desk] == others

    @invariant()
    def every_ticket_holds_together(self) -> None:
        for desk in getattr(self, "desks", ()):
            holds_together(desk.ticket, desk.policy)

    def teardown(self) -> None:
        for desk in getattr(self, "desks", ()):
            state = State.DRAFT
            for event in desk.events:
                assert event.from_state is state, "no state is left without an event"
                state = event.to_state
            assert state is desk.ticket.state
            links = linked("", ticket=desk.ticket.number, events=desk.events, first=1)
            assert verify(desk.ticket.number, links, head=links[-1].hash if links else "") is None


Anybody.TestCase.settings = settings(max_examples=150, stateful_step_count=50, deadline=None)
TestAnybody = Anybody.TestCase

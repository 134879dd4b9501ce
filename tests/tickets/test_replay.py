"""A log lived again leads to the ticket as it stands; one that was doctored does not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from tests.tickets import crowd
from tests.tickets.desk import CALENDAR, POLICY, UNIT, Desk, draft
from tickets.appeal import AppealType, Satisfaction, Urgency
from tickets.command import Command
from tickets.laws import OF_ORDERS, OF_TICKETS, Step, broken
from tickets.orders import NotAllowed, Order, TicketEvent
from tickets.replay import Rules, Unlawful, Untold, replay
from tickets.state import Actor, Role, State
from tickets.ticket import Ticket

RULES = Rules(policy=POLICY, calendar=CALENDAR, directory=crowd.DIRECTORY)


def again(desk: Desk, log: Sequence[TicketEvent] | None = None, stored: Ticket | None = None) -> Unlawful | None:
    return replay(stored or desk.ticket, desk.events if log is None else log, RULES)


def lived() -> Desk:
    """Made urgent, handled, rated dissatisfied, done again."""
    desk = Desk(draft(AppealType.HELP), directory=crowd.DIRECTORY)
    desk.give(Command.RAISE_URGENCY, Role.AGENT, urgency=Urgency.URGENT)
    desk.passed().wait(days=1)
    desk.give(Command.RATE, Role.CITIZEN, satisfaction=Satisfaction.DISSATISFIED, reasons=["not_true"])
    desk.by("安", Command.REDO, Role.REVIEWER, cause="false_closing")
    return desk


def test_a_log_leads_to_its_ticket() -> None:
    assert again(lived()) is None


def test_whatever_a_busy_office_did_can_be_lived_again() -> None:
    lives = 0
    for seed in range(250):
        luck = Random(seed)
        kind, urgency = luck.choice(list(AppealType)), luck.choice(list(Urgency))
        desk = Desk(draft(kind, urgency=urgency, district="0103"), directory=crowd.DIRECTORY)
        for order in crowd.life(desk, luck, steps=80):
            try:
                desk.order(order)
            except NotAllowed:
                continue
        if desk.calendar is CALENDAR:  # else limits were counted under two calendars
            assert again(desk) is None
            lives += len(desk.events) > 8
    assert lives > 20


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"due_at": None}, "due_at"),
        ({"first_satisfaction": Satisfaction.VERY}, "first_satisfaction"),
        ({"redo_no": 0, "assessed": False}, "redo_no, assessed"),
        ({"assignments": ()}, "assignments"),
    ],
)
def test_a_ticket_changed_behind_its_log_shows(changed: dict[str, object], named: str) -> None:
    desk = lived()
    assert again(desk, stored=replace(desk.ticket, **changed)) == Unlawful(0, f"differs: {named}")


def test_an_order_that_was_never_allowed_shows() -> None:
    desk = lived()
    assert again(desk, [one for one in desk.events if one.command is not Command.CONTACT]) == Unlawful(
        7, "refused: no_contact"
    )
    forged = replace(desk.events[2], actor=Actor(Role.UNIT, "X99"))
    assert again(desk, [*desk.events[:2], forged, *desk.events[3:]]) == Unlawful(3, "refused: role")


def test_an_event_that_tells_something_else_shows() -> None:
    desk = lived()
    place = next(place for place, one in enumerate(desk.events) if one.command is Command.SIGN)
    late = replace(desk.events[place], data={"late": True})
    assert again(desk, [*desk.events[:place], late, *desk.events[place + 1 :]]) == Unlawful(place + 1, "told otherwise")


def test_a_moment_changed_in_the_log_shows_in_the_ticket() -> None:
    desk = lived()
    first = replace(desk.events[0], at=desk.events[0].at - timedelta(days=1))
    found = again(desk, [first, *desk.events[1:]])
    assert found
    assert found.how.startswith("differs: received_at")


def test_a_log_that_does_not_tell_its_beginning_is_not_judged() -> None:
    desk = lived()
    for log in ([replace(desk.events[0], data={}), *desk.events[1:]], desk.events[1:], []):
        with pytest.raises(Untold):
            again(desk, log)


def unlawful(desk: Desk, **changed: object) -> tuple[str, ...]:
    """The laws broken if the last event had left this behind."""
    after = replace(desk.ticket, **changed)
    event = replace(desk.events[-1], to_state=after.state)
    order = Order(event.command, event.actor)
    return broken(Step(before=desk.ticket, order=order, after=after, event=event, policy=POLICY))


def test_every_law_can_be_broken() -> None:
    """A law that nothing breaks would hold of nothing."""
    desk = Desk(draft()).replied()
    ticket, events = desk.ticket, desk.events
    events.append(replace(events[-1], from_state=ticket.state))
    seen = set()
    parts, later = ticket.assignments, ticket.due_at and ticket.due_at + timedelta(days=9)
    for changed in (
        {"state": State.CLOSED},
        {"number": "2609180000998"},
        {"due_at": later},
        {"assignments": parts[:1]},
        {"assignments": (*parts, replace(parts[0], n=len(parts) + 1, unit=UNIT))},
        {"satisfaction": Satisfaction.VERY},
        {"state": State.TERMINATED, "closed_at": desk.now},
        {"state": State.IN_CONSULTATION},
        {"public_reply": "请联系13800138000"},
        {"merged_into": "2609180000998"},
    ):
        seen.update(unlawful(desk, **changed))
    desk.give(Command.REVIEW_PASS, Role.REVIEWER)
    desk.give(Command.RATE, Role.CITIZEN, satisfaction=Satisfaction.DISSATISFIED)
    desk.events.append(replace(desk.events[-1], from_state=desk.ticket.state))
    seen.update(unlawful(desk, first_satisfaction=Satisfaction.VERY))
    order, other = Order(Command.RATE, Actor(Role.CITIZEN)), desk.events[0]
    seen.update(broken(Step(before=desk.ticket, order=order, after=desk.ticket, event=other, policy=POLICY)))
    seen.update(_of_papers())
    assert {law.__name__ for law in (*OF_ORDERS, *OF_TICKETS)} - seen == set()


def _of_papers() -> set[str]:
    """Laws of papers: requests, panels, supervisions, callbacks."""
    desk = Desk(draft()).handling()
    desk.give(Command.REQUEST_EXTENSION, Role.UNIT, workdays=3, text="等待配件", citizen_informed=True)
    desk.by("白", Command.APPROVE_EXTENSION, Role.DISPATCHER)
    asked = desk.ticket.requests[0]
    own = replace(asked, n=2, signed=(UNIT,), data={"workdays": 30})
    waiting = replace(asked, n=3, state=asked.state.__class__.PENDING)
    desk.events.append(replace(desk.events[-1], from_state=desk.ticket.state))
    seen = set(unlawful(desk, requests=(asked, own, waiting, replace(waiting, n=4))))
    desk.by("督", Command.SUPERVISE, Role.SUPERVISOR, level="L3", ground="instruction", number="DB-1")
    given = desk.ticket.supervisions[0]
    desk.events.append(replace(desk.events[-1], from_state=desk.ticket.state))
    seen.update(unlawful(desk, supervisions=(given, replace(given, n=2))))
    panel = Desk(draft())
    panel.by("白", Command.TO_CONSULTATION, Role.DISPATCHER, reason="conflict", candidates=["D04"])
    sits = panel.ticket.consultations[0]
    panel.events.append(replace(panel.events[-1], from_state=panel.ticket.state))
    seen.update(unlawful(panel, consultations=(sits, replace(sits, n=2))))
    rated = Desk(draft()).closed()
    said = rated.ticket.callbacks[0]
    rated.events.append(replace(rated.events[-1], from_state=rated.ticket.state))
    seen.update(unlawful(rated, callbacks=(said, replace(said, n=2, at=said.at - timedelta(days=1)))))
    assert rated.ticket.satisfaction is not Satisfaction.VERY
    seen.update(unlawful(rated, satisfaction=Satisfaction.VERY))
    own_unit = replace(rated.events[-1], command=Command.RATE)
    order = Order(Command.RATE, Actor(Role.CALLBACK_OFFICER, "丁", UNIT))
    seen.update(broken(Step(before=rated.ticket, order=order, after=rated.ticket, event=own_unit, policy=POLICY)))
    return seen

"""Repeats and families in the life cycle: what joins, what never does, what a follower keeps, and the way back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.tickets.desk import CALENDAR, FRIDAY, POLICY, Desk, draft, refused
from tickets.appeal import AppealType, Satisfaction, Urgency
from tickets.command import Command as C
from tickets.lifecycle import open_ticket
from tickets.merging import joining, parting
from tickets.orders import AlertDue, NotAllowed, Order, Post
from tickets.state import OPEN, Actor, Role, State

PARENT = "2609180000308"
OFFICER = Actor(Role.DISPATCHER, "白")


def merged() -> Desk:
    desk = Desk()
    desk.by("白", C.MERGE, Role.DISPATCHER, parent=PARENT, citizens=3)
    return desk


def test_an_accepted_appeal_still_joins_and_keeps_its_promise() -> None:
    desk = Desk()
    promised = desk.ticket.due_at
    assert desk.ticket.state is State.TO_DISPATCH
    desk.by("白", C.MERGE, Role.DISPATCHER, parent=PARENT, citizens=3)
    assert desk.notices[-1].params == {"number": desk.ticket.number, "parent": PARENT, "citizens": "3"}
    desk.wait(days=2).give(C.UNMERGE, Role.CITIZEN)
    assert (desk.ticket.state, desk.ticket.merged_into, desk.ticket.due_at) == (State.TO_DISPATCH, "", promised)
    assert desk.ticket.step_by


def test_an_appeal_nobody_accepted_goes_back_to_where_it_was() -> None:
    desk = Desk(draft(missing=("what",)))
    assert desk.ticket.state is State.RECEIVED
    desk.by("白", C.MERGE, Role.DISPATCHER, parent=PARENT)
    assert desk.give(C.UNMERGE, Role.CITIZEN).state is State.RECEIVED


def test_what_a_unit_has_only_goes_beside() -> None:
    desk = Desk().handling()
    assert refused(desk, C.MERGE, Role.DISPATCHER, parent=PARENT) == "state"
    desk.by("白", C.LINK, Role.DISPATCHER, parent=PARENT, citizens=2)
    assert (desk.ticket.state, desk.told()[-1]) == (State.HANDLING, "ticket.linked")
    desk.give(C.UNLINK, Role.CITIZEN, parent=PARENT)
    assert desk.told()[-1] == "ticket.unlinked"


@pytest.mark.parametrize(
    ("opened", "why"),
    [
        (draft(AppealType.REPORT), "report"),
        (draft(alarm="E1"), "safety"),
        (draft(urgency=Urgency.CRITICAL), "safety"),
    ],
)
def test_reports_and_emergencies_join_nothing_and_nothing_joins_them(opened: object, why: str) -> None:
    desk = Desk(opened)  # type: ignore[arg-type]
    assert refused(desk, C.MERGE, Role.DISPATCHER, parent=PARENT) == why
    assert refused(desk, C.LINK, Role.DISPATCHER, parent=PARENT) == why
    assert refused(desk, C.ABSORB, Role.DISPATCHER, child=PARENT) == why
    assert refused(desk, C.REPEAT, Role.CITIZEN, text="还是没人管") == why


def test_the_machine_joins_nothing_the_policy_does_not_name() -> None:
    assert refused(Desk(), C.MERGE, Role.SYSTEM, parent=PARENT) == "a_person_decides"
    assert refused(Desk().handling(), C.LINK, Role.SYSTEM, parent=PARENT) == "a_person_decides"


def test_nothing_joins_itself() -> None:
    desk = Desk()
    number = desk.ticket.number
    assert refused(desk, C.MERGE, Role.DISPATCHER, parent=number) == "itself"
    assert refused(desk, C.ABSORB, Role.DISPATCHER, child=number) == "itself"


def test_what_others_joined_joins_no_third() -> None:
    desk = Desk()
    desk.by("白", C.ABSORB, Role.DISPATCHER, child=PARENT)
    assert refused(desk, C.MERGE, Role.DISPATCHER, parent=PARENT) == "followed"


def test_a_repeat_supplements_and_urges_but_not_twice_a_day() -> None:
    desk = Desk().handling()
    desk.give(C.REPEAT, Role.CITIZEN, text="路灯还是不亮")
    assert (desk.ticket.repeat_count, desk.ticket.supplement_count, desk.ticket.urge_count) == (1, 1, 1)
    assert desk.events[-1].data["urged"] is True
    assert desk.alerts[-1] == AlertDue("unit.repeated", Post.LIAISON, desk.ticket.lead_unit, desk.ticket.number)
    desk.wait(hours=3).give(C.REPEAT, Role.CITIZEN, text="一直没修")
    assert (desk.ticket.repeat_count, desk.ticket.supplement_count, desk.ticket.urge_count) == (2, 2, 1)
    assert desk.ticket.urged_at == FRIDAY
    assert refused(desk, C.URGE, Role.CITIZEN) == "interval"
    desk.wait(hours=22)
    desk.by("白", C.ABSORB, Role.DISPATCHER, child=PARENT)
    assert (desk.ticket.repeat_count, desk.ticket.urge_count) == (3, 2)
    assert refused(desk, C.REPEAT, Role.CITIZEN) == "missing:text"


def test_nothing_is_urged_that_is_answered() -> None:
    desk = Desk().passed()
    desk.give(C.REPEAT, Role.CITIZEN, text="还是不亮")
    assert (desk.ticket.repeat_count, desk.ticket.urge_count) == (1, 0)


def test_never_put_right_goes_back_to_its_unit_a_month_later() -> None:
    desk = Desk().closed().wait(days=25)
    assert refused(desk, C.REOPEN, Role.CITIZEN) == "window"
    desk.give(C.REOPEN, Role.CITIZEN, repeat="yes", note="一直没修好")
    assert (desk.ticket.state, desk.ticket.redo_no, desk.ticket.repeat_count) == (State.HANDLING, 1, 1)
    assert desk.alerts[-1] == AlertDue("unit.repeat_cause", Post.HEAD, desk.ticket.lead_unit, desk.ticket.number)
    assert desk.ticket.due_at
    assert desk.ticket.due_at.date() - desk.now.date() <= timedelta(days=11)


def test_later_only_an_agent_confirms_it() -> None:
    desk = Desk().closed().wait(days=60)
    assert refused(desk, C.REOPEN, Role.CITIZEN, repeat="yes") == "window"
    assert refused(desk, C.REOPEN, Role.AGENT, who="安") == "window"
    assert desk.by("安", C.REOPEN, Role.AGENT, repeat="yes").state is State.HANDLING


def test_a_new_fact_on_a_terminated_matter_waits_for_a_person() -> None:
    opened = open_ticket(
        draft(new_fact=True, repeat_of=PARENT), number="2609180000217", policy=POLICY, calendar=CALENDAR, now=FRIDAY
    )
    assert opened.ticket.state is State.RECEIVED


def test_a_follower_is_asked_once_a_round_and_his_word_is_his() -> None:
    desk = merged()
    desk.give(C.FOLLOW, Role.SYSTEM, round=0)
    assert refused(desk, C.FOLLOW, Role.SYSTEM, round=0) == "asked"
    ended = desk.ticket.closed_at
    desk.wait(days=1).give(C.RATE, Role.CITIZEN, solved="unsolved", satisfaction="dissatisfied")
    assert (desk.ticket.state, desk.ticket.closed_at) == (State.MERGED, ended)
    assert desk.alerts[-1] == AlertDue("office.follower_dissatisfied", Post.OFFICE, "", desk.ticket.number)
    desk.give(C.FOLLOW, Role.SYSTEM, round=1)
    assert (desk.ticket.satisfaction, desk.ticket.first_satisfaction) == (None, Satisfaction.DISSATISFIED)
    desk.give(C.RATE, Role.CITIZEN, solved="solved", satisfaction="very")
    assert desk.ticket.satisfaction is Satisfaction.VERY
    assert refused(desk, C.LAPSE, Role.SYSTEM) == "rated"


def test_a_follower_who_is_content_no_more_is_heard_and_a_new_round_forgets_it() -> None:
    desk = merged()
    desk.give(C.FOLLOW, Role.SYSTEM, round=0)
    desk.give(C.RATE, Role.CITIZEN, satisfaction="satisfied")
    assert "office.follower_dissatisfied" not in [one.key for one in desk.alerts]
    desk.wait(days=1).give(C.RATE, Role.CITIZEN, satisfaction="dissatisfied")
    assert desk.alerts[-1] == AlertDue("office.follower_dissatisfied", Post.OFFICE, "", desk.ticket.number)
    desk.give(C.FOLLOW, Role.SYSTEM, round=1)
    assert (desk.ticket.satisfaction, desk.ticket.changed_satisfaction, desk.ticket.dissatisfied) == (None, None, False)
    desk.give(C.RATE, Role.CITIZEN, satisfaction="dissatisfied")
    assert desk.ticket.dissatisfied_count == 2


def test_who_leaves_takes_no_change_of_mind_along() -> None:
    desk = merged()
    desk.give(C.FOLLOW, Role.SYSTEM, round=0)
    desk.give(C.RATE, Role.CITIZEN, satisfaction="satisfied")
    desk.give(C.RATE, Role.CITIZEN, satisfaction="dissatisfied")
    desk.give(C.UNMERGE, Role.CITIZEN)
    assert (desk.ticket.satisfaction, desk.ticket.changed_satisfaction, desk.ticket.dissatisfied) == (None, None, False)


def test_a_followers_silence_is_never_satisfied() -> None:
    desk = merged()
    desk.give(C.FOLLOW, Role.SYSTEM, round=0)
    assert refused(desk, C.LAPSE, Role.SYSTEM) == "early"
    desk.wait(days=10).give(C.LAPSE, Role.SYSTEM)
    assert (desk.ticket.state, desk.ticket.satisfaction) == (State.MERGED, Satisfaction.UNREACHABLE)


def test_who_leaves_after_being_asked_begins_a_round_of_his_own() -> None:
    desk = merged()
    desk.give(C.FOLLOW, Role.SYSTEM, round=0)
    desk.give(C.RATE, Role.CITIZEN, satisfaction="dissatisfied")
    desk.give(C.UNMERGE, Role.CITIZEN)
    assert (desk.ticket.redo_no, desk.ticket.callback_no, desk.ticket.satisfaction) == (1, 0, None)
    assert desk.ticket.first_satisfaction is Satisfaction.DISSATISFIED


def carried_out(orders: Iterator[tuple[str, Order]], *desks: Desk) -> list[C]:
    done = []
    for number, order in orders:
        next(one for one in desks if one.ticket.number == number).order(order)
        done.append(order.command)
    return done


@pytest.mark.parametrize("state", State)
def test_joining_and_leaving(state: State) -> None:
    child, parent = Desk(), Desk()
    ended = None if state in OPEN else FRIDAY
    parent.ticket = replace(parent.ticket, number=PARENT, state=state, closed_at=ended)
    both = joining(child.ticket, parent.ticket, by=OFFICER, citizens=4)
    if state not in OPEN:
        with pytest.raises(NotAllowed):
            carried_out(both, child, parent)
        return
    assert carried_out(both, child, parent) == [C.MERGE, C.ABSORB]
    assert (child.ticket.merged_into, parent.ticket.repeat_count) == (PARENT, 1)
    assert carried_out(parting(child.ticket, parent.ticket, by=OFFICER), child, parent) == [C.UNMERGE, C.RELEASE]
    assert (child.ticket.merged_into, parent.ticket.repeat_count) == ("", 0)
    assert carried_out(parting(child.ticket, parent.ticket, by=OFFICER), child, parent) == []


def test_of_a_parent_that_is_over_nothing_changes() -> None:
    child, parent = merged(), Desk()
    parent.ticket = replace(parent.ticket, number=PARENT, state=State.CLOSED, closed_at=FRIDAY, repeat_count=1)
    assert carried_out(parting(child.ticket, parent.ticket, by=OFFICER), child, parent) == [C.UNMERGE]


def test_what_a_unit_has_is_linked_and_unlinked() -> None:
    child, parent = Desk().handling(), Desk()
    parent.ticket = replace(parent.ticket, number=PARENT)
    assert carried_out(joining(child.ticket, parent.ticket, by=OFFICER, citizens=2), child, parent) == [
        C.LINK,
        C.ABSORB,
    ]
    assert (child.ticket.linked_to, parent.ticket.repeat_count) == (PARENT, 1)
    assert refused(child, C.LINK, Role.DISPATCHER, parent="2609180000415") == "linked"
    assert carried_out(parting(child.ticket, parent.ticket, by=OFFICER), child, parent) == [C.UNLINK, C.RELEASE]
    assert refused(child, C.UNLINK, Role.CITIZEN, parent=PARENT) == "not_joined"

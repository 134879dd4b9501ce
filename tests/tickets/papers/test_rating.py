"""Nobody overwrites a rating: answers by phone and message, changes of mind, findings stand beside it, each with its flag."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tickets.desk import Desk, refused
from tickets.appeal import Satisfaction
from tickets.command import Command as C
from tickets.orders import NotAllowed
from tickets.papers.callback import Outcome, Standing
from tickets.state import Role, State

GRADES = [one for one in Satisfaction if one is not Satisfaction.UNREACHABLE]
DINGS = "丁"


def said(desk: Desk) -> list[tuple[str | None, str, bool]]:
    return [(one.satisfaction, one.standing, one.after_contact) for one in desk.ticket.callbacks]


def by_message(desk: Desk, **data: object) -> None:
    desk.give(C.RATE, Role.CITIZEN, **data)


def by_phone(desk: Desk, **data: object) -> None:
    desk.by(DINGS, C.RATE, Role.CALLBACK_OFFICER, **data)


def test_the_first_answer_counts_and_another_by_phone_is_kept_and_flagged() -> None:
    desk = Desk().passed()
    by_message(desk, solved="solved", satisfaction="satisfied")
    desk.wait(hours=1)
    by_phone(desk, solved="unsolved", satisfaction="dissatisfied", contacted="no", comment="没人来过")
    assert (desk.ticket.state, desk.ticket.satisfaction, desk.ticket.solved) == (State.CLOSED, "satisfied", "solved")
    assert said(desk) == [("satisfied", Standing.COUNTS, False), ("dissatisfied", Standing.DIFFERS, False)]
    second = desk.ticket.callbacks[-1]
    assert (second.contacted, second.comment, second.solved) == (False, "没人来过", "unsolved")
    assert refused(desk, C.RATE, Role.CALLBACK_OFFICER, who=DINGS, satisfaction="very") == "rated"


def test_the_phone_may_be_first() -> None:
    desk = Desk().passed()
    by_phone(desk, satisfaction="basic", contacted=True)
    by_message(desk, satisfaction="basic")
    assert [standing for _, standing, _ in said(desk)] == [Standing.COUNTS, Standing.AGREES]
    assert refused(desk, C.RATE, Role.CITIZEN, satisfaction="basic") == "rated"


def test_a_rating_is_changed_once_within_its_window_and_both_are_shown() -> None:
    desk = Desk().closed()
    assert refused(desk, C.RATE, Role.CITIZEN, solved="solved", satisfaction="satisfied") == "rated"
    desk.wait(days=1)
    by_message(desk, satisfaction="very")
    ticket = desk.ticket
    assert (ticket.state, ticket.satisfaction, ticket.changed_satisfaction) == (State.CLOSED, "satisfied", "very")
    assert said(desk) == [("satisfied", Standing.COUNTS, False), ("very", Standing.CHANGE, False)]
    assert refused(desk, C.RATE, Role.CITIZEN, satisfaction="basic") == "changed"
    late = Desk().closed().wait(days=7, seconds=1)
    assert refused(late, C.RATE, Role.CITIZEN, satisfaction="very") == "window"


def test_a_change_for_the_worse_goes_to_a_reviewer() -> None:
    desk = Desk().closed().wait(days=1)
    by_message(desk, satisfaction="dissatisfied", reasons=["not_solved"])
    assert (desk.ticket.state, desk.ticket.closed_at, desk.ticket.dissatisfied_count) == (State.TO_CALLBACK, None, 1)
    assert refused(desk, C.LAPSE, Role.SYSTEM) == "rated"
    desk.give(C.REDO, Role.REVIEWER, cause="poor_handling")
    assert (desk.ticket.satisfaction, desk.ticket.changed_satisfaction) == (None, None)
    assert desk.ticket.first_satisfaction is Satisfaction.SATISFIED


def test_a_change_for_the_better_closes_unless_the_unit_spoke_with_him() -> None:
    desk = Desk().passed()
    by_message(desk, satisfaction="dissatisfied")
    desk.wait(hours=1)
    by_message(desk, satisfaction="satisfied")  # the wrong button
    assert (desk.ticket.state, desk.ticket.satisfaction) == (State.CLOSED, "dissatisfied")
    pressed = Desk().passed()
    by_message(pressed, satisfaction="dissatisfied")
    pressed.wait(hours=1).give(C.CONTACT, Role.UNIT)
    pressed.wait(hours=1)
    by_message(pressed, satisfaction="satisfied")
    assert said(pressed)[-1] == ("satisfied", Standing.CHANGE, True)
    assert pressed.ticket.state is State.TO_CALLBACK
    assert refused(pressed, C.ACCEPT_CHANGE, Role.REVIEWER) == "missing:text"
    pressed.give(C.ACCEPT_CHANGE, Role.REVIEWER, text="电话核实，出于本人意愿")
    assert pressed.ticket.state is State.CLOSED
    assert pressed.ticket.callbacks[-1].findings == ("电话核实，出于本人意愿",)


def test_what_lapsed_is_over() -> None:
    desk = Desk().passed()
    for hour in (9, 12, 19):
        desk.now = desk.now.replace(hour=hour)
        desk.by(DINGS, C.NO_REACH, Role.CALLBACK_OFFICER)
        desk.wait(days=1)
    desk.by(DINGS, C.LAPSE, Role.CALLBACK_OFFICER)
    assert refused(desk, C.RATE, Role.CITIZEN, satisfaction="very") == "lapsed"


def test_reasons_and_words_come_later_and_complete_the_answer() -> None:
    desk = Desk().passed()
    by_message(desk, satisfaction="dissatisfied")
    by_message(desk, satisfaction="dissatisfied", reasons=["policy"], comment="标准不合理")
    by_message(desk, satisfaction="dissatisfied", reasons=["attitude"], comment="还骂人")
    (one,) = desk.ticket.callbacks
    assert (one.reasons, one.comment) == (("policy", "attitude"), "标准不合理\n还骂人")
    assert desk.ticket.dissatisfied_count == 1


def test_words_of_several_lines_said_twice_are_once() -> None:
    desk = Desk().passed()
    by_message(desk, satisfaction="dissatisfied", comment="还漏水\n没人来过")
    again = refused(desk, C.RATE, Role.CITIZEN, satisfaction="dissatisfied", comment="还漏水\n没人来过")
    assert (again, desk.ticket.callbacks[-1].comment) == ("rated", "还漏水\n没人来过")
    by_message(desk, satisfaction="dissatisfied", comment="没人")
    assert desk.ticket.callbacks[-1].comment == "还漏水\n没人来过\n没人"


ANSWERS = st.tuples(
    st.sampled_from(["message", "phone", "contact", "finding", "redo"]),
    st.sampled_from(GRADES),
    st.integers(0, 60),
)


@given(steps=st.lists(ANSWERS, max_size=12))
@settings(deadline=None)  # a slow machine is no failure
def test_whatever_follows_the_first_rating_of_a_round_stays(steps: list[tuple[str, Any, int]]) -> None:
    desk = Desk().passed()
    for what, grade, hours in steps:
        desk.wait(hours=hours)
        before = desk.ticket
        try:
            if what == "message":
                by_message(desk, satisfaction=grade)
            elif what == "phone":
                by_phone(desk, satisfaction=grade)
            elif what == "contact":
                desk.give(C.CONTACT, Role.UNIT)
            elif what == "finding":
                desk.give(C.ADD_FINDING, Role.REVIEWER, text="已核查")
            else:
                desk.by("李", C.REDO, Role.OFFICE_LEADER, cause="attitude")
                desk.replied().give(C.REVIEW_PASS, Role.REVIEWER)
        except NotAllowed:
            assert desk.ticket is before
            continue
        after = desk.ticket
        if before.satisfaction and before.redo_no == after.redo_no:
            assert after.satisfaction is before.satisfaction
        assert before.first_satisfaction in {None, after.first_satisfaction}
        old = [one for one in before.callbacks if one.outcome is Outcome.ANSWERED and one.satisfaction]
        assert [one.satisfaction for one in old] == [after.callbacks[one.n - 1].satisfaction for one in old]
        assert all(after.callbacks[one.n - 1].findings[: len(one.findings)] == one.findings for one in old)

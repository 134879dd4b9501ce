"""The life of a ticket, followed as citizens and units live it, and every refusal with its reason."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from tests.tickets.desk import CALENDAR, FRIDAY, POLICY, UNIT, Desk, draft, refused
from tickets import lifecycle_doc
from tickets.appeal import AppealType, ClosingKind, Reason, Satisfaction, Solved, Urgency
from tickets.lifecycle import advance
from tickets.limits.calendar import SHANGHAI
from tickets.orders import Cause, Command, NotAllowed, Order
from tickets.ticket import Actor, Role, State


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def test_the_usual_way() -> None:
    desk = Desk()
    assert desk.ticket.state is State.TO_DISPATCH
    assert desk.ticket.due_at == at("2026-09-24 23:59:59")
    desk.wait(hours=1).closed()
    assert desk.ticket.state is State.CLOSED
    assert (desk.ticket.lead_unit, desk.ticket.co_units) == (UNIT, ("M06",))
    assert (desk.ticket.solved, desk.ticket.first_satisfaction) == (Solved.SOLVED, Satisfaction.SATISFIED)
    assert desk.told() == ["ticket.accepted", "ticket.dispatched", "ticket.signed", "ticket.replied"]
    states = [(event.from_state, event.to_state) for event in desk.events]
    assert all(before[1] == after[0] for before, after in pairwise(states))
    assert all(json.dumps(event.data, ensure_ascii=False) for event in desk.events)


def test_the_promise_counts_from_receipt_and_the_units_timers_from_dispatch() -> None:
    desk = Desk(draft(missing=("where",)))
    assert desk.ticket.state is State.RECEIVED
    desk.wait(hours=2).give(Command.ACCEPT, Role.AGENT)
    desk.wait(days=2).dispatched()  # Sunday, a make-up working day
    assert desk.ticket.due_at == at("2026-09-24 23:59:59")
    assert desk.ticket.sign_by == at("2026-09-20 16:30")
    assert desk.ticket.contact_by == at("2026-09-21 23:59:59")


def test_danger_waits_for_nothing() -> None:
    desk = Desk(draft(AppealType.HELP, missing=("what", "where"), alarm="E1"))
    assert desk.ticket.state is State.TO_DISPATCH
    assert (desk.ticket.urgency, desk.ticket.safety) == (Urgency.CRITICAL, True)
    assert desk.ticket.due_at == FRIDAY + timedelta(hours=2)
    assert refused(desk, Command.WITHDRAW, Role.CITIZEN, reason="solved") == "safety"


def test_a_report_is_confidential_and_stays_under_way() -> None:
    desk = Desk(draft(AppealType.REPORT))
    assert desk.ticket.confidential
    desk.handling().helpers_done()
    assert refused(desk, Command.WITHDRAW, Role.CITIZEN, reason="other") == "report"
    # Nobody at the unit knows whom to call.
    desk.give(Command.SUBMIT_REPLY, Role.UNIT, public_reply="已立案。", closing_kind="explained")
    assert desk.ticket.state is State.TO_REVIEW


def test_praise_is_passed_on_and_nobody_is_asked() -> None:
    desk = Desk(draft(AppealType.PRAISE)).passed()
    assert desk.ticket.state is State.CLOSED
    assert desk.ticket.callback_at is None
    assert desk.told()[-1] == "ticket.replied"


def test_who_does_not_sign_has_signed_late() -> None:
    desk = Desk().dispatched()
    assert refused(desk, Command.AUTO_SIGN, Role.SYSTEM) == "early"
    desk.wait(days=3).give(Command.AUTO_SIGN, Role.SYSTEM)
    assert desk.ticket.state is State.HANDLING
    assert desk.events[-1].data == {"late": True}


def test_a_reply_needs_contact_words_and_no_personal_data() -> None:
    desk = Desk().handling()
    reply = {"public_reply": "已处理", "closing_kind": ClosingKind.SOLVED}
    assert refused(desk, Command.SUBMIT_REPLY, Role.UNIT, **reply) == "no_contact"
    desk.give(Command.CONTACT, Role.UNIT, method="phone")
    assert refused(desk, Command.SUBMIT_REPLY, Role.UNIT, **reply | {"public_reply": "  "}) == "invalid:public_reply"
    for leak in ("请致电13800138000", "１３８００１３８０００", "身份证37010219900101123X"):
        assert refused(desk, Command.SUBMIT_REPLY, Role.UNIT, **reply | {"public_reply": leak}) == "personal_data"
    unreasonable = reply | {"closing_kind": "unreasonable"}
    assert refused(desk, Command.SUBMIT_REPLY, Role.UNIT, **unreasonable) == "closing_kind"


def test_a_rejected_reply_goes_back_with_its_limit() -> None:
    desk = Desk().replied()
    due = desk.ticket.due_at
    desk.give(Command.REVIEW_REJECT, Role.REVIEWER, fault="off_point")
    assert (desk.ticket.state, desk.ticket.reject_count, desk.ticket.due_at) == (State.HANDLING, 1, due)


def test_asking_reminding_and_silence() -> None:
    desk = Desk().wait(hours=8).passed()
    # Eight office hours on (Sunday is made up) it is 17:30; the next slot of the day opens at 18:30.
    assert desk.ticket.callback_at == at("2026-09-20 18:30")
    assert refused(desk, Command.ASK, Role.SYSTEM) == "early"
    assert refused(desk, Command.LAPSE, Role.SYSTEM) == "early"
    desk.now = at("2026-09-20 23:00")
    assert refused(desk, Command.ASK, Role.SYSTEM) == "quiet"
    desk.now = at("2026-09-21 08:00")
    assert refused(desk, Command.ASK, Role.SYSTEM) == "slot"
    desk.now = at("2026-09-21 09:00")
    desk.give(Command.ASK, Role.SYSTEM)
    assert desk.ticket.callback_at == at("2026-09-23 12:00")  # 16 office hours on it is morning again: not twice
    desk.now = at("2026-09-24 09:30")
    assert refused(desk, Command.ASK, Role.SYSTEM) == "slot"
    desk.now = at("2026-09-24 19:00")
    desk.give(Command.ASK, Role.SYSTEM)
    assert desk.ticket.callback_at == at("2026-09-30 12:00")  # over the Mid-Autumn holidays
    desk.now = at("2026-09-30 12:00")
    desk.give(Command.ASK, Role.SYSTEM)
    assert refused(desk, Command.ASK, Role.SYSTEM) == "attempts"
    assert refused(desk, Command.LAPSE, Role.SYSTEM) == "early"
    desk.now = at("2026-10-12 10:00")  # 24 office hours on, past the National Day holidays
    desk.give(Command.LAPSE, Role.SYSTEM)
    assert desk.told()[-3:] == ["survey.ask", "survey.remind", "survey.remind"]
    assert desk.ticket.state is State.CLOSED
    assert desk.ticket.satisfaction is Satisfaction.UNREACHABLE


def test_who_is_dissatisfied_is_never_closed_by_his_silence() -> None:
    desk = Desk().passed()
    desk.give(Command.RATE, Role.CITIZEN, satisfaction="dissatisfied")
    desk.wait(days=30)
    assert refused(desk, Command.ASK, Role.SYSTEM) == "rated"
    assert refused(desk, Command.LAPSE, Role.SYSTEM) == "rated"
    desk.give(Command.RATE, Role.CITIZEN, satisfaction="dissatisfied", reasons=["not_true"])
    assert desk.events[-1].data["reasons"] == [Reason.NOT_TRUE]
    assert desk.ticket.state is State.TO_CALLBACK


def test_solved_alone_is_kept_and_rates_nothing() -> None:
    desk = Desk().passed()
    desk.give(Command.RATE, Role.CITIZEN, solved="partly")
    assert (desk.ticket.state, desk.ticket.solved, desk.ticket.satisfaction) == (State.TO_CALLBACK, Solved.PARTLY, None)
    assert refused(desk, Command.RATE, Role.CITIZEN) == "missing:satisfaction"
    assert refused(desk, Command.RATE, Role.CITIZEN, satisfaction="unreachable") == "invalid:satisfaction"
    assert refused(desk, Command.RATE, Role.CITIZEN, satisfaction="5") == "invalid:satisfaction"
    assert refused(desk, Command.RATE, Role.UNIT, satisfaction="very") == "role"


def test_redo_starts_a_shorter_round_and_has_a_limit() -> None:
    desk = Desk().passed()
    assert refused(desk, Command.REDO, Role.REVIEWER, cause="attitude") == "not_dissatisfied"
    for round_ in (1, 2):
        desk.give(Command.RATE, Role.CITIZEN, satisfaction="dissatisfied", reasons=["not_contacted"])
        assert refused(desk, Command.REDO, Role.REVIEWER, cause="policy") == "cause"
        desk.give(Command.REDO, Role.SYSTEM, cause=Cause.FALSE_CLOSING)
        assert (desk.ticket.state, desk.ticket.redo_no) == (State.HANDLING, round_)
        assert desk.ticket.due_at == at("2026-09-22 23:59:59")
        assert desk.ticket.satisfaction is None
        desk.replied().give(Command.REVIEW_PASS, Role.REVIEWER)
    desk.give(Command.RATE, Role.CITIZEN, satisfaction="dissatisfied")
    assert refused(desk, Command.REDO, Role.REVIEWER, cause="attitude") == "redo_limit"
    desk.give(Command.REDO, Role.OFFICE_LEADER, cause="attitude")
    assert desk.ticket.first_satisfaction is Satisfaction.DISSATISFIED


def test_the_system_orders_redo_only_where_the_policy_says_so() -> None:
    by_hand = replace(POLICY, redo=replace(POLICY.redo, auto=False))
    desk = Desk(policy=by_hand).passed()
    desk.give(Command.RATE, Role.CITIZEN, satisfaction="dissatisfied", reasons=["not_solved"])
    assert refused(desk, Command.REDO, Role.SYSTEM, cause="poor_handling") == "not_automatic"
    desk.give(Command.REDO, Role.REVIEWER, cause="poor_handling")
    assert desk.ticket.state is State.HANDLING


def test_a_policy_matter_is_explained_and_stays_dissatisfied() -> None:
    desk = Desk().passed()
    desk.give(Command.RATE, Role.CITIZEN, satisfaction="dissatisfied", reasons=["policy"])
    assert refused(desk, Command.EXPLAIN, Role.REVIEWER, cause="policy") == "missing:text"
    assert refused(desk, Command.EXPLAIN, Role.REVIEWER, cause="attitude", text="解释") == "cause"
    desk.give(Command.EXPLAIN, Role.REVIEWER, cause="policy", text="按规定只能如此")
    assert (desk.ticket.state, desk.ticket.closing_kind) == (State.CLOSED, ClosingKind.EXPLAINED)
    assert desk.ticket.satisfaction is Satisfaction.DISSATISFIED
    assert desk.notices[-1].params["text"] == "按规定只能如此"


@pytest.mark.parametrize("stop", ["", "dispatched", "handling"])
def test_withdrawn_and_restored_it_stands_where_it_stood(stop: str) -> None:
    desk = Desk()
    if stop:
        getattr(desk, stop)()
    before = desk.ticket
    desk.give(Command.WITHDRAW, Role.CITIZEN, reason="solved")
    assert (desk.ticket.state, desk.ticket.closing_kind) == (State.WITHDRAWN, ClosingKind.WITHDRAWN)
    desk.give(Command.RESTORE, Role.CITIZEN)
    assert desk.ticket == before
    desk.give(Command.WITHDRAW, Role.CITIZEN, reason="other")
    desk.wait(days=7, seconds=1)
    assert refused(desk, Command.RESTORE, Role.CITIZEN) == "window"


def test_a_reply_under_review_is_not_withdrawn() -> None:
    assert refused(Desk().replied(), Command.WITHDRAW, Role.CITIZEN, reason="solved") == "state"


def test_reopening_has_a_window() -> None:
    desk = Desk().closed()
    desk.wait(days=6).give(Command.REOPEN, Role.CITIZEN)
    assert (desk.ticket.state, desk.ticket.redo_no, desk.ticket.closed_at) == (State.HANDLING, 1, None)
    assert desk.ticket.first_satisfaction is Satisfaction.SATISFIED
    late = Desk().closed().wait(days=8)
    assert refused(late, Command.REOPEN, Role.CITIZEN) == "window"


def test_urging_once_a_day_and_what_it_means_when_overdue() -> None:
    desk = Desk().handling()
    desk.give(Command.URGE, Role.CITIZEN)
    assert desk.events[-1].data == {"overdue": False}
    desk.wait(hours=23)
    assert refused(desk, Command.URGE, Role.CITIZEN) == "interval"
    desk.wait(days=9).give(Command.URGE, Role.CITIZEN)
    assert (desk.events[-1].data, desk.ticket.urge_count) == ({"overdue": True}, 2)


def test_supplements_are_counted_and_hold_something() -> None:
    desk = Desk().handling()
    assert refused(desk, Command.SUPPLEMENT, Role.CITIZEN, text="") == "missing:text"
    desk.give(Command.SUPPLEMENT, Role.CITIZEN, text="昨晚又冒烟", attachments=("a1",))
    assert desk.ticket.supplement_count == 1


def test_a_supplement_places_what_nobody_could_place_and_moves_nothing() -> None:
    desk = Desk().handling()
    assert desk.ticket.district == ""
    desk.give(Command.SUPPLEMENT, Role.CITIZEN, text="在市中区", district="03")
    desk.give(Command.SUPPLEMENT, Role.CITIZEN, text="旁边是天桥区", district="04")
    assert desk.ticket.district == "03"


def test_raised_urgency_only_shortens() -> None:
    desk = Desk().dispatched()
    desk.give(Command.RAISE_URGENCY, Role.AGENT, urgency="critical")
    assert desk.ticket.due_at == FRIDAY + timedelta(hours=2)
    assert desk.ticket.sign_by == FRIDAY + timedelta(minutes=15)
    assert refused(desk, Command.RAISE_URGENCY, Role.AGENT, urgency="urgent") == "not_higher"
    late = Desk().handling().wait(days=6, hours=12)
    late.give(Command.RAISE_URGENCY, Role.SYSTEM, urgency="urgent")
    assert late.ticket.due_at == at("2026-09-24 23:59:59")  # a whole day from now would be later


def test_consultations_alone_are_answered_from_the_knowledge_base() -> None:
    desk = Desk(draft(AppealType.CONSULT, missing=("what",)))
    answer = {"public_reply": "请打网格员手机13800138000"}
    assert refused(desk, Command.ANSWER_FROM_KB, Role.AGENT, **answer) == "personal_data"
    desk.give(Command.ANSWER_FROM_KB, Role.AGENT, public_reply="11月15日开始供暖。")
    assert desk.ticket.state is State.ANSWERED
    other = Desk(draft(missing=("what",)))
    assert refused(other, Command.ANSWER_FROM_KB, Role.AGENT, public_reply="x") == "type"
    other.give(Command.DIVERT_EMERGENCY, Role.AGENT)
    assert other.ticket.state is State.EMERGENCY_DIVERTED


def test_only_the_lead_unit_handles_and_orders_say_only_what_they_may() -> None:
    desk = Desk()
    assert refused(desk, Command.DISPATCH, Role.DISPATCHER) == "missing:lead"
    assert refused(desk, Command.DISPATCH, Role.DISPATCHER, lead="D04", co=("D04",)) == "lead_is_co"
    assert refused(desk, Command.DISPATCH, Role.DISPATCHER, lead="D04", color="red") == "unknown:color"
    assert refused(desk, Command.DISPATCH, Role.UNIT, lead="D04") == "role"
    desk.dispatched()
    with pytest.raises(NotAllowed, match="not_yours"):
        desk.order(Order(Command.SIGN, Actor(Role.UNIT, "M06")))


def test_a_ticket_keeps_its_policy_and_times_have_zones() -> None:
    desk = Desk()
    order = Order(Command.URGE, Actor(Role.CITIZEN))
    with pytest.raises(ValueError, match="opened under cn-jinan-like@1, not demo@1"):
        advance(desk.ticket, order, policy=replace(POLICY, name="demo"), calendar=CALENDAR, now=FRIDAY)
    with pytest.raises(ValueError, match="time zone"):
        advance(desk.ticket, order, policy=POLICY, calendar=CALENDAR, now=FRIDAY.replace(tzinfo=None))


def test_no_citizens_word_is_in_a_repr() -> None:
    desk = Desk().replied()
    desk.give(Command.SUPPLEMENT, Role.CITIZEN, text="只有我知道的事")
    shown = repr((desk.ticket, desk.events, desk.notices))
    assert "只有我知道的事" not in shown
    assert "净化器" not in shown


def test_the_page_is_fresh() -> None:
    page = Path(__file__).parents[2] / "docs" / "lifecycle.md"
    written = "\n".join(lifecycle_doc.lines()) + "\n"
    assert page.read_text("utf-8") == written, "run: python -m tickets.lifecycle_doc > docs/lifecycle.md"

"""Supervision by the rules and by people, helping units, repeats, the year's notice, and the sealed file."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from tests.tickets.crowd import DIRECTORY
from tests.tickets.desk import CALENDAR, UNIT, Desk, refused
from tickets.clocks.earned import earned
from tickets.command import Command as C
from tickets.limits.calendar import SHANGHAI, Calendar, DayType
from tickets.orders import NotAllowed, Order, Post
from tickets.papers.referral import may_read
from tickets.papers.supervision import SupervisionState
from tickets.state import Actor, Role, State


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def grades(desk: Desk) -> list[str]:
    found = earned(desk.ticket, policy=desk.policy, calendar=CALENDAR, now=desk.now)
    return [f"{level} {ground}" for level, ground in found]


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-09-18 12:00", []),
        ("2026-09-22 00:00", ["L1 contact_missed", "L0 time_used"]),
        ("2026-09-24 00:00", ["L1 contact_missed", "L1 yellow", "L0 time_used"]),
        ("2026-09-28 00:00", ["L2 red", "L1 contact_missed", "L1 yellow", "L0 time_used"]),
        ("2026-09-30 00:00", ["L3 overdue", "L2 red", "L1 contact_missed", "L1 yellow", "L0 time_used"]),
        ("2026-10-09 00:00", ["L4 overdue", "L3 overdue", "L2 red", "L1 contact_missed", "L1 yellow", "L0 time_used"]),
    ],
)
def test_grades_by_the_clock(now: str, due: list[str]) -> None:
    desk = Desk().handling()
    desk.now = at(now)
    assert sorted(grades(desk)) == sorted(due)


def test_a_grade_is_given_once_and_only_when_earned() -> None:
    desk = Desk().handling()
    assert refused(desk, C.SUPERVISE, Role.SYSTEM, level="L2", ground="red") == "not_earned"
    desk.now = at("2026-09-28 09:00")
    desk.give(C.SUPERVISE, Role.SYSTEM, level="L2", ground="red")
    assert (desk.alerts[-1].key, desk.alerts[-1].post, desk.alerts[-1].unit) == ("supervision.L2", Post.HEAD, UNIT)
    assert refused(desk, C.SUPERVISE, Role.SYSTEM, level="L2", ground="red") == "not_earned"
    desk.give(C.SUPERVISE, Role.SYSTEM, level="L0", ground="time_used")
    desk.give(C.SUPERVISE, Role.SYSTEM, level="L0", ground="time_used")  # 50% and 80%
    assert refused(desk, C.SUPERVISE, Role.SYSTEM, level="L0", ground="time_used") == "not_earned"
    assert refused(desk, C.SUPERVISE, Role.SYSTEM, level="L5", ground="evasion") == "not_earned"


def test_written_supervision_is_answered_checked_and_closed() -> None:
    desk = Desk().handling()
    assert refused(desk, C.SUPERVISE, Role.SUPERVISOR, who="督", level="L3", ground="instruction") == "missing:number"
    desk.by("督", C.SUPERVISE, Role.SUPERVISOR, level="L3", ground="instruction", number="DB-260918-001")
    (one,) = desk.ticket.supervisions
    assert (one.state, one.answer_by) == (SupervisionState.ISSUED, at("2026-09-22 23:59:59"))
    again = {"level": "L3", "ground": "instruction", "number": "DB-260918-001"}
    assert refused(desk, C.SUPERVISE, Role.SUPERVISOR, who="督", **again) == "number"
    number = {"number": "DB-260918-001"}
    desk.give(C.ANSWER_SUPERVISION, Role.UNIT, **number, text="已整改")
    desk.by("督", C.REJECT_SUPERVISION, Role.SUPERVISOR, **number, note="缺少照片")
    desk.give(C.ANSWER_SUPERVISION, Role.UNIT, **number, text="附照片")
    desk.by("督", C.PASS_SUPERVISION, Role.SUPERVISOR, **number)
    assert desk.ticket.supervisions[0].state is SupervisionState.CLOSED


def test_the_lead_waits_for_its_helpers_until_they_are_late() -> None:
    desk = Desk().handling()
    desk.give(C.CONTACT, Role.UNIT)
    reply = {"public_reply": "已处理", "closing_kind": "solved"}
    assert refused(desk, C.SUBMIT_REPLY, Role.UNIT, **reply) == "co_pending"
    assert desk.ticket.helping[0].due_at == at("2026-09-24 00:00")  # before the lead's own limit
    assert refused(desk, C.REQUEST_RETURN, Role.UNIT, who="M06", reason="not_our_duty") == "not_yours"
    desk.by("M06", C.CO_SIGN, Role.UNIT)
    assert refused(desk, C.CO_OVERDUE, Role.SYSTEM, unit="M06") == "early"
    desk.now = at("2026-09-24 09:00")
    desk.give(C.CO_OVERDUE, Role.SYSTEM, unit="M06")
    desk.give(C.SUBMIT_REPLY, Role.UNIT, **reply)
    assert desk.ticket.helping[0].overdue
    assert desk.ticket.state is State.TO_REVIEW


def test_work_is_handed_down_to_ones_own_units_only() -> None:
    desk = Desk(directory=DIRECTORY).handling()
    assert refused(desk, C.SUB_DISPATCH, Role.UNIT, unit="D051") == "not_below"
    desk.give(C.SUB_DISPATCH, Role.UNIT, unit="D041")
    assert [(one.unit, one.role, one.parent) for one in desk.ticket.helping][-1] == ("D041", "sub", "D04")
    assert desk.ticket.lead_unit == "D04"
    desk.by("D041", C.CO_SUBMIT, Role.UNIT, report="已到现场")


def test_help_is_asked_for_and_granted() -> None:
    desk = Desk().handling()
    assert refused(desk, C.REQUEST_CO, Role.UNIT, unit="M06", reason="需要执法") == "already"
    desk.give(C.REQUEST_CO, Role.UNIT, unit="M03", reason="需要执法")
    desk.by("白", C.APPROVE_CO, Role.DISPATCHER)
    assert desk.ticket.co_units == ("M06", "M03")
    assert [(one.key, one.unit) for one in desk.alerts[-1:]] == [("unit.helps", "M03")]


def badly_handled(times: int) -> Desk:
    desk = Desk().passed()
    for round_ in range(times):
        desk.give(C.RATE, Role.CITIZEN, satisfaction="dissatisfied", reasons=["not_true"])
        if round_ < times - 1:
            desk.by("李", C.REDO, Role.OFFICE_LEADER, cause="false_closing")
            desk.replied().give(C.REVIEW_PASS, Role.REVIEWER)
    return desk


def test_a_referral_is_proposed_late_decided_by_a_person_and_sealed() -> None:
    assert refused(badly_handled(2), C.PROPOSE_REFERRAL, Role.SYSTEM, text="多次不满意") == "too_few"
    desk = badly_handled(3)
    desk.give(C.PROPOSE_REFERRAL, Role.SYSTEM, text="三次不满意，核查为虚假办结")
    assert desk.ticket.state is State.TO_CALLBACK  # the ticket goes on
    assert refused(desk, C.REFER_DISCIPLINE, Role.SUPERVISOR, reason="x", readers=["纪"]) == "role"
    desk.by("李", C.REFER_DISCIPLINE, Role.OFFICE_LEADER, reason="证据充分", readers=["纪"])
    (file,) = desk.ticket.referrals
    assert may_read(file, Actor(Role.DISCIPLINE, "纪"))
    assert may_read(file, Actor(Role.OFFICE_LEADER, "李"))
    for other in (Actor(Role.DISCIPLINE, "别人"), Actor(Role.SUPERVISOR, "纪"), Actor(Role.UNIT, UNIT)):
        assert not may_read(file, other)
    assert refused(desk, C.ANSWER_REFERRAL, Role.DISCIPLINE, who="别人", text="?") == "nothing_asked"
    desk.by("纪", C.ANSWER_REFERRAL, Role.DISCIPLINE, text="已立案")
    assert [one.sealed for one in desk.events[-3:]] == [True, True, True]
    assert not any("referral" in one.key for one in (*desk.notices, *desk.alerts))
    assert "证据充分" not in repr((desk.ticket, desk.events))


def test_false_closing_and_urges_bring_written_supervision() -> None:
    desk = badly_handled(2)
    assert "L3 dissatisfied_again" in grades(desk)
    urged = Desk().handling()
    for _ in range(3):
        urged.give(C.URGE, Role.CITIZEN)
        urged.wait(hours=25)
    assert "L3 urged" in grades(urged)


def test_a_date_counted_into_an_unannounced_year_is_counted_again() -> None:
    desk = Desk(now=at("2031-12-30 09:00")).handling()
    assert desk.ticket.due_uncertain
    assert desk.ticket.due_at == at("2032-01-07 23:59:59")
    assert refused(desk, C.RECOUNT, Role.SYSTEM) == "early"
    notice = {date(2032, 1, 3): DayType.MAKEUP_WORKDAY, date(2032, 1, 2): DayType.WORKDAY}
    desk.calendar = Calendar(overrides=notice, announced=[2031, 2032])
    desk.give(C.RECOUNT, Role.SYSTEM)
    assert desk.ticket.due_at == at("2032-01-06 23:59:59")
    assert desk.ticket.lead is not None
    assert desk.ticket.lead.due_at == desk.ticket.due_at
    assert refused(desk, C.RECOUNT, Role.SYSTEM) == "certain"


def test_more_urgency_shortens_every_limit() -> None:
    desk = Desk().handling()
    desk.by("安", C.RAISE_URGENCY, Role.AGENT, urgency="critical")
    assert desk.ticket.lead is not None
    assert desk.ticket.due_at == desk.ticket.lead.due_at == desk.now + timedelta(hours=2)
    assert desk.ticket.helping[0].due_at == desk.now + timedelta(minutes=96)
    assert desk.ticket.interim_by == desk.now + timedelta(hours=4)


def test_a_unit_does_not_call_back_on_itself() -> None:
    desk = Desk().passed()
    own = Actor(Role.CALLBACK_OFFICER, "丁", UNIT)
    with pytest.raises(NotAllowed, match="own_unit"):
        desk.order(Order(C.RATE, own, {"satisfaction": "very"}))
    desk.by("丁", C.RATE, Role.CALLBACK_OFFICER, solved="partly")
    desk.wait(hours=1).give(C.CONTACT, Role.UNIT)  # the unit speaks with the citizen after its reply
    desk.wait(hours=1).by("丁", C.RATE, Role.CALLBACK_OFFICER, satisfaction="very")
    (one,) = desk.ticket.callbacks
    assert (one.solved, one.satisfaction, one.after_contact) == ("partly", "very", True)

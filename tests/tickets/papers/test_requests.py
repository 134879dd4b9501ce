"""What is asked and who may sign it: returns, more time, plans, unreasonable claims, endings, exclusions, refusals."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.tickets.desk import UNIT, Desk, draft, refused
from tickets.appeal import AppealType, ClosingKind, Urgency
from tickets.command import Command as C
from tickets.limits.calendar import SHANGHAI
from tickets.orders import Post
from tickets.papers.assignment import AssignmentState
from tickets.papers.request import RequestKind, RequestState
from tickets.state import Role, State

RETURN = {"reason": "not_our_duty", "clause": "三定规定第四条", "suggested": "M06"}
EXTENSION = {"workdays": 5, "text": "设备到货需要时间", "citizen_informed": "yes"}
PLAN = {"reason": "管网改造未到期", "measures": "临时抽排", "text": "明年六月前完成改造", "until": "2027-06-30"}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def returned(desk: Desk, **changes: str) -> Desk:
    desk.give(C.REQUEST_RETURN, Role.UNIT, **RETURN | changes)
    desk.by("白", C.APPROVE_RETURN, Role.DISPATCHER)
    return desk


def test_a_return_with_reason_goes_back_and_keeps_the_citizens_date() -> None:
    desk = Desk().dispatched()
    promised = desk.ticket.due_at
    desk.wait(hours=3)
    assert refused(desk, C.REQUEST_RETURN, Role.UNIT, reason="not_our_duty") == "missing:clause"
    desk.give(C.REQUEST_RETURN, Role.UNIT, **RETURN)
    assert desk.ticket.state is State.DISPATCHED  # asking stops no clock
    assert refused(desk, C.REQUEST_RETURN, Role.UNIT, **RETURN) == "pending"
    assert refused(desk, C.APPROVE_RETURN, Role.DISPATCHER) == "nameless"
    desk.by("白", C.APPROVE_RETURN, Role.DISPATCHER)
    assert (desk.ticket.state, desk.ticket.lead_unit, desk.ticket.co_units) == (State.TO_DISPATCH, "", ())
    assert desk.ticket.assignments[0].state is AssignmentState.RETURNED
    assert refused(desk, C.DISPATCH, Role.DISPATCHER, lead=UNIT) == "returned"
    desk.wait(days=2).give(C.DISPATCH, Role.DISPATCHER, lead="M06")
    assert desk.ticket.due_at == promised
    assert desk.ticket.lead is not None
    assert desk.ticket.lead.due_at == at("2026-09-28 23:59:59")  # its own five days, from Sunday the 20th
    assert desk.told()[-1] == "ticket.transferred"


def test_a_return_comes_in_time_or_not_at_all() -> None:
    desk = Desk().handling()
    desk.wait(days=3)
    assert refused(desk, C.REQUEST_RETURN, Role.UNIT, **RETURN) == "window"


def test_a_rejected_return_locks_and_the_head_may_dispute_once() -> None:
    desk = Desk().dispatched()
    assert refused(desk, C.DISPUTE, Role.UNIT, signer="局长", note="不属我局") == "no_rejected_return"
    desk.give(C.REQUEST_RETURN, Role.UNIT, **RETURN)
    desk.by("白", C.REJECT_RETURN, Role.DISPATCHER, note="属贵局职责")
    assert desk.ticket.lead is not None
    assert desk.ticket.lead.forced
    assert refused(desk, C.REQUEST_RETURN, Role.UNIT, **RETURN) == "locked"
    desk.give(C.DISPUTE, Role.UNIT, signer="局长", note="不属我局")
    desk.give(C.SIGN, Role.UNIT)  # 先办后议: it handles meanwhile
    desk.by("陈", C.DECIDE_LEAD, Role.PANELIST, lead=UNIT, minutes="会议纪要第3号")
    assert (desk.ticket.state, desk.ticket.consultation) == (State.HANDLING, None)
    assert refused(desk, C.DISPUTE, Role.UNIT, signer="局长", note="仍不属我局") == "disputed"


def test_after_two_returns_a_panel_decides_and_teaches_the_catalogue() -> None:
    desk = returned(Desk().dispatched())
    desk.give(C.DISPATCH, Role.DISPATCHER, lead="M06")
    returned(desk)
    assert refused(desk, C.DISPATCH, Role.DISPATCHER, lead="M03") == "to_panel"
    desk.by("白", C.TO_CONSULTATION, Role.DISPATCHER, reason="returned", candidates=["M06", "M03"])
    assert desk.ticket.state is State.IN_CONSULTATION
    assert refused(desk, C.ESCALATE, Role.SYSTEM) == "early"
    desk.wait(days=5).give(C.ESCALATE, Role.SYSTEM)
    desk.by("白", C.ESCALATE, Role.DISPATCHER)
    assert refused(desk, C.ESCALATE, Role.SYSTEM) == "early"
    assert desk.ticket.consultation is not None
    assert desk.ticket.consultation.panel == "standing_meeting"
    desk.by("李", C.DECIDE_LEAD, Role.OFFICE_LEADER, lead="M03", minutes="常务会议纪要")
    assert (desk.ticket.state, desk.ticket.lead_unit) == (State.DISPATCHED, "M03")
    assert desk.events[-1].data["proposes"] == {"category": "0106", "district": "", "lead": "M03", "co": []}
    assert refused(desk, C.REQUEST_RETURN, Role.UNIT, **RETURN) == "locked"


def test_nobody_deciding_is_no_consent() -> None:
    desk = Desk().dispatched()
    desk.give(C.REQUEST_RETURN, Role.UNIT, **RETURN)
    assert refused(desk, C.ESCALATE_REQUEST, Role.SYSTEM) == "early"
    desk.wait(days=2).give(C.ESCALATE_REQUEST, Role.SYSTEM)
    assert desk.ticket.state is State.DISPATCHED
    assert desk.alerts[-1].post is Post.OFFICE
    desk.by("李", C.APPROVE_RETURN, Role.OFFICE_LEADER)
    assert desk.ticket.return_count == 1


def test_extensions_move_the_date_twice_at_most_ten_days_in_all() -> None:
    desk = Desk().handling()
    assert refused(desk, C.REQUEST_EXTENSION, Role.UNIT, **EXTENSION | {"workdays": 6}) == "too_long"
    told = EXTENSION | {"citizen_informed": ""}
    assert refused(desk, C.REQUEST_EXTENSION, Role.UNIT, **told) == "invalid:citizen_informed"
    desk.give(C.REQUEST_EXTENSION, Role.UNIT, **EXTENSION)
    assert desk.ticket.due_at == at("2026-09-24 23:59:59")
    desk.by("白", C.APPROVE_EXTENSION, Role.DISPATCHER)
    assert desk.ticket.due_at == at("2026-10-09 23:59:59")  # past the holidays
    assert desk.notices[-1].params["text"] == "设备到货需要时间"
    assert desk.notices[-1].params["due"] == "2026-10-09"
    desk.give(C.REQUEST_EXTENSION, Role.UNIT, **EXTENSION)
    assert refused(desk, C.APPROVE_EXTENSION, Role.DISPATCHER, who="白") == "role"
    desk.by("李", C.APPROVE_EXTENSION, Role.OFFICE_LEADER)
    assert desk.ticket.due_at == at("2026-10-15 23:59:59")
    assert refused(desk, C.REQUEST_EXTENSION, Role.UNIT, **EXTENSION) == "extensions"


def test_what_is_late_or_critical_is_not_extended() -> None:
    late = Desk().handling().wait(days=7)
    assert refused(late, C.REQUEST_EXTENSION, Role.UNIT, **EXTENSION) == "overdue"
    critical = Desk(draft(urgency=Urgency.CRITICAL)).handling()
    assert refused(critical, C.REQUEST_EXTENSION, Role.UNIT, **EXTENSION) == "urgency"


def test_a_plan_is_looked_after_until_its_end() -> None:
    desk = Desk().handling()
    assert refused(desk, C.REQUEST_SUSPEND, Role.UNIT, **PLAN | {"until": "2026-09-18"}) == "past"
    desk.give(C.REQUEST_SUSPEND, Role.UNIT, **PLAN)
    desk.by("李", C.APPROVE_SUSPEND, Role.OFFICE_LEADER)
    assert (desk.ticket.state, desk.ticket.due_at) == (State.SUSPENDED, at("2027-06-30 23:59:59"))
    assert desk.told()[-1] == "ticket.suspended"
    assert desk.ticket.step_by == at("2026-10-22 23:59:59")  # twenty working days on
    assert refused(desk, C.PLAN_OVERDUE, Role.SYSTEM, number="DB-1") == "early"
    desk.wait(days=30).give(C.PROGRESS, Role.UNIT, text="已完成招标")
    desk.wait(days=60).give(C.PLAN_OVERDUE, Role.SYSTEM, number="DB-1")
    assert [(one.level, one.ground) for one in desk.ticket.supervisions] == [("L3", "plan_missed")]
    assert refused(desk.wait(days=60), C.PLAN_OVERDUE, Role.SYSTEM, number="DB-1") == "number"
    desk.give(C.RESUME, Role.UNIT)
    assert (desk.ticket.state, desk.ticket.due_at) == (State.HANDLING, at("2027-06-30 23:59:59"))


def test_an_unreasonable_claim_needs_two_signatures_and_can_be_reopened() -> None:
    desk = Desk().handling()
    desk.give(C.CLAIM_UNREASONABLE, Role.UNIT, evidence="现场记录", public_reply="该要求没有法律依据")
    desk.by("安", C.APPROVE_UNREASONABLE, Role.REVIEWER)
    assert desk.ticket.state is State.HANDLING
    desk.by("李", C.APPROVE_UNREASONABLE, Role.OFFICE_LEADER)
    assert (desk.ticket.state, desk.ticket.closing_kind) == (State.CLOSED, ClosingKind.UNREASONABLE)
    assert desk.notices[-1].params["text"] == "该要求没有法律依据"
    assert desk.ticket.satisfaction is None
    desk.give(C.REOPEN, Role.CITIZEN)
    assert desk.ticket.state is State.HANDLING


def test_ending_for_good_takes_explanations_and_three_people() -> None:
    desk = Desk().passed()
    desk.give(C.RATE, Role.CITIZEN, satisfaction="dissatisfied")
    desk.by("安", C.EXPLAIN, Role.REVIEWER, cause="policy", text="按规定只能如此")
    terms = {"text": "已三次答复", "legal_check": "法制审核通过", "no_new_fact": True}
    assert refused(desk, C.PROPOSE_TERMINATE, Role.UNIT, **terms) == "too_few"
    desk.give(C.REOPEN, Role.CITIZEN)
    desk.replied().give(C.REVIEW_PASS, Role.REVIEWER)
    desk.give(C.RATE, Role.CITIZEN, satisfaction="dissatisfied")
    desk.by("安", C.EXPLAIN, Role.REVIEWER, cause="policy", text="再次说明")
    desk.by("安", C.PROPOSE_TERMINATE, Role.REVIEWER, **terms)
    desk.by("李", C.APPROVE_TERMINATE, Role.OFFICE_LEADER)
    assert desk.ticket.state is State.CLOSED
    assert refused(desk, C.APPROVE_TERMINATE, Role.OFFICE_LEADER, who="李") == "same_person"
    desk.by("赵", C.APPROVE_TERMINATE, Role.OFFICE_LEADER)
    assert (desk.ticket.state, desk.told()[-1]) == (State.TERMINATED, "ticket.terminated")
    assert refused(desk, C.REOPEN, Role.CITIZEN) == "missing:new_fact"
    desk.wait(days=100).give(C.REOPEN, Role.CITIZEN, new_fact="新的鉴定报告")
    assert desk.ticket.state is State.HANDLING


def test_exclusion_is_asked_before_the_month_freezes() -> None:
    desk = Desk().closed()
    desk.now = at("2026-10-08 10:00")  # the first working days after September ended
    desk.give(C.REQUEST_EXCLUSION, Role.UNIT, rule="R6", evidence="派单记录")
    desk.by("安", C.APPROVE_EXCLUSION, Role.REVIEWER)
    assert desk.ticket.assessed
    desk.by("李", C.APPROVE_EXCLUSION, Role.OFFICE_LEADER)
    assert not desk.ticket.assessed
    assert refused(desk, C.REQUEST_EXCLUSION, Role.UNIT, rule="R1", evidence="x") == "excluded"
    late = Desk().closed()
    late.now = at("2026-10-14 10:00")
    assert refused(late, C.SCORE_APPEAL, Role.UNIT, text="评分有误", evidence="记录") == "window"


def test_a_refusal_is_confirmed_told_and_objected_to_once() -> None:
    desk = Desk(draft(missing=("where",)))
    why = {"scope_rule": "S4", "text": "该事项正在诉讼，请向法院反映。"}
    desk.by("安", C.REFUSE, Role.AGENT, **why)
    assert refused(desk, C.APPROVE_REFUSAL, Role.REVIEWER, who="安") == "same_person"
    desk.by("白", C.APPROVE_REFUSAL, Role.REVIEWER)
    assert (desk.ticket.state, desk.notices[-1].params["text"]) == (State.NOT_ACCEPTED, why["text"])
    desk.wait(days=2).give(C.OBJECT, Role.CITIZEN)
    assert refused(desk, C.REFUSE, Role.AGENT, who="安", **why) == "same_person"
    desk.by("丁", C.REFUSE, Role.AGENT, **why)
    desk.by("白", C.APPROVE_REFUSAL, Role.REVIEWER)
    assert refused(desk, C.OBJECT, Role.CITIZEN) == "objections"


def test_what_waits_lapses_when_the_ticket_moves_on() -> None:
    desk = Desk().handling()
    desk.give(C.REQUEST_EXTENSION, Role.UNIT, **EXTENSION)
    desk.replied()
    assert [one.state for one in desk.ticket.requests] == [RequestState.LAPSED]
    assert desk.ticket.pending(RequestKind.EXTENSION) is None


def test_a_report_never_goes_to_whom_it_is_about() -> None:
    desk = Desk(draft(AppealType.REPORT, missing=("where",)))
    desk.by("安", C.ACCEPT, Role.AGENT, respondent_unit="D04")
    assert refused(desk, C.DISPATCH, Role.DISPATCHER, lead="D04") == "respondent"
    assert refused(desk, C.DISPATCH, Role.SYSTEM, lead="M06") == "not_automatic"  # it is confidential
    desk.give(C.DISPATCH, Role.DISPATCHER, lead="M06")
    assert desk.ticket.lead_unit == "M06"


def test_who_is_not_reached_three_times_is_not_reached() -> None:
    desk = Desk().passed()
    for clock, again in ((9, "early"), (12, "early"), (19, "attempts")):
        desk.now = desk.now.replace(hour=clock)
        desk.by("丁", C.NO_REACH, Role.CALLBACK_OFFICER)
        assert refused(desk, C.NO_REACH, Role.CALLBACK_OFFICER, who="丁") == again
        desk.now += timedelta(days=1)
        if again != "attempts":
            assert refused(desk, C.NO_REACH, Role.CALLBACK_OFFICER, who="丁") == "slot"
    assert refused(desk, C.LAPSE, Role.SYSTEM) == "early"  # the messages go on
    desk.by("丁", C.LAPSE, Role.CALLBACK_OFFICER)
    assert [one.outcome for one in desk.ticket.callbacks] == ["no_answer"] * 3
    assert desk.ticket.state is State.CLOSED

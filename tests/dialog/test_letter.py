"""S13 as plain values: a letter opens its ticket without a question, and a reply continues what it answers."""

from __future__ import annotations

from datetime import timedelta

import pytest

from channels.message import Kind, Letter
from dialog.acts import HandOver, OpenTicket, RaiseAlarm, Rate, Supplement, Urge
from dialog.view import Asks, SurveyView, TicketView
from tests.dialog.talk import EVENING, FRESH, IMAGE, Citizen
from tickets.appeal import AppealType, Satisfaction, Solved, Urgency
from tickets.ticket import State

NUMBER = "2609180000017"
MINE = TicketView(
    number=NUMBER,
    type=AppealType.HELP,
    urgency=Urgency.NORMAL,
    state=State.HANDLING,
    title="路灯不亮",
    category="0203",
    received_at=EVENING - timedelta(days=1),
    unit="天桥区城管局",
    due_at=EVENING + timedelta(days=4),
)
OURS = ("<m.0@city.test>",)


def answering(citizen: Citizen, text: str, title: str = "回复：【工单尾号0017】办理结果答复") -> Citizen:
    return citizen.says(text, letter=Letter(title=title, replies_to=OURS))


def test_a_whole_letter_is_a_ticket_at_once() -> None:
    body = "我家住历下区明湖小区3号楼，从9月10日开始自来水一直浑浊，物业不管。"
    citizen = Citizen().says(body, IMAGE, letter=Letter(title="关于明湖小区二次供水浑浊的反映"))
    (opened,) = citizen.did
    assert isinstance(opened, OpenTicket)
    draft = opened.draft
    assert (draft.title, draft.content, draft.missing) == ("关于明湖小区二次供水浑浊的反映", body, ())
    assert (draft.category, draft.attachments) == ("0401", ("img-1",))
    assert citizen.heard == (
        f"您的来信《关于明湖小区二次供水浑浊的反映》已收到，编号{FRESH.number}，查询码{FRESH.query_code}，3个工作日内告知受理情况。"
    )
    assert citizen.memory.flow == ""


@pytest.mark.parametrize(
    ("sort", "kind"),
    [("consult", AppealType.CONSULT), ("complaint", AppealType.COMPLAINT), ("suggest", AppealType.SUGGEST),
     ("help", AppealType.HELP)],
)  # fmt: skip
def test_what_the_citizen_calls_it_holds(sort: str, kind: AppealType) -> None:
    citizen = Citizen().says("请问地铁五号线什么时候开通运营？", letter=Letter(title="关于地铁五号线的问题", sort=sort))
    (opened,) = citizen.did
    assert isinstance(opened, OpenTicket)
    assert opened.draft.type is kind


def test_what_is_missing_is_marked() -> None:
    citizen = Citizen().says("路灯不亮了", letter=Letter(title="路灯"))
    (opened,) = citizen.did
    assert isinstance(opened, OpenTicket)
    assert opened.draft.missing == ("where", "when")
    assert "没有写明地点、时间" in citizen.heard


def test_an_empty_letter_opens_nothing() -> None:
    assert Citizen().says("", letter=Letter()).did == []


def test_a_reply_adds_to_its_ticket() -> None:
    for citizen in (Citizen(tickets=(MINE,)), Citizen(tickets=(MINE,), about=NUMBER)):
        answering(citizen, "昨天晚上又灭了两盏，一共五盏。")
        assert citizen.did == [Supplement(NUMBER, "昨天晚上又灭了两盏，一共五盏。")]
        assert NUMBER in citizen.heard


def test_a_token_of_somebody_elses_ticket_opens_a_new_one() -> None:
    citizen = Citizen(tickets=()).says("我也要看结果", letter=Letter(title="【工单尾号0017】办理结果答复"))
    assert [type(act) for act in citizen.did] == [OpenTicket]


def test_a_reply_to_a_closed_ticket_opens_a_new_one() -> None:
    from dataclasses import replace

    closed = replace(MINE, state=State.CLOSED, closed_at=EVENING)
    citizen = answering(Citizen(tickets=(closed,), about=NUMBER), "路灯又不亮了，还是明湖西路12号门口那一盏。")
    assert [type(act) for act in citizen.did] == [OpenTicket]


@pytest.mark.parametrize("text", ["谢谢", "好的，谢谢您！", "收到，辛苦了。", "知道了"])
def test_thanks_are_not_answered(text: str) -> None:
    citizen = answering(Citizen(tickets=(MINE,), about=NUMBER), text)
    assert (citizen.did, citizen.turn.say) == ([], None)


@pytest.mark.parametrize(
    ("text", "act"), [("催办\n\n李明\n13800138000", Urge), ("人工", HandOver), ("转人工\n李明", HandOver)]
)
def test_a_command_in_the_first_line_is_heard_above_a_signature(text: str, act: type) -> None:
    assert [type(one) for one in answering(Citizen(tickets=(MINE,), about=NUMBER), text).did] == [act]


def test_a_long_letter_that_names_a_command_is_a_letter() -> None:
    citizen = Citizen().says(
        "我打热线要转人工等了一个小时，天桥区明湖西路12号路灯坏了三天没人修。", letter=Letter(title="路灯")
    )
    assert [type(act) for act in citizen.did] == [OpenTicket]


@pytest.mark.parametrize(
    ("text", "asks", "rate"),
    [
        ("1", Asks.SOLVED, Rate(NUMBER, Solved.SOLVED, asks_next=Asks.RATING)),
        ("3\n\n李明", Asks.SOLVED, Rate(NUMBER, Solved.UNSOLVED, asks_next=Asks.RATING)),
        ("满意\n\n--\n李明\n某某公司行政部", Asks.RATING, Rate(NUMBER, None, Satisfaction.SATISFIED)),
    ],
)
def test_a_rating_is_heard_by_digit_or_word(text: str, asks: Asks, rate: Rate) -> None:
    survey = SurveyView(NUMBER, asks)
    assert answering(Citizen(tickets=(MINE,), survey=survey, about=NUMBER), text).did == [rate]


def test_a_machine_is_never_answered_whatever_it_says() -> None:
    citizen = Citizen().says("着火了，快救命", kind=Kind.AUTOMATIC, letter=Letter(title="自动回复"))
    assert (citizen.did, citizen.turn.say) == ([], None)


def test_a_doubt_about_danger_asks_no_question_and_alarms_a_person() -> None:
    text = "活着真没意思，厂里欠薪三个月了。历下区泉城路某某公司，从六月开始。"
    citizen = Citizen().says(text, letter=Letter(title="关于拖欠工资的反映"))
    kinds = [type(act) for act in citizen.did]
    assert RaiseAlarm in kinds
    assert OpenTicket in kinds or HandOver in kinds

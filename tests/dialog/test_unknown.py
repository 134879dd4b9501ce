"""What nobody knows yet: the citizen is asked once whether to tell him, an expert is invited, wrong answers are heard."""

from dataclasses import replace
from datetime import timedelta

from dialog.acts import (
    Disputed,
    HandOver,
    Helped,
    InviteExpert,
    OpenTicket,
    PromiseCall,
    ReleaseCall,
    TakeBack,
    Unanswered,
    WantsTold,
    Wrong,
)
from dialog.flows.drafts import half_filled, put_aside
from dialog.view import Owner
from tests.dialog.talk import Citizen
from tickets.appeal import AppealType, Solved
from tickets.limits.duration import Duration

ALIEN = "请问火星车的号牌怎么申领？"


def test_the_citizen_is_asked_once_and_wants_to_be_told():
    citizen = Citizen().says(ALIEN).hears_of("有了答案后需要通知您吗", "“要”或“不用”")
    assert citizen.did == [Unanswered(ALIEN, "1")]
    citizen.says("要").hears_of("有了答案会在这里通知您")
    assert citizen.did == [WantsTold("1")]
    citizen.says("登记").hears_of("请您核对")
    assert citizen.memory.flow == "report"


def test_he_may_not_want_it_or_ask_something_else():
    assert Citizen().says(ALIEN).says("不用").hears_of("随时找我们").did == []
    citizen = Citizen().says(ALIEN).says("请问今年几号开始供暖").hears_of("11月15日")
    assert not any(isinstance(act, WantsTold) for act in citizen.all_acts)


def test_by_text_message_it_fits_one():
    citizen = Citizen(brief=True).says(ALIEN).hears_of("要", "登记", "人工")
    assert len("【泉城12345】" + citizen.heard) <= 70


def test_registering_the_question_is_a_consultation():
    citizen = Citizen().says(ALIEN).says("登记").says("提交")
    assert citizen.one(OpenTicket).draft.type is AppealType.CONSULT
    assert citizen.one(OpenTicket).draft.content == ALIEN


def test_an_expert_is_invited_only_where_one_of_his_unit_is_there():
    asked = "请问异地就医先天性心脏病手术需要谁同意？"
    here = Citizen(experts=frozenset({"M11"})).says(asked)
    here.hears_of("需要市医保局确认", "邀请市医保局专家", "约2分钟")
    assert here.did == [Unanswered(asked, "1"), InviteExpert("M11", asked)]
    away = Citizen(experts=frozenset({"M12"})).says(asked).hears_of("有了答案后需要通知您吗")
    assert away.did == [Unanswered(asked, "1")]


def test_while_an_expert_is_awaited_nobody_speaks_but_a_person_can_be_asked_for():
    waiting = Citizen(owner=Owner.EXPERT, agents=1)
    waiting.says("还要多久").hears_nothing()
    assert isinstance(waiting.says("转人工").did[0], HandOver)
    assert waiting.says("返回").did == [TakeBack()]


def test_a_wrong_answer_is_reported_to_its_owner():
    citizen = Citizen().says("请问今年几号开始供暖").says("答案不对,早就改了").hears_of("热力集团", "登记")
    assert citizen.did == [Helped("KB-0412", Solved.UNSOLVED), Disputed("KB-0412", Wrong.WRONG, "答案不对,早就改了")]
    outdated = Citizen().says("请问今年几号开始供暖").says("过期了")
    assert outdated.did[1] == Disputed("KB-0412", Wrong.OUTDATED, "过期了")
    assert Citizen().says("过期了").did == []


def test_an_answer_that_did_not_help_is_a_gap():
    citizen = Citizen().says("请问今年几号开始供暖").says("没解决").hears_of("登记")
    gap = Unanswered("请问今年几号开始供暖", "1", "KB-0412")
    assert citizen.did == [Helped("KB-0412", Solved.UNSOLVED), gap]


def test_the_question_survives_a_choice():
    citizen = Citizen().says("暖气")
    if citizen.memory.step == "offered":
        citizen.says("都不是").hears_of("有了答案后需要通知您吗")
        assert citizen.did == [Unanswered("暖气", "1")]


def test_a_promised_call_suits_or_not():
    citizen = Citizen(phone_tail="5678").says("人工").hears_of("30分钟内给您回电（尾号5678）")
    assert citizen.one(PromiseCall).within == Duration.parse("30m")
    citizen.view = replace(citizen.view, owner=Owner.QUEUE)
    assert citizen.says("方便").hears_of("保持电话畅通").did == []
    citizen.says("方便").hears_nothing()
    other = Citizen(phone_tail="5678").says("人工")
    other.view = replace(other.view, owner=Owner.QUEUE)
    assert other.says("不方便").hears_of("不给您打电话").did == [ReleaseCall("1")]


def test_a_half_filled_report_is_taken_up_again_where_it_was_left():
    citizen = Citizen(media=True).says("楼下烧烤店天天晚上冒烟,没人管")
    asked = citizen.heard
    assert half_filled(citizen.memory)
    citizen.says("继续").hears_of(asked.rpartition("请问")[2])
    assert not any(isinstance(act, OpenTicket) for act in citizen.all_acts)
    citizen.memory = put_aside(citizen.memory, until=citizen.now + timedelta(days=7))
    assert not half_filled(citizen.memory)
    citizen.says("请问今年几号开始供暖").hears_of("11月15日")
    citizen.says("继续").hears_of(asked.rpartition("请问")[2])
    assert half_filled(citizen.memory)
    citizen.says("天桥区明湖西路12号").says("一个月了").says("可联系").says("提交")
    assert citizen.one(OpenTicket).draft.place == "天桥区明湖西路12号"


def test_a_draft_is_forgotten_after_its_time_and_nothing_told_is_no_draft():
    citizen = Citizen().says("楼下烧烤店天天晚上冒烟,没人管")
    citizen.memory = put_aside(citizen.memory, until=citizen.now + timedelta(days=7))
    citizen.now += timedelta(days=8)
    citizen.says("继续").hears_of("没有待提交的登记")
    assert citizen.memory.dump().get("kept") is None
    assert not half_filled(Citizen().says("我要投诉").memory)

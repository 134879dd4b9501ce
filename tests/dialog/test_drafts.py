"""A command for a report that is not there is answered plainly; it is no question, and never a matter."""

from datetime import timedelta

import pytest

from dialog.acts import OpenTicket, Supplement, Unanswered
from tests.dialog.talk import EVENING, Citizen
from tests.dialog.test_scripts import smoke

SMOKE = "天桥区明湖西路12号“老张烧烤”油烟扰民半个多月了,每晚8点到12点,请保密"


@pytest.mark.parametrize(
    "words", ["提交", "确认提交", "取消", "算了", "继续", "重新开始", "submit", "cancel", "continue"]
)
def test_no_report_waits(words):
    citizen = Citizen().says(words)
    citizen.hears_of(
        "There is no unfinished report" if words.isascii() else "没有待提交的登记。您可以直接写下要反映的问题"
    )
    assert not citizen.all_acts
    assert not citizen.memory.flow


@pytest.mark.parametrize("words", ["提交", "取消", "继续"])
def test_who_has_just_submitted_hears_which(words):
    now = EVENING + timedelta(minutes=1)
    citizen = Citizen(now=now, tickets=(smoke(),)).says(words).hears_of("尾号0217", "已经提交")
    assert not citizen.all_acts
    Citizen(now=EVENING + timedelta(days=2), tickets=(smoke(),)).says(words).hears_of("没有待提交的登记")


@pytest.mark.parametrize("words", ["好的", "是", "没有", "不知道", "保密", "可联系"])
def test_an_answer_to_nothing_is_no_question(words):
    assert not Citizen().says(words).all_acts


@pytest.mark.parametrize("before", [(), ("登记",), ("我要投诉",), ("咨询",), ("咨询", "取消"), ("提交",)])
@pytest.mark.parametrize("words", ["提交", "确认", "继续", "好的"])
def test_a_command_is_never_the_matter(before, words):
    citizen = Citizen()
    for one in before:
        citizen.says(one)
    citizen.says(words).says("登记").says("路灯不亮了三天,天桥区明湖西路12号")
    while citizen.memory.step == "gather":
        citizen.says("不清楚")
    assert citizen.says("提交").one(OpenTicket).draft.content.splitlines()[0] == "路灯不亮了三天,天桥区明湖西路12号"
    assert not any(isinstance(act, Unanswered) for act in citizen.all_acts)


def test_submit_in_the_middle_shows_what_was_gathered():
    citizen = Citizen().says("楼下烧烤店天天冒烟没人管").says("提交").hears_of("请您核对", "地点:未提供")
    assert citizen.says("提交").one(OpenTicket).draft.place == ""
    citizen = Citizen().sends_place("天桥区明湖西路12号").says("提交").hears_of("请告诉我发生了什么事")
    assert not citizen.all_acts


def test_a_report_can_be_begun_anew():
    citizen = Citizen().says(SMOKE).says("重新开始").hears_of("请告诉我发生了什么事").says("明湖西路路灯不亮三天了")
    while citizen.memory.step == "gather":
        citizen.says("不清楚")
    assert "烧烤" not in citizen.says("提交").one(OpenTicket).draft.content


def test_a_button_of_a_report_that_is_gone_says_what_is_true():
    citizen = Citizen().says(SMOKE).taps("report:submit")
    citizen.view = Citizen(tickets=(smoke(),)).view
    for choice in ("report:submit", "report:cancel"):
        citizen.taps(choice).hears_of("尾号0217", "已经提交")
        assert not citizen.did


def test_a_command_is_no_supplement():
    citizen = Citizen(tickets=(smoke(),)).says("补充").says("提交").hears_of("0217")
    assert not citizen.all_acts
    assert citizen.says("他们昨天半夜还在烤").one(Supplement)

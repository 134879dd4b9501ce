"""Reports: what was said is not asked again, nothing is submitted unconfirmed, what is missing is marked."""

import pytest

from channels.message import Event
from dialog.acts import Answered, Consent, HandOver, OpenTicket, TakeBack
from dialog.view import Owner
from tests.dialog.talk import FRESH, IMAGE, Citizen
from tickets.appeal import AppealType, Urgency


def test_one_message_may_hold_everything():
    citizen = (
        Citizen()
        .says("天桥区明湖西路12号“老张烧烤”油烟扰民半个多月了,每晚8点到12点,请保密")
        .hears_of("请您核对", "老张烧烤", "天桥区明湖西路12号", "20–24时", "是否保密:是")
    )
    draft = citizen.says("提交").one(OpenTicket).draft
    assert (draft.district, draft.missing, draft.category, draft.confidential) == ("04", (), "0106", True)


def test_what_was_not_given_is_marked():
    citizen = Citizen().says("我要投诉").says("物业乱收费")
    while citizen.memory.step == "gather":
        citizen.says("不清楚")
    draft = citizen.says("提交").one(OpenTicket).draft
    assert {"where", "when", "who"} <= set(draft.missing)
    citizen.hears_of(FRESH.number, "缺少关键信息", "先由工作人员审核")


def test_a_change_in_free_words_before_submitting():
    citizen = Citizen().says("天桥区明湖西路12号“老张烧烤”油烟扰民半个多月了,每晚8点到12点,请保密")
    citizen.says("地点改成历下区泉城路5号").hears_of("已修改", "历下区泉城路5号")
    draft = citizen.says("提交").one(OpenTicket).draft
    assert (draft.place, draft.district) == ("历下区泉城路5号", "01")


def test_nothing_is_submitted_when_cancelled():
    citizen = Citizen().says("楼下烧烤店天天冒烟没人管").says("算了").hears_of("已取消")
    assert not citizen.all_acts


def test_reports_are_confidential_by_default():
    citizen = (
        Citizen()
        .says("我举报我们单位不给交社保,千万别让老板知道是我")
        .hears_of("放心,举报默认保密", "不会提供给被举报单位")
    )
    while citizen.memory.step == "gather":
        citizen.says("不清楚")
    draft = citizen.says("提交").one(OpenTicket).draft
    assert (draft.type, draft.confidential) == (AppealType.REPORT, True)


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("建议在泉城路增设公交站", AppealType.SUGGEST),
        ("表扬天桥区政务大厅3号窗口的工作人员,非常热情", AppealType.PRAISE),
    ],
)
def test_suggestions_and_praise_are_not_questioned(words, kind):
    citizen = Citizen().says(words).hears_of("请您核对")
    assert citizen.says("提交").one(OpenTicket).draft.type is kind


@pytest.mark.parametrize(
    ("words", "kind", "category"),
    [
        ("明湖西路路灯不亮三天了", AppealType.HELP, "0203"),
        ("工地夜间施工噪音太吵,没人管", AppealType.COMPLAINT, "0601"),
        ("公司拖欠工资三个月", AppealType.COMPLAINT, "0701"),
        ("井盖没了很危险,在北园大街", AppealType.HELP, "0202"),
        ("建议你们管管门口乱停车,天天堵着没人管", AppealType.COMPLAINT, "0504"),
    ],
)
def test_type_and_category(words, kind, category):
    citizen = Citizen().says(words)
    while citizen.memory.step == "gather":
        citizen.says("不清楚")
    draft = citizen.says("提交").one(OpenTicket).draft
    assert (draft.type, draft.category) == (kind, category)
    assert words in draft.content


def test_a_hazard_is_urgent():
    citizen = Citizen().says("井盖没了很危险,在北园大街")
    while citizen.memory.step == "gather":
        citizen.says("不清楚")
    assert citizen.says("提交").one(OpenTicket).draft.urgency is Urgency.URGENT


def test_photos_before_words_are_not_lost():
    citizen = Citizen(media=True).says("我要投诉").says("", IMAGE).says("楼下烧烤店天天冒烟没人管")
    while citizen.memory.step == "gather":
        citizen.says("不清楚")
    assert citizen.says("提交").one(OpenTicket).draft.attachments == ("img-1",)


def test_progress_can_be_asked_in_the_middle():
    citizen = Citizen().says("楼下烧烤店天天冒烟没人管").says("查询").hears_of("没有查到")
    citizen.says("天桥区明湖西路12号").hears_of("收到:天桥区明湖西路12号")


def test_the_registered_question_is_the_matter():
    citizen = Citizen().says("请问今年几号开始供暖?家里只有15度能投诉吗")
    assert citizen.one(Answered)
    citizen.says("登记").hears_of("登记", "您家在哪个区")
    while citizen.memory.step == "gather":
        citizen.says("天桥区明湖西路12号,一周了")
    draft = citizen.says("提交").one(OpenTicket).draft
    assert (draft.type, draft.category) == (AppealType.HELP, "0402")
    assert "15度" in draft.content


def test_a_person_in_the_middle_gets_what_was_said():
    citizen = Citizen(agents=1).says("楼下烧烤店天天冒烟没人管").says("人工")
    assert "烧烤" in citizen.one(HandOver).summary
    assert citizen.memory.flow == "report"


def test_a_person_is_asked_for_only_where_one_is():
    assert not any(isinstance(act, HandOver) for act in Citizen(agents=1).says("路灯坏了麻烦找个人来修").did)


def test_while_a_person_holds_the_conversation_we_keep_quiet():
    citizen = Citizen(owner=Owner.AGENT).says("那我什么时候能收到答复").hears_nothing().says("人工").hears_nothing()
    assert not citizen.all_acts
    citizen.says("着火了快来人").hears_of("119")


def test_from_the_queue_one_may_come_back():
    citizen = Citizen(owner=Owner.QUEUE).says("在吗").hears_nothing().says("返回")
    assert citizen.did == [TakeBack()]


def test_opting_out_and_in_by_whole_words_only():
    assert Citizen().says("TD").did == [Consent(notices=False)]
    assert Citizen().says("退订").did == [Consent(notices=False)]
    assert Citizen().says("订阅").did == [Consent(notices=True)]
    assert Citizen().says("我要退订有线电视怎么办").did != [Consent(notices=False)]


def test_the_menu_and_its_numbers():
    citizen = Citizen(buttons=True).happens(Event.FOLLOWED).hears_of("您的个人信息只用于办理诉求")
    assert [choice.id for choice in citizen.said.choices] == [
        "menu:report",
        "menu:consult",
        "menu:progress",
        "menu:human",
    ]
    citizen.taps("menu:report").hears_of("发生了什么事")
    typed = Citizen().says("你好").hears_of("1 反映问题 2 咨询政策 3 查询进度 4 转人工").says("3").hears_of("没有查到")
    assert not typed.all_acts


def test_english_is_answered_in_english_until_chinese_comes_back():
    citizen = Citizen().says("hello").hears_of("public service hotline")
    citizen.says("my house is on fire").hears_of("Call 119")
    assert citizen.memory.locale == "en"
    assert Citizen().says("CX").memory.locale == "zh_CN"
    assert Citizen().says("hello").says("路灯不亮三天了").memory.locale == "zh_CN"


@pytest.mark.parametrize(
    ("words", "where"),
    [("不服法院判决怎么办", "12368"), ("我要举报局长收红包", "12388"), ("给我讲个笑话", "不在12345的服务范围")],
)
def test_what_is_not_ours_is_told_where_to_go(words, where):
    Citizen().says(words).hears_of(where)

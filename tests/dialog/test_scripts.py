"""The scripts S1 to S11 of the hotline, word for word where the data is the same."""

from datetime import datetime, timedelta

import pytest

from channels.message import Kind, Location
from dialog.acts import Answered, HandOver, Helped, OpenTicket, RaiseAlarm, Rate, Supplement, Urge, Withdraw
from dialog.view import Asks, Owner, SurveyView, TicketView
from tests.dialog.talk import EVENING, IMAGE, VIDEO, Citizen
from tickets.appeal import AppealType, Reason, Satisfaction, Solved, Urgency
from tickets.limits.calendar import SHANGHAI
from tickets.ticket import State


def at(month: int, day: int, hour: int = 12) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=SHANGHAI)


def smoke(**facts: object) -> TicketView:
    """The ticket of S2 under way."""
    usual = {
        "number": "2609180000217",
        "type": AppealType.COMPLAINT,
        "urgency": Urgency.NORMAL,
        "state": State.HANDLING,
        "title": "投诉“老张烧烤”夜间油烟扰民",
        "category": "0106",
        "received_at": EVENING,
        "unit": "天桥区城管局",
        "due_at": datetime(2026, 9, 24, 23, 59, 59, tzinfo=SHANGHAI),
        "signed_at": at(9, 20),
        "contact_by": at(9, 21),
    }
    return TicketView(**(usual | facts))


def test_s1_a_consultation_answered_from_the_knowledge_base():
    citizen = Citizen(now=at(10, 25))
    citizen.says("请问今年几号开始供暖?家里只有15度能投诉吗").hears(
        "您好!按现行规定,泉城集中供热时间为每年11月15日至次年3月15日,遇寒潮市政府可提前或延长;供热期内卧室、起居室温度应不低于18℃。\n"
        "（依据:《泉城市集中供热管理办法》,知识库条目 KB-0412,核验日期 2026-10-20）\n"
        "您家室温15℃低于标准,可以报修测温。需要我现在为您登记吗?回复“登记”或“不用”。"
    )
    assert citizen.one(Answered).entry == "KB-0412"
    citizen.says("不用,我先问问物业").hears(
        "好的。若24小时内没有改善,随时回“登记”。以上回答解决您的问题了吗?1 解决 2 没解决"
    )
    citizen.says("1")
    assert citizen.did == [Helped("KB-0412", Solved.SOLVED)]
    assert not any(isinstance(act, OpenTicket) for act in citizen.all_acts)


def test_s2_a_complaint_with_place_and_photo():
    citizen = Citizen(media=True)
    citizen.says("楼下烧烤店天天晚上冒烟,呛得孩子睡不着,到底有没有人管!!").hears(
        "孩子因为油烟睡不好,确实让人着急,我马上为您登记。请问烧烤店在哪个区、什么路或什么小区?也可以直接发送“位置”。"
    )
    citizen.sends_place("天桥区 明湖西路 12 号附近").hears(
        "收到:天桥区明湖西路12号附近。请告诉我店名(不知道可说“不清楚”),以及大概从什么时候开始、几点最严重?"
    )
    citizen.says("叫“老张烧烤”,半个多月了,晚上8点到12点").hears(
        "明白。您可以发1–3张照片或短视频(可不发,回复“没有”)。另外,办理单位可能需要联系您核实,"
        "您的姓名电话只给办理人员,不会告诉商家;是否要求全程保密?回复“保密”或“可联系”。"
    )
    citizen.says("保密", IMAGE).hears(
        "请您核对:\n　诉求:投诉“老张烧烤”夜间油烟扰民,希望责令整改\n"
        "　地点:天桥区明湖西路12号附近　时间:半个多月,每晚20–24时\n"
        "　是否保密:是\n　回复“提交”,或直接说要修改的地方。"
    )
    citizen.says("提交").hears(
        "已受理。工单号 2609180002175,查询码 4839201756。我们将在当日派单,承办单位应在9月24日前答复您。"
        "期间可回复“查询”“催办”“补充”。"
    )
    draft = citizen.one(OpenTicket).draft
    assert (draft.type, draft.category, draft.emotion) == (AppealType.COMPLAINT, "0106", 3)
    assert (draft.urgency, draft.confidential, draft.district) == (Urgency.NORMAL, True, "04")
    assert (draft.attachments, draft.missing, draft.respondent) == (("img-1",), (), "老张烧烤")


def test_s2_the_photo_may_come_alone():
    citizen = Citizen(media=True)
    citizen.says("楼下烧烤店天天晚上冒烟,呛得孩子睡不着,到底有没有人管!!").sends_place("天桥区 明湖西路 12 号附近")
    citizen.says("叫“老张烧烤”,半个多月了,晚上8点到12点").says("", IMAGE).hears_of("1张", "是否要求全程保密")
    citizen.says("保密").hears_of("请您核对", "是否保密:是").says("提交")
    assert citizen.one(OpenTicket).draft.attachments == ("img-1",)


def test_s3_progress_by_sms_in_one_segment():
    citizen = Citizen(now=at(9, 21), brief=True, tickets=(smoke(),))
    citizen.says("CX").hears(
        "您尾号0217的诉求已转天桥区城管局,9月20日签收,正在办理,应于9月24日前答复。催办回CB,转人工回“人工”。"
    )
    assert len("【泉城12345】" + citizen.heard) <= 70


def test_s3_two_open_tickets_are_named_by_their_tails():
    citizen = Citizen(now=at(9, 21), brief=True, tickets=(smoke(), smoke(number="2609150000093")))
    citizen.says("CX").hears_of("0217", "0093")
    citizen.says("0093").hears_of("尾号0093")


def test_s4_urge_within_the_limit_then_once_a_day():
    citizen = Citizen(now=at(9, 21), tickets=(smoke(),))
    citizen.says("都三天了怎么还没人联系我?催一下").hears(
        "抱歉让您久等了。工单0217尚在办理期限内(9月24日前),承办单位目前还没有登记与您联系。"
        "我已为您催办一次,并要求其明天17:00前先与您联系。"
    )
    assert citizen.did == [Urge("2609180000217")]
    again = Citizen(now=at(9, 21, 15), tickets=(smoke(urged_at=at(9, 21)),)).says("催办")
    again.hears_of("今天已催办过", "人工")
    assert again.did == []


def test_s4_the_next_desk_is_a_working_day_away():
    citizen = Citizen(now=at(9, 24), tickets=(smoke(),)).says("催一下")
    citizen.hears_of("9月28日17:00前")


def test_s4_urge_after_the_limit():
    citizen = Citizen(now=at(9, 28), tickets=(smoke(),)).says("CB")
    citizen.hears_of("已超过办理期限", "督办", "通知承办单位负责人")
    assert citizen.did == [Urge("2609180000217")]


def test_s4_the_urge_after_the_limit_brings_a_supervision_with_its_number():
    citizen = Citizen(now=at(9, 28), brief=True, supervision="DB-260928-031", tickets=(smoke(),)).says("CB")
    citizen.hears("抱歉,工单0217已超过办理期限,我已提交督办,督办编号 DB-260928-031,并通知承办单位负责人。")
    assert citizen.did == [Urge("2609180000217", "DB-260928-031")]
    assert len("【泉城12345】" + citizen.heard) <= 70


def test_s4_who_is_under_supervision_is_told_the_number_there_is():
    under = smoke(supervision="DB-260928-007", urged_at=at(9, 28))
    citizen = Citizen(now=at(9, 29, 15), brief=True, supervision="DB-260929-001", tickets=(under,)).says("CB")
    citizen.hears_of("正在督办", "DB-260928-007", "通知承办单位负责人")
    assert citizen.did == [Urge("2609180000217")]
    assert len("【泉城12345】" + citizen.heard) <= 70


@pytest.mark.parametrize("state", [State.TO_DISPATCH, State.TO_REVIEW, State.IN_CONSULTATION, State.SUSPENDED])
def test_s4_while_the_office_has_it_no_unit_is_blamed(state):
    citizen = Citizen(now=at(9, 28), supervision="DB-260928-031", tickets=(smoke(state=state),)).says("催办")
    citizen.hears_of("已超过办理期限", "报告热线负责人")
    assert "DB-" not in citizen.heard
    assert citizen.did == [Urge("2609180000217")]


def test_s5_supplement_with_a_video():
    citizen = Citizen(now=at(9, 21), media=True, tickets=(smoke(),))
    citizen.says("补充一下,他们昨天半夜1点还在烤,这是视频", VIDEO).hears(
        "已补充到工单0217(第1次补充,含视频1段),并推送承办单位。是否还有新的地点或人员情况?没有请回“没有”。"
    )
    assert citizen.did == [Supplement("2609180000217", "补充一下,他们昨天半夜1点还在烤,这是视频", ("vid-1",))]
    citizen.says("没有")
    assert (citizen.did, citizen.memory.flow) == ([], "")


def test_s5_what_is_answered_to_the_question_is_more_of_the_same():
    citizen = Citizen(now=at(9, 21), tickets=(smoke(),)).says("补充一下,他们昨天半夜1点还在烤")
    citizen.says("老板叫张三,就在明湖西路12号门口")
    assert citizen.did == [
        Supplement("2609180000217", "老板叫张三,就在明湖西路12号门口", district="04", place="明湖西路12号门口")
    ]


def test_s6_withdraw_by_sms():
    citizen = Citizen(now=at(9, 21), brief=True, tickets=(smoke(),))
    citizen.says("撤单 0217").hears(
        "您确定撤回尾号0217的诉求吗?撤回后不再办理。若问题已解决请回“确认1”,因其他原因请回“确认2”,不撤请忽略。"
    )
    assert len("【泉城12345】" + citizen.heard) <= 70
    citizen.says("确认1").hears("已撤回。撤回原因:问题已解决。7日内如反复可回“恢复0217”。感谢您!")
    assert citizen.did == [Withdraw("2609180000217", "solved")]


def test_s6_what_endangers_others_is_not_withdrawn():
    citizen = (
        Citizen(now=at(9, 21), tickets=(smoke(safety=True),)).says("撤单 0217").hears_of("涉及公共安全,我们会继续核查")
    )
    assert citizen.did == []


def test_s6_nothing_is_withdrawn_unconfirmed():
    citizen = Citizen(now=at(9, 21), tickets=(smoke(),)).says("撤单 0217").says("再说吧")
    assert not any(isinstance(act, Withdraw) for act in citizen.all_acts)


def test_s7_two_answers_by_digit():
    citizen = Citizen(brief=True, survey=SurveyView("2609180000217", Asks.SOLVED)).says("1")
    citizen.hears("请对办理情况评价:1很满意2满意3基本满意4不满意")
    assert citizen.did == [Rate("2609180000217", Solved.SOLVED, asks_next=Asks.RATING)]
    rated = Citizen(brief=True, survey=SurveyView("2609180000217", Asks.RATING, Solved.SOLVED)).says("2")
    rated.hears("感谢评价!您的意见将用于改进工作。")
    assert rated.one(Rate).satisfaction is Satisfaction.SATISFIED


def test_s8_dissatisfied_with_reasons():
    citizen = Citizen(survey=SurveyView("2609180000217", Asks.RATING)).says("不满意")
    citizen.hears(
        "很抱歉没能让您满意,请选择主要原因(可多选):①没人联系我 ②问题没解决 ③答复与事实不符 ④态度不好 ⑤对政策不认可 ⑥其他"
    )
    assert citizen.one(Rate).asks_next is Asks.REASON
    open_reason = SurveyView("2609180000217", Asks.REASON, satisfaction=Satisfaction.DISSATISFIED)
    citizen = Citizen(survey=open_reason).says("1 3 他们根本没来,我一直在家")
    citizen.hears(
        "记录了:①没人联系 ③答复与事实不符。我们会由审核人员核查(不是原承办人),如属办理不到位,将退回重新办理,"
        "并通知单位负责人;3个工作日内告诉您结果。您的评价内容不会提供给承办人个人。"
    )
    rate = citizen.one(Rate)
    assert rate.reasons == (Reason.NOT_CONTACTED, Reason.NOT_TRUE)
    assert rate.comment == "1 3 他们根本没来,我一直在家"


def test_s9_to_a_person():
    citizen = Citizen(agents=1, waiting=2).says("我跟你说不清楚,找个活人")
    citizen.hears("好的,正在为您转接人工。前面还有2位,预计3分钟;您刚才说的我已整理给坐席,不用再重复。")
    assert isinstance(citizen.one(HandOver), HandOver)


def test_s9_nobody_on_duty_offers_to_call_back():
    citizen = Citizen(phone_tail="5678").says("我跟你说不清楚,找个活人")
    citizen.hears_of("当前人工繁忙,我们将在30分钟内给您回电(尾号5678),方便吗?")
    assert citizen.one(HandOver)


@pytest.mark.parametrize(
    ("words", "level", "reply", "ticket"),
    [
        (
            "我欠了这么多,活着没意思,我在23楼窗台上",
            "E0",
            "我很担心您,请先离开窗边,坐到房间里面。请现在就拨打110(受伤或已服药请拨120);想找人说说话,可拨12356心理援助热线;"
            "值班同事已经在接您的消息,我陪着您。您身边现在有人吗?您在哪个小区、几号楼?",
            False,
        ),
        (
            "对面楼5楼冒黑烟着火了",
            "E1",
            "请立即拨打119,说清地点、楼层、有无被困人员;不要乘电梯,撤到安全处。如果您不便拨打,请把地点发给我,我马上转119。",
            False,
        ),
        (
            "楼道里好大煤气味",
            "E1",
            "不要开关电器、不要点火、不要在楼道打电话,开窗并立即离开到室外,再拨打燃气抢修电话(24小时)或119。"
            "请告诉我小区和楼号,我同时通知燃气公司和街道。",
            True,
        ),
    ],
)
def test_s10_emergencies(words, level, reply, ticket):
    citizen = Citizen(now=at(9, 18, 2)).says(words).hears(reply)
    assert citizen.one(RaiseAlarm).level == level
    opened = [act for act in citizen.did if isinstance(act, OpenTicket)]
    assert bool(opened) == ticket
    for act in opened:
        assert act.draft.urgency is Urgency.CRITICAL
        assert act.draft.alarm == level


def test_s10_the_address_that_follows_reaches_those_on_duty():
    citizen = Citizen().says("楼道里好大煤气味")
    opened = citizen.one(OpenTicket)
    citizen.view = Citizen(owner=Owner.QUEUE).view
    citizen.says("天桥区阳光小区3号楼").hears_of("110")
    assert citizen.did == [
        Supplement(opened.number.number, "天桥区阳光小区3号楼", district="04", place="天桥区阳光小区3号楼")
    ]


def test_s10_a_point_on_the_map_without_a_word_is_a_place_too():
    citizen = Citizen().says("楼道里好大煤气味")
    citizen.view = Citizen(owner=Owner.QUEUE).view
    citizen.says(kind=Kind.LOCATION, location=Location(36.67512, 116.98731))
    told = citizen.one(Supplement)
    assert (told.text, told.place, told.where) == (
        "36.67512,116.98731",
        "36.67512,116.98731",
        Location(36.67512, 116.98731),
    )


def test_s11_the_ladder_for_insults_and_what_is_not_ours():
    citizen = (
        Citizen().says("你们都是废物,滚").hears("听得出您很生气。我想把您的问题办下去,请告诉我发生了什么事、在哪里?")
    )
    citizen.says("滚滚滚滚").hears("为了不影响其他市民,我先暂停3分钟。您准备好了随时发来地点和事情,或回复“人工”。")
    citizen.says("滚").hears_nothing()
    citizen.now += timedelta(minutes=4)
    citizen.says("滚").hears_of("依法")
    citizen.says("写首诗").hears("这个不在12345的服务范围。我可以帮您查政策、办事流程,登记求助、投诉和建议。")
    assert not citizen.all_acts


def test_s11_a_matter_inside_an_insult_is_heard():
    citizen = Citizen().says("一群废物,明湖西路的路灯坏了三个月没人修").hears_of("登记")
    assert citizen.memory.flow == "report"

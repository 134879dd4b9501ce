"""Who should lead: the classic conflicts of the field, and how the grounds of a proposal weigh against each other."""

from __future__ import annotations

from datetime import date

import pytest

from tests.tickets.city import CATALOGUE, DIRECTORY, RULES, case, combiner, suggest
from tests.tickets.desk import Desk, draft
from tickets.appeal import AppealType, Urgency
from tickets.command import Command as C
from tickets.dispatch.catalogue import Catalogue, Rule
from tickets.dispatch.experience import Experience
from tickets.dispatch.rules import Dispatching
from tickets.dispatch.sources import Ground, Ruling
from tickets.dispatch.suggestion import automatic, explained
from tickets.state import Role

CONFLICTS = (
    # 油烟: city management, the environment, market supervision
    ("0106", "楼下烧烤店每天晚上油烟呛人", "D04"),
    ("0106", "饭店油烟净化器不达标，检测超标", "M06"),
    ("0106", "小吃店冒油烟，没有执照", "M09"),
    # 噪声: four kinds
    ("0601", "工地夜里还在打桩施工", "M06"),
    ("0601", "化工厂厂区机器轰鸣", "M06"),
    ("0601", "楼下广场舞音响声音太大", "M01"),
    ("0601", "高架桥上大货车整夜鸣笛", "M02"),
    ("0601", "不知道哪里来的嗡嗡声", "D04"),
    # 违停: carriageway, sidewalk, compound, fire lane
    ("0507", "主干道机动车道上停满了车", "M02"),
    ("0507", "车都停在人行道上，盲道也占了", "M03"),
    ("0507", "小区里乱停车，出不去", "D04"),
    ("0507", "小区消防通道被私家车堵死", "M23"),
    # 供暖: the heating company, the property manager, the department
    ("0402", "家里暖气不热，只有十四度", "E02"),
    ("0402", "我们小区锅炉是物业自管的，一直不热", "D04"),
    ("0402", "新小区没有接入供暖，什么时候通", "M04"),
    # 井盖: six owners
    ("0202", "路口井盖没了", "E04"),
    ("0202", "污水井的盖子破了", "E04"),
    ("0202", "自来水井盖松动", "E01"),
    ("0202", "热力井盖翘起来了", "E02"),
    ("0202", "燃气井盖破损", "E03"),
    ("0202", "电力井盖丢失", "V02"),
    ("0202", "通信井盖塌了", "E05"),
    ("0202", "小区里面井盖坏了", "D04"),
    # 电动车充电: fire brigade, property manager, street
    ("1203", "商场门口充电的地方冒火花，没有灭火器", "M23"),
    ("1203", "小区里飞线充电没人管", "D04"),
    ("1203", "小区没有充电桩，希望增设", "D04"),
    # 预付卡: retail, gyms, training, group cards
    ("1103", "理发店充值卡不退钱", "M09"),
    ("1103", "健身房关门，健身卡不退", "M21"),
    ("1103", "孩子的培训班跑路了，学费退不了", "M12"),
    ("1103", "商场购物卡不能用了", "M19"),
    # 房屋漏水: neighbours, developer, property manager, mains
    ("0307", "楼上卫生间漏水，邻居不修", "D04"),
    ("0307", "新房还在质保期，开发商不修漏水", "M04"),
    ("0307", "楼顶漏雨，物业不管", "D04"),
    ("0307", "自来水管爆了，水漏到家里", "E01"),
    # 快递、网约住宿、新业态
    ("1102", "快递丢了，驿站不赔", "V03"),
    ("1202", "楼里日租房人员杂乱不登记", "M01"),
    ("1401", "民宿乱加价", "M20"),
    ("1101", "外卖里吃出虫子", "M09"),
)


@pytest.mark.parametrize(("category", "text", "lead"), CONFLICTS)
def test_a_conflict_of_duties_is_settled_as_the_catalogue_says(category: str, text: str, lead: str) -> None:
    found = suggest(category, text)
    assert found[0].unit == lead, [(one.unit, one.reason) for one in found]
    assert found[0].named
    assert found[0].confidence >= 0.9


def test_a_proposal_quotes_its_clause() -> None:
    best, second = suggest("0601", "楼下广场舞太吵")[:2]
    assert "公安机关劝阻" in best.reasons[0].clause
    duty = next(reason for reason in best.reasons if reason.ground is Ground.DUTY)
    assert duty.words == "职责：广场舞"
    assert duty.clause.startswith("《市公安局职责规定》第三条：")
    assert second.unit == "D04"
    told = explained(best, {"M01": "市公安局", "D04": "天桥区"})
    assert told.startswith("市公安局 M01 9")
    assert "协办 天桥区" in told


def test_the_grounds_stand_in_the_order_of_the_domain() -> None:
    """The catalogue's own word is not overturned by a waiting ruling, duty words and experience that agree."""
    experience = Experience()
    wanted = case("0404", "人行道上环卫的公厕停电")
    for _ in range(50):
        experience.learn(wanted.trace, "M03")
    ruling = Ruling(rule=Rule(category="0404", district="04", lead="M03"), ticket="2609180000217")
    with_row = combiner(pending=[ruling], experience=experience).suggest(wanted)
    assert [one.unit for one in with_row[:2]] == ["V02", "M03"]
    without = combiner(catalogue=Catalogue(), pending=[ruling], experience=experience).suggest(wanted)
    assert [reason.ground for reason in without[0].reasons] == [Ground.RULING, Ground.DUTY, Ground.EXPERIENCE]
    assert "2609180000217" in without[0].reason
    only = combiner(catalogue=Catalogue(), experience=experience).suggest(case("0404"))
    assert only[0].unit == "M03"
    assert "约50件" in only[0].reason


def test_a_ruling_elsewhere_counts_half_and_of_another_matter_nothing() -> None:
    def first(rule: Rule) -> float:
        found = combiner(catalogue=Catalogue(), pending=[Ruling(rule=rule, ticket="1")]).suggest(case("0602", "冒烟"))
        return next((one.confidence for one in found if one.unit == "M22"), 0.0)

    here, there = (first(Rule(category="0602", district=code, lead="M22")) for code in ("04", "05"))
    assert here == pytest.approx(2 * there)
    assert first(Rule(category="0603", district="04", lead="M22")) == 0.0
    assert first(Rule(category="0602", concern="factory", lead="M22")) == 0.0


def test_who_returned_such_tickets_with_good_reason_sinks() -> None:
    wanted = case("0404", "停电")
    calm, shaken = (
        combiner(returned=lambda unit, _case, share=share: share if unit == "V02" else 0.0).suggest(wanted)
        for share in (0.0, 0.95)
    )
    assert calm[0].unit == "V02"
    assert shaken[0].unit != "V02"
    sunk = next(one for one in shaken if one.unit == "V02")
    assert sunk.confidence == pytest.approx(calm[0].confidence * 0.05)
    assert "95%" in sunk.reasons[-1].words


def test_nobody_is_proposed_who_ended_or_is_sealed_or_stands_below() -> None:
    rows = [Rule(category="0101", lead=code, concern="") for code in ("M27",)]
    found = combiner(catalogue=Catalogue(rows)).suggest(case("0101", day=date(2026, 9, 1)))
    assert "M27" not in {one.unit for one in found}
    assert suggest("1503", "非法集资", day=date(2026, 6, 1))[0].unit == "M27"
    assert "P01" not in {one.unit for one in suggest("1699", "反映违纪线索")}
    assert all(one.unit != "D04C" for one in suggest("0103", "占道经营 市容 油烟"))


@pytest.mark.parametrize(
    ("change", "allowed"),
    [
        ({}, True),
        ({"urgency": Urgency.CRITICAL}, False),
        ({"confidential": True}, False),
        ({"type": AppealType.REPORT}, False),
    ],
)
def test_the_system_dispatches_only_what_is_sure_and_plain(change: dict[str, object], allowed: bool) -> None:
    rules = Dispatching(
        weights=RULES.weights, window=RULES.window, half_life=RULES.half_life, confidence=90, automatic=True
    )
    given = {"type": AppealType.COMPLAINT, "category": "0404"} | change
    desk = Desk(draft(given.pop("type"), **given), directory=DIRECTORY)  # type: ignore[arg-type]
    found = suggest("0404", "停电")
    assert (automatic(desk.ticket, found, rules) is not None) is allowed
    assert automatic(desk.ticket, found, RULES) is None, "the packaged policies leave it to a person"
    unnamed = combiner(catalogue=Catalogue()).suggest(case("0404", "停电"))
    assert automatic(desk.ticket, unnamed, rules) is None
    assert automatic(desk.ticket, (), rules) is None


def test_what_was_with_a_unit_before_is_left_to_a_person() -> None:
    rules = Dispatching(
        weights=RULES.weights, window=RULES.window, half_life=RULES.half_life, confidence=1, automatic=True
    )
    desk = Desk(draft(category="0404"), directory=DIRECTORY)
    desk.give(C.DISPATCH, Role.DISPATCHER, lead="V02")
    asked = {"reason": "not_our_duty", "clause": "三定第四条", "suggested": "D04"}
    desk.give(C.REQUEST_RETURN, Role.UNIT, **asked)
    desk.by("白", C.APPROVE_RETURN, Role.DISPATCHER)
    assert automatic(desk.ticket, suggest("0404"), rules) is None


def test_the_catalogue_of_the_city_is_not_changed_by_asking() -> None:
    before = len(list(CATALOGUE))
    suggest("0101", "没见过的事")
    assert len(list(CATALOGUE)) == before

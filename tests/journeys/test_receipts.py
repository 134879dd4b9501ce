"""The promise receipt (承诺回执): number, unit, date, how to urge; every change told in one plain line with its reason."""

from __future__ import annotations

from datetime import timedelta

from channels.sms.segments import segments
from tests.journeys.scripts import heard, report_lamp
from tests.journeys.town import UNIT, Town, until
from tickets.orders import Command, Order
from tickets.ticket import Actor, Role

OTHER = "E04"
DISPATCHER, LEADER = Actor(Role.DISPATCHER, "0101"), Actor(Role.OFFICE_LEADER, "0901")
RETURN = {"reason": "not_our_area", "clause": "三定规定第三条", "suggested": OTHER}


async def ordered(town: Town, number: str, command: Command, actor: Actor, **data: object) -> None:
    await town.services.office.order(number, Order(command, actor, data))


async def told(town: Town, *words: str, after: int) -> str:
    """The one text message that came after the first ``after``, with these words in it."""
    await until(lambda: len(town.sms.texts) > after)
    (text,) = town.sms.texts[after:]
    for one in words:
        assert one in text, text
    return text


async def test_a_transfer_is_one_line_with_its_reason_and_the_promise_stays(town: Town) -> None:
    town.clock.set(2026, 9, 18, 9, 0)
    number = await report_lamp(town)
    tail, count = number[-4:], len(town.sms.texts)
    await ordered(town, number, Command.DISPATCH, DISPATCHER, lead=UNIT)
    text = await told(town, tail, "天桥区城管局", "9月24日", "催办回CB", after=count)
    assert segments("泉城12345", text) == 1
    await ordered(town, number, Command.REQUEST_RETURN, Actor(Role.UNIT, UNIT), **RETURN)
    await ordered(town, number, Command.APPROVE_RETURN, DISPATCHER)
    await ordered(town, number, Command.DISPATCH, DISPATCHER, lead=OTHER)
    moved = await told(town, "改由", "原因：不在原单位管辖范围", "仍为9月24日", after=count + 1)
    assert "退" not in moved, "the asking back and forth between offices is not the citizen's matter"


async def test_a_panel_that_names_the_same_unit_again_is_no_ping_pong(town: Town) -> None:
    town.clock.set(2026, 9, 18, 9, 0)
    number = await report_lamp(town)
    await ordered(town, number, Command.DISPATCH, DISPATCHER, lead=UNIT)
    await ordered(town, number, Command.REQUEST_RETURN, Actor(Role.UNIT, UNIT), **RETURN)
    await ordered(town, number, Command.APPROVE_RETURN, DISPATCHER)
    await ordered(town, number, Command.TO_CONSULTATION, DISPATCHER, reason="conflict", candidates=[UNIT, OTHER])
    await until(lambda: "正在协调确定承办单位" in town.sms.texts[-1])
    assert "正在协调确定承办单位" in await heard(town, "CX")
    count = len(town.sms.texts)
    await ordered(town, number, Command.DECIDE_LEAD, LEADER, lead=UNIT, minutes="会议纪要")
    text = await told(town, "经协调，确定由天桥区城管局办理", "9月24日", after=count)
    assert "改由" not in text


async def test_a_slip_is_told_before_the_citizen_asks(town: Town) -> None:
    town.clock.set(2026, 9, 18, 9, 0)
    number = await report_lamp(town)
    await ordered(town, number, Command.DISPATCH, DISPATCHER, lead=UNIT)
    await ordered(town, number, Command.SIGN, Actor(Role.UNIT, UNIT))
    await until(lambda: "已签收" in town.sms.texts[-1])
    count = len(town.sms.texts)
    town.clock.set(2026, 9, 29, 9, 0)
    system = Actor(Role.SYSTEM)
    await ordered(town, number, Command.SUPERVISE, system, level="L1", ground="yellow")
    await ordered(town, number, Command.SUPERVISE, system, level="L2", ground="red")
    await told(town, "很抱歉", "未能在9月24日前答复", "天桥区城管局负责人", after=count)


async def test_who_is_not_accepted_may_object_once(town: Town) -> None:
    for words in ("我要投诉邻居欠钱不还", "不知道", "不清楚", "不清楚", "提交"):
        text = await heard(town, words)
    assert "先由工作人员审核" in text
    row = await town.ticket()
    assert row["state"] == "received", "no place was given: a person looks first"
    count, number = len(town.sms.texts), str(row["number"])
    agent = Actor(Role.AGENT, "0128")
    await ordered(town, number, Command.REFUSE, agent, scope_rule="civil", text="民间借贷请向人民法院起诉或申请调解。")
    await ordered(town, number, Command.APPROVE_REFUSAL, Actor(Role.REVIEWER, "0202"))
    town.clock.set(2026, 9, 19, 9, 0)
    text = await told(town, "未予受理", "人民法院", "回复“异议”", after=count)
    assert "9月25日前" in text
    assert "未予受理" in await heard(town, f"CX {number[-4:]}")
    assert "其他工作人员重新审核" in await heard(town, "异议 我有他写的欠条")
    row = await town.ticket()
    assert (row["state"], row["objection_count"]) == ("received", 1)
    town.clock.advance(timedelta(hours=1))
    assert "没有查到" in await heard(town, "异议")

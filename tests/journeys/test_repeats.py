"""S12 through the front doors: who reports again is asked; nothing is dispatched twice; what ended is explained."""

from __future__ import annotations

from datetime import timedelta

from bot.store.tables import kept_apart, supplement, ticket, ticket_event
from channels.sms.segments import segments
from tests.journeys.scripts import heard, report_lamp
from tests.journeys.town import UNIT, Town, until
from tickets.orders import Command, Order
from tickets.ticket import Actor, Role

AGAIN = "我上个月反映的明湖西路12号门口路灯还是不亮!"
LEADERS = (Actor(Role.OFFICE_LEADER, "0301"), Actor(Role.OFFICE_LEADER, "0302"))


async def closed_lamp(town: Town) -> str:
    """August: reported by WeChat, mended on paper, rated."""
    town.clock.set(2026, 8, 11, 9, 0)
    for words in ("天桥区明湖西路12号门口的路灯不亮了，三天了", "提交"):
        told = await town.wechat.say(words)
    number = str((await town.ticket())["number"])
    assert number in told
    town.clock.set(2026, 8, 13, 9, 0)
    await town.order(number, Command.DISPATCH, lead=UNIT)
    await town.order(number, Command.SIGN)
    town.clock.set(2026, 8, 14, 15, 0)
    await town.settle(number, "已报修")
    town.clock.set(2026, 8, 17, 19, 0)
    assert await town.call_back() == 1
    await town.wechat.say("1")
    assert "感谢评价" in await town.wechat.say("3")
    assert (await town.ticket())["state"] == "closed"
    return number


async def test_s12_a_repeated_appeal_goes_back_to_its_unit(town: Town) -> None:
    number = await closed_lamp(town)
    town.clock.set(2026, 9, 8, 20, 0)
    told = await town.wechat.say(AGAIN)
    expected = (
        f"查到您8月11日反映过同一问题（尾号{number[-4:]}，天桥区城管局8月14日答复“已报修”，您当时评价“基本满意”）。"
        "灯现在又不亮/一直没修好，是吗？"
    )
    assert told.startswith(expected)
    told = await town.wechat.say("一直没修好")
    for words in (
        "按重复诉求办理",
        "退回原单位重新办理",
        "提醒单位负责人说明上次为什么没有解决",
        "3个工作日",
        "9月11日",
    ):
        assert words in told
    row = await town.ticket()  # the only one: no second ticket
    assert (row["state"], row["redo_no"], row["repeat_count"], row["lead_unit"]) == ("handling", 1, 1, UNIT)
    assert row["first_satisfaction"] == "basic", "what he said then stays"
    last = (await town.rows(ticket_event, ticket=number))[-1]
    assert (last["command"], last["role"], last["data"]["repeat"]) == ("reopen", "citizen", True)
    (more,) = await town.rows(supplement)
    assert more["text"] == AGAIN
    assert "重新办理（第1次）" in await town.wechat.say("查询")


async def test_too_long_after_a_new_ticket_shows_the_old_reply(town: Town) -> None:
    number = await closed_lamp(town)
    town.clock.set(2026, 10, 20, 20, 0)
    assert "查到您8月11日反映过同一问题" in await town.wechat.say(AGAIN)
    told = await town.wechat.say("一直没修好")
    assert "与它关联" in told
    for words in ("两个多月了", "提交"):
        if "已受理" not in told:
            told = await town.wechat.say(words)
    assert "已受理" in told
    old, new = await town.rows(ticket)
    assert (old["number"], old["state"], new["repeat_of"]) == (number, "closed", number)


async def test_an_open_one_is_joined_by_text_message(town: Town) -> None:
    number = await report_lamp(town)
    await town.order(number, Command.DISPATCH, lead=UNIT)
    await until(lambda: "已转" in town.sms.texts[-1])
    town.clock.advance(timedelta(days=2))
    told = await heard(town, "明湖西路12号门口的路灯还是不亮啊，没人修")
    assert f"尾号{number[-4:]}" in told
    assert "1 是同一件事 2 不是一回事" in told
    assert segments("泉城12345", told) <= 2
    told = await heard(town, "1")
    assert number in told
    assert "催办一次" in told
    row = await town.ticket()
    assert (row["state"], row["repeat_count"], row["supplement_count"], row["urge_count"]) == ("dispatched", 1, 1, 1)
    assert "今天已催办过" in await heard(town, "催办")
    await heard(town, "明湖西路12号门口的路灯还是不亮啊，没人修")
    assert "今天已催办过" in await heard(town, "1")
    row = await town.ticket()
    assert (row["repeat_count"], row["urge_count"]) == (2, 1)


async def test_another_matter_is_another_ticket_and_is_remembered(town: Town) -> None:
    number = await report_lamp(town)
    await heard(town, "明湖西路12号门口的路灯还是不亮啊，没人修")
    told = await heard(town, "不是一回事，是院子里面的灯")
    assert "按新的诉求" in told
    for words in ("三天了", "提交"):
        if "已受理" not in told:
            told = await heard(town, words)
    old, new = await town.rows(ticket)
    assert [(row["state"], row["repeat_of"]) for row in (old, new)] == [("to_dispatch", "")] * 2
    assert [(row["one"], row["other"]) for row in await town.rows(kept_apart)] == [(number, new["number"])]


async def test_a_stranger_is_never_asked_about_somebody_elses(town: Town) -> None:
    await report_lamp(town)
    stranger = await town.chat()
    assert "反映过同一问题" not in await stranger.say("天桥区明湖西路12号门口的路灯还是不亮")


async def terminated(town: Town) -> str:
    number = await report_lamp(town)
    await town.handle(number, "经核查，路灯归小区自管，已答复。")
    orders = town.services.office.order
    citizen, reviewer = Actor(Role.CITIZEN), Actor(Role.REVIEWER, "0202")
    for _ in range(2):
        await orders(number, Order(Command.RATE, citizen, {"satisfaction": "dissatisfied"}))
        await orders(number, Order(Command.EXPLAIN, reviewer, {"cause": "policy", "text": "按政策由业主自管"}))
        if (await town.ticket())["explanation_count"] < 2:
            await orders(number, Order(Command.REOPEN, citizen, {"note": "不服"}))
            await town.settle(number, "经再次核查，路灯归小区自管。")
    terms = {
        "no_new_fact": True,
        "legal_check": "已审查",
        "text": "依法终结，可申请行政复议。",
    }
    await orders(number, Order(Command.PROPOSE_TERMINATE, reviewer, terms))
    for leader in LEADERS:
        await orders(number, Order(Command.APPROVE_TERMINATE, leader))
    assert (await town.ticket())["state"] == "terminated"
    return number


async def test_s12_a_terminated_matter_is_explained_and_a_new_fact_goes_to_a_person(town: Town) -> None:
    number = await terminated(town)
    await until(lambda: "已终结办理" in town.sms.texts[-1])
    town.clock.set(2027, 2, 1, 10, 0)
    told = await heard(town, "明湖西路12号门口的路灯还是不亮，没人管")
    for words in (f"尾号{number[-4:]}", "书面答复", "终结办理", "新的事实或证据", "行政复议", "诉讼"):
        assert words in told
    assert len(await town.rows(ticket)) == 1, "no second ticket, no dispatch"
    told = await heard(town, "街道办上周出了证明，这盏灯2026年12月已移交市政")
    assert "审核" in told
    old, new = await town.rows(ticket)
    assert (old["state"], new["state"], new["repeat_of"], new["lead_unit"]) == ("terminated", "received", number, "")
    assert "移交市政" in new["content"]

"""The whole life of a ticket: reported, handled, answered, rated; told to the citizen where he wrote."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.store.tables import call_task, outbox, survey, ticket_event
from tests.journeys.chat import ChatCitizen
from tests.journeys.scripts import heard, report_lamp, report_smoke
from tests.journeys.town import Town, until

REPLY = "商家已加装净化器，城管每晚巡查。"


async def asked(town: Town) -> None:
    """Move to the hour of the callback and ask."""
    town.clock.set(2026, 9, 21, 9, 5)
    assert await town.call_back() == 1


async def test_a_complaint_is_handled_and_rated_on_wechat(town: Town) -> None:
    await report_smoke(town)
    number, pushed = (await town.ticket())["number"], lambda: town.wechat.pushed
    town.clock.advance(timedelta(minutes=10))
    await town.handle(number, REPLY)
    await until(lambda: len(pushed()) == 3)
    assert ["转天桥区城管局" in pushed()[0], "已签收" in pushed()[1], REPLY in pushed()[2]] == [True] * 3
    assert await town.call_back() == 0, "asked before its hour"
    town.clock.set(2026, 9, 20, 19, 0)
    assert REPLY in await town.wechat.say("查询")  # and opens WeChat's reply window once more
    await asked(town)
    await until(lambda: len(pushed()) == 4)
    assert "问题是否解决" in pushed()[3]
    assert await town.call_back() == 0, "asked twice"
    assert "评价" in await town.wechat.say("1")
    assert "感谢评价" in await town.wechat.say("2")
    row = await town.ticket()
    assert (row["state"], row["solved"], row["satisfaction"]) == ("closed", "solved", "satisfied")
    commands = [event["command"] for event in await town.rows(ticket_event)]
    assert commands == [
        "submit", "accept", "dispatch", "sign", "contact", "submit_reply", "review_pass", "ask", "rate"
    ]  # fmt: skip
    # A late digit is a new message, not a second rating.
    await town.wechat.say("4")
    assert (await town.ticket())["satisfaction"] == "satisfied"
    await town.services.inline.flush()
    assert {row["state"] for row in await town.rows(outbox)} == {"sent"}
    places = [seq for seq, _ in await town.story()]
    assert places == list(range(1, len(places) + 1)), "one numbering, without gaps"


async def report_by_chat(town: Town, citizen: ChatCitizen) -> str:
    for words in ("天桥区明湖西路12号门口的路灯不亮了，三天了", "提交"):
        told = await citizen.say(words)
    number = str((await town.ticket())["number"])
    assert number in told
    return number


async def test_dissatisfied_with_a_reason_is_handled_again(town: Town) -> None:
    citizen = await town.chat()
    number = await report_by_chat(town, citizen)
    await town.handle(number, "经现场检查，路灯正常。")
    await asked(town)
    await citizen.arrive()
    lines = await citizen.lines()
    assert [line["notice"] for line in lines if "notice" in line] == [
        "ticket.dispatched", "ticket.signed", "ticket.replied", "survey.ask"
    ]  # fmt: skip
    assert "主要原因" in await citizen.say("不满意")
    row = await town.ticket()
    assert (row["state"], row["satisfaction"]) == ("to_callback", "dissatisfied"), "the reason decides what follows"
    assert "①没人联系" in await citizen.say("1 3 他们根本没来,我一直在家")
    row = await town.ticket()
    assert (row["state"], row["redo_no"], row["first_satisfaction"]) == ("handling", 1, "dissatisfied")
    assert "重新办理（第1次）" in await citizen.say("查询")
    await town.settle(number, "已更换灯头，当晚复查正常。")
    town.clock.set(2026, 9, 22, 12, 0)
    assert await town.call_back() == 1
    await citizen.arrive()
    assert "感谢评价" in await citizen.say("修好了，谢谢")
    row = await town.ticket()
    assert (row["state"], row["satisfaction"]) == ("closed", "satisfied")
    assert row["first_satisfaction"] == "dissatisfied", "the first word is what a unit is measured by"
    first, second = await town.rows(survey)
    assert (first["round"], first["satisfaction"], first["reasons"]) == (
        0,
        "dissatisfied",
        ["not_contacted", "not_true"],
    )
    assert (second["round"], second["satisfaction"]) == (1, "satisfied")


async def test_silence_lapses_and_is_never_satisfied(town: Town) -> None:
    number = await report_lamp(town)
    await town.handle(number, REPLY)
    await asked(town)
    await until(lambda: "1已解决2部分解决3未解决" in town.sms.texts[-1])
    town.clock.set(2026, 9, 24, 9, 5)
    assert await town.call_back() == 1, "due, but it was morning the first time"
    for hour, texts in ((12, 1), (19, 2)):  # another slot on another day, each time
        town.clock.set(2026, 9, 24 if hour == 12 else 30, hour, 0)
        assert await town.call_back() == 1
        await until(lambda texts=texts: sum("还没有收到您的评价" in text for text in town.sms.texts) == texts)  # type: ignore[misc]
    town.clock.set(2026, 10, 13, 9, 0)
    assert await town.call_back() == 1
    row = await town.ticket()
    assert (row["state"], row["satisfaction"], row["solved"]) == ("closed", "unreachable", None)
    (asked_once,) = await town.rows(survey)
    assert asked_once["state"] == "lapsed"
    town.clock.advance(timedelta(days=1))
    assert await town.call_back() == 0
    await heard(town, "1")
    assert (await town.ticket())["satisfaction"] == "unreachable"


async def test_who_cannot_be_written_to_is_called(town: Town) -> None:
    await report_smoke(town)
    number = (await town.ticket())["number"]
    await town.handle(number, REPLY)
    await until(lambda: len(town.wechat.pushed) == 3)
    await asked(town)  # more than 48 hours after his last message, and no template

    async def tasks() -> list[object]:
        return [(row["ticket"], row["done_at"]) for row in await town.rows(call_task)]

    async with asyncio.timeout(10):
        while not await tasks():
            await asyncio.sleep(0.05)
    assert await tasks() == [(number, None)]
    assert len(town.wechat.pushed) == 3


@pytest.mark.parametrize("policy", ["demo"])
async def test_after_two_redos_a_person_decides(town: Town) -> None:
    citizen = await town.chat()
    number = await report_by_chat(town, citizen)
    await town.handle(number, "第1次答复。")
    for redo in (1, 2, 2):
        town.clock.advance(timedelta(seconds=21))
        assert await town.call_back() == 1
        await citizen.say("不满意")
        await citizen.say("2")
        row = await town.ticket()
        assert row["redo_no"] == redo
        if row["state"] == "handling":
            await town.settle(number, f"第{redo + 1}次答复。")
    assert (row["state"], row["satisfaction"]) == ("to_callback", "dissatisfied")
    town.clock.advance(timedelta(days=30))
    assert await town.call_back() == 0, "who has answered is never silent"
    assert [one["reasons"] for one in await town.rows(survey)] == [["not_solved"]] * 3

"""The talks that matter most and those that wear out (domain.md §8.4 S10, S11), through the front doors."""

from __future__ import annotations

from datetime import timedelta

from bot.store.tables import alarm, conversation, handover, message, supplement, survey, ticket
from tests.journeys.scripts import heard
from tests.journeys.town import Town
from tickets.orders import Command, Order
from tickets.ticket import Actor, Role


async def test_s10_who_wants_to_die_is_met_by_a_person(town: Town) -> None:
    town.clock.set(2026, 9, 18, 2, 10)
    told = await town.wechat.say("我欠了这么多,活着没意思,我在23楼窗台上")
    for words in ("先离开窗边", "110", "120", "12356", "我陪着您", "您在哪个小区"):
        assert words in told
    assert "工单" not in told
    assert "评价" not in told
    (raised,) = await town.rows(alarm)
    assert (raised["level"], raised["acknowledged_at"]) == ("E0", None)
    assert raised["raised_at"] == town.clock.now(), "those on duty see it with the same commit"
    (mine,) = await town.rows(conversation)
    assert mine["owner"] == "queue"
    assert (await town.rows(handover))[0]["reason"] == "emergency"
    assert await town.rows(ticket) == []
    assert await town.rows(survey) == []
    await town.services.takeover.take(mine["id"], "0128")
    assert not await town.wechat.say("我不知道该怎么办"), "a person is there: the bot is silent"
    await town.services.takeover.say(mine["id"], "0128", "我在听，您慢慢说。", key="1")
    assert len(await town.rows(message)) == 2


async def test_s10_smoke_across_the_street(town: Town) -> None:
    told = await heard(town, "对面楼5楼冒黑烟着火了")
    for words in ("119", "不要乘电梯", "把地点发给我"):
        assert words in told
    assert [row["level"] for row in await town.rows(alarm)] == ["E1"]


async def test_s10_gas_in_the_stairwell_is_a_ticket_at_once(town: Town) -> None:
    citizen = await town.chat()
    told = await citizen.say("楼道里好大煤气味")
    for words in ("不要开关电器", "不要点火", "119", "请告诉我小区和楼号"):
        assert words in told
    row = await town.ticket()
    assert (row["urgency"], row["alarm"], row["safety"], row["state"]) == ("critical", "E1", True, "to_dispatch")
    assert row["due_at"] - row["received_at"] == timedelta(hours=2)
    await citizen.say("天桥区阳光小区3号楼2单元")
    assert [one["text"] for one in await town.rows(supplement)] == ["天桥区阳光小区3号楼2单元"]
    placed = await town.ticket()
    assert (placed["district"], placed["place"], placed["missing"]) == ("04", "天桥区阳光小区3号楼2单元", [])
    await citizen.say("历下区朝山街9号")
    assert (await town.ticket())["place"] == "天桥区阳光小区3号楼2单元", "the first place stays; more is in the log"
    order = Order(Command.DISPATCH, Actor(Role.DISPATCHER, "0101"), {"lead": "E03", "co": ["D04"]})
    await town.services.office.order(row["number"], order)
    row = await town.ticket()
    assert row["sign_by"] - row["dispatched_at"] == timedelta(minutes=15)
    assert row["contact_by"] - row["dispatched_at"] == timedelta(minutes=30)
    told = await citizen.say("撤单")
    assert "不再办理" not in told, "what endangers others is not simply withdrawn"


async def test_s11_insults_have_a_ladder_and_a_matter_inside_is_heard(town: Town) -> None:
    citizen = await town.chat()
    assert "听得出您很生气" in await citizen.say("你们都是废物,滚")
    assert "先暂停3分钟" in await citizen.say("滚滚滚滚")
    town.clock.advance(timedelta(minutes=4))
    assert "依法" in await citizen.say("滚")
    assert "不在12345的服务范围" in await citizen.say("今天股票会涨吗")
    assert "不在12345的服务范围" in await citizen.say("写首诗")
    assert await town.rows(ticket) == []
    assert "登记" in await citizen.say("一群废物,明湖西路的路灯坏了三个月没人修")

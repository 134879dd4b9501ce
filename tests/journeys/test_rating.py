"""The callback as citizens meet it (domain.md §8.4, S7 and S8), and what follows: phones, links, changes of mind, seals."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.jobs import draws
from bot.store.lists.ticket_lists import whole
from bot.store.tables import callback, callback_call, outbox, referral, survey, ticket, ticket_event
from channels.sms.segments import segments
from tests.journeys.scripts import heard, report_lamp, report_smoke
from tests.journeys.town import UNIT, Town, until
from tests.journeys.wechat import menu
from tickets.command import Command
from tickets.orders import Order
from tickets.state import Actor, Role

REPLY = "商家已加装净化器，城管每晚巡查。"
UNFOUNDED = "经现场检查，未发现油烟超标。"
REVIEWER = Actor(Role.REVIEWER, "0202")
LEADER = Actor(Role.OFFICE_LEADER, "李主任")


async def asked(town: Town) -> None:
    town.clock.set(2026, 9, 21, 9, 5)
    assert await town.call_back() == 1


async def test_s7_satisfied_by_text_message(town: Town) -> None:
    number = await report_lamp(town)
    await town.handle(number, REPLY)
    await asked(town)
    question = f"您的诉求（尾号{number[-4:]}）已答复：{REPLY}问题是否解决？1已解决2部分解决3未解决。评价对承办人保密"
    await until(lambda: town.sms.texts[-1] == question)
    assert segments("泉城12345", question) == 1
    assert await heard(town, "1") == "请对办理情况评价：1很满意2满意3基本满意4不满意"
    assert await heard(town, "2") == "感谢评价！您的意见将用于改进工作。"
    row = await town.ticket()
    assert (row["state"], row["solved"], row["satisfaction"]) == ("closed", "solved", "satisfied")
    await heard(town, "2")  # late: a new message, no rating
    (said,) = await town.rows(callback)
    assert (said["way"], said["outcome"], said["satisfaction"]) == ("message", "answered", "satisfied")


async def unhappy_on_wechat(town: Town) -> str:
    """S8 up to the question; WeChat's window is opened on the day before."""
    await report_smoke(town)
    number = str((await town.ticket())["number"])
    town.clock.advance(timedelta(minutes=10))
    await town.handle(number, UNFOUNDED)
    await until(lambda: len(town.wechat.pushed) == 3)
    town.clock.set(2026, 9, 20, 19, 0)
    await town.wechat.say("查询")
    await asked(town)
    await until(lambda: len(town.wechat.pushed) == 4)
    assert UNFOUNDED in town.wechat.pushed[3]
    assert "您的评价不会告知承办人个人" in town.wechat.pushed[3]
    return number


async def redone(town: Town) -> None:
    row = await town.ticket()
    assert (row["state"], row["redo_no"], row["first_satisfaction"]) == ("handling", 1, "dissatisfied")
    assert (row["cause"], row["false_closing_count"]) == ("false_closing", 1)
    (first, *_) = await town.rows(survey)
    assert (first["satisfaction"], first["reasons"]) == ("dissatisfied", ["not_contacted", "not_true"])
    assert first["comment"] == "1 3 他们根本没来，我一直在家"
    (said,) = await town.rows(callback)
    assert (said["reasons"], said["comment"]) == (["not_contacted", "not_true"], "1 3 他们根本没来，我一直在家")


@pytest.mark.parametrize("by", ["words", "digits", "buttons"])
async def test_s8_dissatisfied_with_reasons_is_done_again(town: Town, by: str) -> None:
    await unhappy_on_wechat(town)
    if by == "buttons":
        await town.wechat.say(menu(town.wechat.offered[-1]["未解决"]))
        told = await town.wechat.say("不满意")
    elif by == "digits":
        assert "请对办理情况评价" in await town.wechat.say("3")
        told = await town.wechat.say("4")
    else:
        told = await town.wechat.say("不满意")
    assert told == (
        "很抱歉没能让您满意，请选择主要原因（可多选）：①没人联系我 ②问题没解决 ③答复与事实不符 ④态度不好 ⑤对政策不认可 ⑥其他"
    )
    assert (await town.ticket())["state"] == "to_callback", "the reason decides what follows"
    assert await town.wechat.say("1 3 他们根本没来，我一直在家") == (
        "记录了：①没人联系 ③答复与事实不符。我们会由审核人员核查（不是原承办人），如属办理不到位，将退回重新办理，"
        "并通知单位负责人；3个工作日内告诉您结果。您的评价内容不会提供给承办人个人。"
    )
    await redone(town)


async def test_a_rating_is_changed_in_the_channel_and_the_first_is_kept(town: Town) -> None:
    number = await report_lamp(town)
    await town.handle(number, REPLY)
    await asked(town)
    await until(lambda: "问题是否解决" in town.sms.texts[-1])
    await heard(town, "1")
    await heard(town, "2")
    town.clock.advance(timedelta(days=1))
    assert f"尾号{number[-4:]}的诉求评价是“满意”" in await heard(town, "改评价")
    assert "原评价一并保留" in await heard(town, "4")
    row = await town.ticket()
    assert (row["state"], row["satisfaction"], row["changed_satisfaction"]) == (
        "to_callback",
        "satisfied",
        "dissatisfied",
    )
    first, second = await town.rows(callback)
    assert [first["standing"], second["standing"]] == ["counts", "change"]
    assert "不能更改" in await heard(town, "改评价")
    assert [one["satisfaction"] for one in await town.rows(survey)] == ["satisfied"]


async def test_phone_and_message_both_answer(town: Town) -> None:
    """The call is under way when the citizen taps: the first complete answer counts, the other is kept and flagged."""
    number = await report_lamp(town)
    await town.handle(number, REPLY)
    async with town.services.database.begin() as connection:
        await connection.execute(ticket.update().values(urgency="urgent"))
    await asked(town)
    await until(lambda: "问题是否解决" in town.sms.texts[-1])
    await draws.draw_calls(town.services.office)
    (call,) = await town.rows(callback_call)
    town.clock.set(2026, 9, 21, 12, 10)
    await town.services.calls.take(call["id"], "王敏")
    await town.services.calls.answered(call["id"], "王敏", {"satisfaction": "basic", "solved": "partly"})
    assert (await town.ticket())["satisfaction"] == "basic"
    assert "请对办理情况评价" in await heard(town, "3")
    assert "主要原因" in await heard(town, "4")
    row = await town.ticket()
    assert (row["state"], row["satisfaction"], row["solved"]) == ("closed", "basic", "partly")
    standings = {one["way"]: (one["satisfaction"], one["standing"]) for one in await town.rows(callback)}
    assert standings == {"phone": ("basic", "counts"), "message": ("dissatisfied", "differs")}


@pytest.mark.parametrize("policy", ["demo"])
async def test_the_third_time_a_sealed_proposal_is_there_in_the_same_transaction(town: Town) -> None:
    citizen = await town.chat()
    for words in ("天桥区明湖西路12号门口的路灯不亮了，三天了", "提交"):
        await citizen.say(words)
    number = str((await town.ticket())["number"])
    await town.handle(number, "第1次答复。")
    for round_ in range(3):
        assert await town.rows(referral) == []
        town.clock.advance(timedelta(seconds=21))
        assert await town.call_back() == 1
        await citizen.say("不满意")
        await citizen.say("2")
        if round_ < 2:
            await town.settle(number, f"第{round_ + 2}次答复。")
    (file,) = await town.rows(referral)
    assert (file["state"], file["unit"], file["proposed_by"]) == ("proposed", UNIT, "")
    assert "累计3次不满意" in file["grounds"]
    log = await town.rows(ticket_event)
    assert [(one["command"], one["sealed"]) for one in log[-2:]] == [("rate", False), ("propose_referral", True)]
    assert log[-1]["at"] == log[-2]["at"]
    for reader in (None, REVIEWER, Actor(Role.SUPERVISOR, "督"), Actor(Role.UNIT, UNIT), Actor(Role.OFFICE_LEADER)):
        row, events = await whole(town.services.database, number, **({"reader": reader} if reader else {}))
        assert (row["referrals"], "referrals" in row["papers"]) == ((), False)
        assert row["events"] == len(events) == len(log) - 1
        assert [one["n"] for one in events] == list(range(1, len(log)))
        assert "referral" not in str(events)
    row, events = await whole(town.services.database, number, reader=LEADER)
    assert (len(row["referrals"]), events[-1]["command"]) == (1, "propose_referral")
    # A reviewer who proposes learns nothing of the file that is there.
    await town.services.office.order(number, Order(Command.PROPOSE_REFERRAL, REVIEWER, {"text": "多次虚假办结"}))
    named = {"reason": "证据充分", "readers": ["纪一"]}
    await town.services.office.order(number, Order(Command.REFER_DISCIPLINE, LEADER, named))
    row, events = await whole(town.services.database, number, reader=Actor(Role.DISCIPLINE, "纪一"))
    assert [one.n for one in row["referrals"]] == [1]
    assert [one["command"] for one in events if one["sealed"]] == ["propose_referral", "refer_discipline"]
    row, events = await whole(town.services.database, number, reader=Actor(Role.DISCIPLINE, "纪二"))
    assert not any(one["sealed"] for one in events)
    assert not any("移交" in str(one["body"]) for one in await town.rows(outbox))

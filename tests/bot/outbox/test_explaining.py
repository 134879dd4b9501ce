"""Why a message went the way it went: read back from what the planner wrote down, without words and addresses."""

from __future__ import annotations

import pytest

from bot.outbox.explaining import explain
from bot.outbox.receipts import apply
from channels.message import Notice, Receipt, Stage
from tests.bot.outbox.house import House, settle_down
from tests.bot.outbox.provider import TEXTS, WINDOWED, Provider, account, accounts, close

NUMBER, PHONE = "2609180002175", "13800138217"
REPLIED = Notice("ticket.replied", {"number": NUMBER}, "已修复路灯")


async def test_a_result_that_ended_on_the_phone_tells_its_way(house: House, provider: Provider):
    all_ = accounts(account("windowed", WINDOWED, provider.port), account("texts", TEXTS, provider.port))
    until = house.clock().replace(day=6)
    talk = await house.talk("oABCDEFG1234", channel="windowed", phone=PHONE, window_left=4, window_until=until)
    row = house.row(talk, "oABCDEFG1234", "r", REPLIED, sender="system", priority=5, channel="windowed")
    (mine,) = await house.queue(row | {"ticket": NUMBER})
    provider.orders["r"].append("window")
    await settle_down(house.worker(all_))
    await apply(house.database, "texts", [Receipt("city", "p-r", Stage.DELIVERED, at=house.clock())], now=house.clock())
    told = await explain(house.database, all_, NUMBER)
    assert told == await explain(house.database, all_, str(mine))
    text = "\n".join(told)
    for part in (
        "ticket.replied", f"工单 {NUMBER}", "已发出 (sent)", "texts/city 138****8217", "直接 (direct)",
        "尝试 tries: 2", "已送达 (delivered) 2026-03-04 12:00:00",
    ):  # fmt: skip
        assert part in text, part
    steps = [line for line in told if line.startswith("    ")]
    assert ["在回复窗口内发送" in steps[0], "改发短信" in steps[1], "可随时发送" in steps[2]] == [True] * 3
    assert "窗口余 left 4" in steps[0]
    assert "前次 before WindowClosed 4711" in steps[1]
    assert "可用其他渠道" in steps[1]
    for secret in ("已修复路灯", PHONE, "oABCDEFG1234"):
        assert secret not in text
    await close(all_)


async def test_a_call_and_a_refusal_are_told_too(house: House, provider: Provider):
    all_ = accounts(account("windowed", WINDOWED, provider.port))
    talk = await house.talk("u", channel="windowed")
    only = await house.talk("v", channel="windowed", elsewhere=False)
    notice = {"sender": "system", "priority": 5, "channel": "windowed", "ticket": NUMBER}
    await house.queue(house.row(talk, "u", "a", REPLIED, **notice), house.row(only, "v", "b", REPLIED, **notice))
    await settle_down(house.worker(all_))
    text = "\n".join(await explain(house.database, all_, NUMBER))
    assert "电话任务 call task: 待办 open" in text
    assert "市民要求只在此渠道回复" in text
    assert "只在此处 (only here)" in text
    await close(all_)


async def test_what_nobody_knows_is_said_so(house: House):
    for asked in (NUMBER, "99", "x'; --"):
        with pytest.raises(LookupError):
            await explain(house.database, accounts(), asked)

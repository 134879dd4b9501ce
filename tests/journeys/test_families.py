"""One lamp, three citizens on three channels: each is told in his own channel, asked himself, and may say 我的不一样."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.jobs import families, family_news
from bot.store.tables import survey, ticket
from tests.journeys.chat import ChatCitizen
from tests.journeys.scripts import heard, report_lamp
from tests.journeys.town import Town, until
from tickets.ticket import Actor, Role

OFFICER = Actor(Role.DISPATCHER, "王敏")


async def numbers(town: Town) -> list[str]:
    return [str(row["number"]) for row in await town.rows(ticket)]


async def row(town: Town, number: str) -> dict[str, object]:
    (one,) = await town.rows(ticket, number=number)
    return dict(one)


async def three(town: Town) -> tuple[str, str, str, ChatCitizen]:
    """By text message, on WeChat, in the web chat; the office confirms what the software found."""
    first = await report_lamp(town)
    town.clock.advance(timedelta(minutes=1))
    for words in ("天桥区明湖西路12号的路灯一直不亮，三天了", "提交"):
        await town.wechat.say(words)
    town.clock.advance(timedelta(minutes=1))
    citizen = await town.chat()
    for words in ("天桥区明湖西路12号路灯不亮，晚上太黑，一周了", "提交"):
        await citizen.say(words)
    assert await families.propose(town.services.families) == 3
    _, second, third = await numbers(town)
    for child in (second, third):
        await town.services.families.join(first, child, by=OFFICER)
    return first, second, third, citizen


async def notices(citizen: ChatCitizen) -> list[str]:
    return [str(line["text"]) for line in await citizen.lines() if "notice" in line]


async def test_each_is_informed_in_his_own_channel_and_asked_himself(town: Town) -> None:
    first, second, third, citizen = await three(town)
    await until(lambda: any("已合并" in text for text in town.wechat.pushed))
    assert f"合并至工单{first}（同一问题已有2位市民反映）" in town.wechat.pushed[0]
    assert f"合并至工单{first}（同一问题已有3位市民反映）" in (await notices(citizen))[0]
    assert not any("合并" in text for text in town.sms.texts), "nothing changed for the first"
    await town.handle(first, "已更换灯头。")
    assert await family_news.tell(town.services.families) == 3
    await until(lambda: any("已更换灯头" in text for text in town.sms.texts))
    told = await notices(citizen)
    assert ["转天桥区城管局" in told[1], "已签收" in told[2], "已更换灯头" in told[3]] == [True] * 3
    assert all(third[-4:] in text for text in told)
    town.clock.set(2026, 9, 20, 19, 0)
    assert second[-4:] in await town.wechat.say("查询")  # and opens WeChat's reply window once more
    town.clock.set(2026, 9, 21, 9, 5)
    assert await town.call_back() == 1
    await family_news.tell(town.services.families)
    await until(lambda: any("问题是否解决" in text for text in town.wechat.pushed))
    await until(lambda: "1已解决2部分解决3未解决" in town.sms.texts[-1])
    asked = [text for text in town.wechat.pushed if "问题是否解决" in text]
    assert second[-4:] in asked[0]
    await town.wechat.say("1")
    assert "感谢评价" in await town.wechat.say("1")
    await citizen.arrive()
    assert "感谢评价" in await citizen.say("很满意")
    await heard(town, "3")
    assert "主要原因" in await heard(town, "4")
    said = {one: (await row(town, one))["satisfaction"] for one in (first, second, third)}
    assert said == {first: "dissatisfied", second: "very", third: "very"}, "each keeps his own"
    assert len(await town.rows(survey)) == 3


@pytest.mark.parametrize("channel", ["wechat", "chat"])
async def test_mine_is_different(town: Town, channel: str) -> None:
    first, second, third, citizen = await three(town)
    mine, others = (second, third) if channel == "wechat" else (third, second)
    told = await (town.wechat.say("我的不一样") if channel == "wechat" else citizen.say("不是同一件事"))
    assert f"尾号{mine[-4:]}" in told
    assert "单独办理" in told
    assert "9月24日" in told, "the promise he was given first"
    assert [(await row(town, one))["state"] for one in (first, mine, others)] == [
        "to_dispatch",
        "to_dispatch",
        "merged",
    ]
    await town.handle(first, "已更换灯头。")
    await family_news.tell(town.services.families)
    if channel == "chat":
        assert not any("已更换灯头" in text for text in await notices(citizen))


async def test_mine_is_different_by_text_message(town: Town) -> None:
    for words in ("天桥区明湖西路12号的路灯一直不亮，三天了", "提交"):
        await town.wechat.say(words)
    (first,) = await numbers(town)
    town.clock.advance(timedelta(minutes=1))
    for words in ("天桥区明湖西路12号门口的路灯不亮了，三天了", "提交"):
        await heard(town, words)
    second = (await numbers(town))[1]
    await town.services.families.join(first, second, by=OFFICER)
    await until(lambda: "合并至工单" in town.sms.texts[-1])
    assert first in town.sms.texts[-1]
    assert "单独办理" in await heard(town, "我的不一样")
    assert (await row(town, second))["merged_into"] == ""

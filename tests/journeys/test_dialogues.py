"""The dialogues every hub of a Chinese city must hold (domain.md §8.4), through the front doors citizens use."""

from __future__ import annotations

from bot.store.tables import attachment, consultation_answer, ticket
from tests.journeys.town import Town
from tests.journeys.wechat import image, location


async def test_s1_a_consultation_is_answered_from_the_knowledge_base(town: Town) -> None:
    told = await town.wechat.say("请问今年几号开始供暖?家里只有15度能投诉吗")
    assert "11月15日" in told
    assert "KB-0412" in told
    assert "15℃" in told
    assert "登记" in told
    told = await town.wechat.say("不用,我先问问物业")
    assert "1 解决 2 没解决" in told
    assert await town.wechat.say("1")
    answers = await town.rows(consultation_answer)
    assert [(row["entry"], row["solved"]) for row in answers] == [("KB-0412", None), ("KB-0412", "solved")]
    assert await town.rows(ticket) == []


async def report_smoke(town: Town) -> str:
    """S2 up to 已受理; returns the hub's last words."""
    say = town.wechat.say
    assert "睡不好" in await say("楼下烧烤店天天晚上冒烟,呛得孩子睡不着,到底有没有人管!!")
    told = await say(location(36.676, 116.984, "天桥区明湖西路12号附近"))
    assert "天桥区明湖西路12号附近" in told
    assert "店名" in told
    assert "保密" in await say("叫“老张烧烤”,半个多月了,晚上8点到12点")
    assert "保密" in await say(image("photo-1"))
    told = await say("保密")
    for words in ("老张烧烤", "天桥区明湖西路12号附近", "半个多月", "是否保密：是"):
        assert words in told
    return await say("提交")


async def test_s2_a_complaint_becomes_a_ticket(town: Town) -> None:
    town.wechat_peer.media["photo-1"] = ("image/jpeg", b"\xff\xd8\xff\xe0" + b"\0" * 100)
    told = await report_smoke(town)
    row = await town.ticket()
    assert row["number"] in told
    assert row["query_code"] in told
    assert "9月24日" in told
    wanted = {
        "type": "complaint",
        "category": "0106",
        "urgency": "normal",
        "state": "to_dispatch",
        "confidential": True,
        "district": "04",
        "place": "天桥区明湖西路12号附近",
        "respondent": "老张烧烤",
        "missing": [],
        "policy": "cn-jinan-like@1",
    }
    assert {name: row[name] for name in wanted} == wanted
    assert row["emotion"] >= 2
    assert row["due_at"].astimezone(town.clock.now().tzinfo).date().isoformat() == "2026-09-24"
    (photo,) = await town.rows(attachment)
    assert row["attachments"] == [photo["id"]]
    await town.fetched(photo["id"])

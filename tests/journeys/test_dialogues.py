"""The dialogues every hub of a Chinese city must hold (domain.md §8.4), through the front doors citizens use."""

from __future__ import annotations

from bot.store.tables import attachment, consultation_answer, supplement, ticket
from channels.sms.segments import segments
from tests.journeys.scripts import heard, report_lamp, report_smoke
from tests.journeys.town import UNIT, Town, until
from tests.journeys.wechat import video
from tickets.orders import Command


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


async def test_s3_progress_by_text_message(town: Town) -> None:
    number = await report_lamp(town)
    await town.order(number, Command.DISPATCH, lead=UNIT)
    town.clock.set(2026, 9, 20, 9, 30)  # a make-up working Sunday
    await town.order(number, Command.SIGN)
    await until(lambda: any("签收，正在办理" in text for text in town.sms.texts))
    told = await heard(town, "CX")
    for words in (f"尾号{number[-4:]}", "天桥区城管局", "9月20日签收", "9月24日前答复", "CB", "人工"):
        assert words in told
    assert segments("泉城12345", told) == 1


async def test_s4_urging_before_and_after_the_limit(town: Town) -> None:
    await report_smoke(town)
    number = (await town.ticket())["number"]
    await town.order(number, Command.DISPATCH, lead=UNIT)
    await town.order(number, Command.SIGN)
    town.clock.set(2026, 9, 21, 10, 0)
    told = await town.wechat.say("都三天了怎么还没人联系我?催一下")
    for words in (f"工单{number[-4:]}", "期限内", "9月24日", "还没有登记与您联系", "明天17:00"):
        assert words in told
    assert "今天已催办过" in await town.wechat.say("催办")
    assert (await town.ticket())["urge_count"] == 1
    town.clock.set(2026, 9, 28, 9, 0)
    assert "已超过办理期限" in await town.wechat.say("催办")
    assert (await town.ticket())["urge_count"] == 2


async def test_s5_a_supplement_with_a_video(town: Town) -> None:
    town.wechat_peer.media["video-1"] = ("video/mp4", b"\0\0\0\x18ftypmp42" + b"\0" * 100)
    await report_smoke(town)
    number = (await town.ticket())["number"]
    assert number[-4:] in await town.wechat.say("补充一下,他们昨天半夜1点还在烤,这是视频")
    told = await town.wechat.say(video("video-1"))
    assert "视频1段" in told
    assert "没有" in told
    await town.wechat.say("没有")
    first, second = await town.rows(supplement)
    assert first["ticket"] == second["ticket"] == number
    assert first["text"] == "补充一下,他们昨天半夜1点还在烤,这是视频"
    (clip,) = [row for row in await town.rows(attachment) if row["kind"] == "video"]
    assert second["attachments"] == [clip["id"]]
    row = await town.ticket()
    assert (row["supplement_count"], row["urgency"]) == (2, "normal")


async def test_s6_withdrawn_by_text_message_and_taken_back(town: Town) -> None:
    number = await report_lamp(town)
    tail = number[-4:]
    told = await heard(town, f"撤单 {tail}")
    assert f"尾号{tail}" in told
    assert "确认1" in told
    assert segments("泉城12345", told) == 1
    told = await heard(town, "确认1")
    assert segments("泉城12345", told) == 1
    assert "问题已解决" in told
    assert f"恢复{tail}" in told
    row = await town.ticket()
    assert (row["state"], row["closing_kind"]) == ("withdrawn", "withdrawn")
    assert row["closed_at"] == town.clock.now()
    assert "没有查到" in await heard(town, "催办")
    assert "已恢复" in await heard(town, f"恢复{tail}")
    row = await town.ticket()
    assert (row["state"], row["closed_at"]) == ("to_dispatch", None)

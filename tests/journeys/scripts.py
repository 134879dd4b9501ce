"""What citizens say in more than one journey, up to their ticket."""

from __future__ import annotations

from tests.journeys.town import Town, until
from tests.journeys.wechat import image, location


async def report_smoke(town: Town) -> str:
    """S2 of the domain's scripts, up to 已受理; returns the hub's last words."""
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


async def report_lamp(town: Town) -> str:
    """A report by text message; returns its ticket's number."""
    before = len(town.sms.texts)
    for words in ("天桥区明湖西路12号门口的路灯不亮了，三天了", "提交"):
        told = len(town.sms.texts)
        await town.sms.text(words)
        await until(lambda told=told: len(town.sms.texts) > told)  # type: ignore[misc]
    assert len(town.sms.texts) == before + 2
    row = await town.ticket()
    assert row["number"] in town.sms.texts[-1]
    return str(row["number"])


async def heard(town: Town, words: str) -> str:
    """What a text message is answered with."""
    before = len(town.sms.texts)
    await town.sms.text(words)
    await until(lambda: len(town.sms.texts) > before)
    return town.sms.texts[-1]

"""Citizens who come by a poster, tap the menu, allow notices, or are served at WeChat's own desk; the running hub."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.store import posters
from bot.store.tables import conversation, handover, outbox, permit, poster, ticket
from channels.account import Scanned
from tests.channels.wechat.case import ACCOUNT
from tests.channels.wechat.peer import playing
from tests.journeys.clock import Clock
from tests.journeys.sms import provider
from tests.journeys.town import Town, running, until
from tests.journeys.wechat import kind_of, sealed

PAGE = "https://mp.weixin.qq.com/s/leave"
REPLY = "经核查，已于9月19日修复路灯。"
FIELDS = {"character_string1": "{number}", "thing2": "{unit}"}
TEMPLATES = {
    "ticket.replied": [
        {"kind": "subscribe", "id": "TPL_sub", "fields": FIELDS},
        {"kind": "template", "id": "TPL_t", "fields": FIELDS},
    ],
    "survey.ask": {"kind": "template", "id": "TPL_ask", "fields": {"character_string1": "{number}"}},
}


@pytest.fixture
def account() -> dict[str, Any]:
    """What is special of the WeChat account."""
    return {"templates": TEMPLATES, "permit_page": PAGE}


@pytest.fixture
async def town(database_url: str, clock: Clock, account: dict[str, Any], tmp_path: Path) -> AsyncIterator[Town]:
    async with playing() as peer, provider() as sms_peer:
        peer.leaves = Counter()
        one = {**ACCOUNT, **peer.settings, "timeout_seconds": 5, **account}
        more = {"wechat": {"city": one}}
        city = {"policy": "cn-jinan-like"}
        async with running(
            database_url, clock, peer, sms_peer, folder=tmp_path / "files", city=city, more=more
        ) as made:
            yield made


def event(name: str, **elements: str) -> str:
    inner = "".join(f"<{key}><![CDATA[{value}]]></{key}>" for key, value in elements.items())
    return f"<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[{name}]]></Event>{inner}"


def consent(name: str, outer: str, status: str) -> str:
    entry = f"<TemplateId>TPL_sub</TemplateId><SubscribeStatusString>{status}</SubscribeStatusString>"
    return f"{event(name)}<{outer}><List>{entry}</List></{outer}>"


ACCEPT = consent("subscribe_msg_popup_event", "SubscribeMsgPopupEvent", "accept")
DECLINE = consent("subscribe_msg_popup_event", "SubscribeMsgPopupEvent", "reject")
REVOKE = consent("subscribe_msg_change_event", "SubscribeMsgChangeEvent", "reject")


async def hung_up(town: Town, scene: str = "04-ab12cd34") -> str:
    """A poster of 天桥区; its scene."""
    account = town.services.accounts["wechat", "city"]
    assert isinstance(account.adapter, Scanned)
    made = await account.adapter.code(scene, lasts=None)
    now = town.clock.now()
    one = posters.Poster(
        channel="wechat",
        account="city",
        scene=scene,
        district="04",
        place="街道办事处",
        url=made.url,
        created_at=now,
    )
    async with town.services.database.begin() as connection:
        await posters.add(connection, one)
    return scene


async def test_from_a_poster_to_the_result_by_subscription(town: Town) -> None:
    scene = await hung_up(town)
    citizen, passer_by = town.wechat, town.wechat_citizen("oPasserBy")
    assert "天桥区" in await citizen.say(event("subscribe", EventKey=f"qrscene_{scene}", Ticket="t"))
    assert "天桥区" in await passer_by.say(event("SCAN", EventKey=scene, Ticket="t"))
    assert "天桥区" not in await passer_by.say(event("SCAN", EventKey="somebody's", Ticket="t"))
    assert "发生了什么事" in await citizen.say(event("CLICK", EventKey="反映问题"))
    for words in ("路灯不亮", "实验小学门口", "三天了"):
        confirm = await citizen.say(words)
    assert "地点：天桥区实验小学门口" in confirm
    assert PAGE in await citizen.say("提交")
    (mine,) = await town.rows(ticket)
    assert mine["district"] == "04"
    (hangs,) = await town.rows(poster)
    assert (hangs["scans"], hangs["follows"], hangs["tickets"]) == (1, 1, 1)

    assert await citizen.say(ACCEPT) == ""
    await citizen.post(citizen.said[-1])  # WeChat's second try gives no second leave
    (leave,) = await town.rows(permit)
    assert (leave["template"], leave["sends_left"], leave["granted"]) == ("TPL_sub", 1, 1)
    peer = town.wechat_peer
    assert peer.leaves is not None
    peer.leaves[citizen.openid, "TPL_sub"] = 1
    town.clock.advance(timedelta(days=3))
    await town.handle(mine["number"], REPLY)
    await until(lambda: any(path.endswith("bizsend") for path, _, _ in peer.calls))
    (sent,) = [body for path, body, _ in peer.calls if path.endswith("bizsend")]
    unit = town.services.city.talk.units[(await town.ticket())["lead_unit"]]
    assert sent["data"] == {"character_string1": {"value": mine["number"]}, "thing2": {"value": unit}}
    assert peer.leaves[citizen.openid, "TPL_sub"] == 0
    town.clock.set(2026, 9, 23, 9, 5)
    assert await town.call_back() == 1
    await until(lambda: peer.calls[-1][1].get("template_id") == "TPL_ask")
    (leave,) = await town.rows(permit)
    assert leave["sends_left"] == 0
    assert await passer_by.say("路灯不亮")  # still served


async def test_without_leave_the_template_goes_and_refusals_are_counted(town: Town) -> None:
    citizen, peer = town.wechat, town.wechat_peer
    for words in ("天桥区明湖西路12号路灯不亮,三天了", "提交"):
        await citizen.say(words)
    for said in (DECLINE, ACCEPT, REVOKE):
        town.clock.advance(timedelta(seconds=1))
        await citizen.say(said)
    (leave,) = await town.rows(permit)
    assert [leave[name] for name in ("granted", "declined", "revoked", "sends_left")] == [1, 1, 1, 0]
    town.clock.advance(timedelta(seconds=1))
    await citizen.say(ACCEPT)  # but WeChat knows of none
    town.clock.advance(timedelta(days=3))
    await town.handle((await town.ticket())["number"], REPLY)
    await until(lambda: any(body.get("template_id") == "TPL_t" for _, body, _ in peer.calls))
    (leave,) = await town.rows(permit)
    assert leave["sends_left"] == 0
    result = [row for row in await town.rows(outbox) if row["body"].get("notice") == "ticket.replied"]
    assert [row["route"] for row in result] == ["template"]


class TestAtWeChatsDesk:
    """desk = "wechat": who asks for a person is served by Tencent's own customer-service tool."""

    @pytest.fixture
    def account(self) -> dict[str, Any]:
        return {"desk": "wechat"}

    async def says(self, town: Town, elements: str, message_id: int) -> str:
        call = sealed(town.wechat.openid, elements, at=int(town.clock.now().timestamp()), message_id=message_id)
        status, answer = await town.wechat.post(call)
        status, again = await town.wechat.post(call)
        assert (status, kind_of(again)) == (200, kind_of(answer))
        return kind_of(answer)

    async def test_the_citizen_is_given_there_and_comes_back(self, town: Town) -> None:
        text = "<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{}]]></Content>"
        hello = sealed(town.wechat.openid, text.format("你好"), at=int(town.clock.now().timestamp()), message_id=1)
        _, answered = await town.wechat.post(hello)
        assert await self.says(town, text.format("转人工"), 2) == "transfer_customer_service"
        await until(lambda: bool(town.wechat_peer.calls))
        ((_, sent, _),) = town.wechat_peer.calls
        assert "正在为您转接人工客服" in sent["text"]["content"]
        (mine,) = await town.rows(conversation)
        assert (mine["owner"], mine["agent"]) == ("agent", "微信客服功能")
        (given,) = await town.rows(handover)
        assert given["ended_at"] is not None
        assert await self.says(town, text.format("还在吗"), 3) == "transfer_customer_service"
        _, again = await town.wechat.post(hello)  # what was answered before is answered so again
        assert kind_of(again) == kind_of(answered) == "text"
        assert await self.says(town, event("kf_create_session", KfAccount="a1@city"), 4) == ""
        assert await self.says(town, event("kf_close_session", KfAccount="a1@city"), 5) == ""
        assert await self.says(town, text.format("你好"), 6) == "text"
        assert len(town.wechat_peer.calls) == 1

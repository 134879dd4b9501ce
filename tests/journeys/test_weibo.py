"""Citizens on Weibo through the running hub: in private as on any channel, in public with one invitation and no more."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from bot.replaying import replay
from bot.store.tables import alarm, attachment, call_task, conversation, message, outbox, poll, ticket
from dialog.flows import public
from tests.channels.weibo.case import WATCHING
from tests.channels.weibo.peer import WeiboPeer, playing
from tests.journeys.test_letters import eventually
from tests.journeys.town import Town, until
from tests.journeys.weibo import WeiboCitizen

LAMP = "天桥区明湖西路12号门口的路灯不亮了，三天了"
REPLY = "经核查，已于9月19日修复路灯。"


@pytest.fixture
async def peer() -> AsyncIterator[WeiboPeer]:
    async with playing() as one:
        yield one


@pytest.fixture
def more(peer: WeiboPeer) -> dict[str, Any]:
    return {"weibo": {"city": WATCHING | dict(peer.settings) | {"poll_seconds": 1, "timeout_seconds": 5}}}


@pytest.fixture
async def citizen(town: Town, peer: WeiboPeer) -> WeiboCitizen:
    """Somebody on Weibo, once the hub has noted where the public stands."""
    await until(lambda: len(peer.looks) >= 3)
    return WeiboCitizen(town.http, f"{town.base}/hooks/weibo/city", peer, town.clock)


async def test_a_private_message_becomes_a_ticket_and_its_notices_come_back(town: Town, citizen: WeiboCitizen) -> None:
    assert "12345" in await citizen.say("关注事件消息", "event", subtype="follow")
    assert "路灯" in await citizen.say(LAMP)
    accepted = await citizen.say("提交")
    row = await town.ticket()
    assert row["number"] in accepted
    assert "明湖西路12号" in row["place"]

    # More than WeChat would let us send: within 48 hours Weibo counts nothing.
    await town.handle(row["number"], REPLY)
    await until(lambda: any(REPLY in words for words in citizen.told))
    assert len(citizen.told) == 3
    sent = await eventually(lambda: town.rows(outbox, sender="system", state="sent"), 3)
    assert {(one["route"], one["why"]) for one in sent} == {("direct", "in_window")}

    # Monday: the window is shut, so nobody is written to; a person calls about the rating.
    town.clock.set(2026, 9, 21, 9, 5)
    assert await town.call_back() == 1
    (call,) = await eventually(lambda: town.rows(call_task), 1)
    assert (call["reason"], call["ticket"]) == ("survey.ask", row["number"])
    assert len(citizen.told) == 3
    # Who writes again can be written to again, and answers what was asked.
    assert "评价" in await citizen.say("已解决")
    assert "感谢评价" in await citizen.say("满意")
    assert (await town.ticket())["satisfaction"] == "satisfied"


async def test_a_refusal_closes_the_window_and_the_result_goes_another_way(
    town: Town, citizen: WeiboCitizen, peer: WeiboPeer
) -> None:
    await citizen.say(LAMP)
    await citizen.say("提交")
    number = (await town.ticket())["number"]
    peer.errors["/2/messages/reply.json"] = [(400, {"error": "no quota", "error_code": 21602})]
    await town.handle(number, REPLY)
    (call,) = await eventually(lambda: town.rows(call_task), 1)
    assert (call["reason"], citizen.told) == ("ticket.replied", [])
    (mine,) = await town.rows(conversation)
    assert mine["window_left"] == 0


async def test_weibo_s_retries_get_the_same_words_and_forgers_none(town: Town, citizen: WeiboCitizen) -> None:
    told = await citizen.say(LAMP)
    (body,) = citizen.pushed
    for _ in range(2):
        status, answer = await citizen.post(body)
        assert (status, citizen.read(answer)) == (200, told)
    assert len(await town.rows(message)) == 1
    assert (await citizen.post(body, signature="0" * 40))[0] == 403
    assert (await citizen.post(body, timestamp="1397022061823"))[0] == 403
    assert (await citizen.post(b"<xml></xml>"))[0] == 400
    assert (await citizen.post(body.replace(b"6000012345", b"6000012346")))[0] == 400
    assert len(await town.rows(message)) == 1


async def test_a_photo_is_fetched_and_belongs_to_the_report(town: Town, citizen: WeiboCitizen, peer: WeiboPeer) -> None:
    peer.files["821804472"] = ("image/jpeg", b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(100))
    await citizen.say(LAMP)
    await citizen.say("发了一张图片", "image", vfid=821804471, tovfid=821804472)
    await citizen.say("提交")
    (file,) = await town.rows(attachment)
    assert (await town.fetched(file["id"]))["media_type"] == "image/jpeg"
    assert (await town.ticket())["attachments"] == [file["id"]]


async def test_in_public_there_is_one_invitation_and_in_private_a_new_conversation(
    town: Town, citizen: WeiboCitizen, peer: WeiboPeer
) -> None:
    post = peer.mention(f"@泉城12345 {LAMP}")
    await until(lambda: bool(peer.comments))
    peer.comment("我的号码是13800138000，快打给我")
    peer.comment("[怒]", uid=5000067891)
    await eventually(lambda: town.rows(message), 2)
    other = peer.comment("井盖也坏了", uid=5000067892)
    await until(lambda: len(peer.comments) == 2)
    assert [(path.split("/")[3], form["id"], form.get("cid")) for path, form in peer.comments] == [
        ("create.json", str(post), None),
        ("reply.json", "5200000000000001", str(other)),
    ]
    for _, form in peer.comments:
        assert "请私信我们" in form["comment"]
        assert "路灯" not in form["comment"]
    assert await town.rows(ticket) == []
    assert [one["text"] for one in await town.rows(message)][1].startswith("我的号码"), "kept for a person"
    # Nobody can talk on in public, not even a person: his second remark opened the window for an answer to itself only.
    (first, _) = await town.rows(conversation)
    await town.services.takeover.take(first["id"], "0128")
    await town.services.takeover.say(first["id"], "0128", "您的手机是13800138000吗", key="k1")
    words = await eventually(lambda: town.rows(outbox, sender="agent", state="dead"), 1)
    assert words[0]["why"] == "refused"
    assert len(peer.comments) == 2
    assert citizen.told == []

    assert "路灯" in await citizen.say(LAMP)
    assert len(await town.rows(conversation)) == 3


async def test_danger_in_public_alarms_a_person(town: Town, citizen: WeiboCitizen, peer: WeiboPeer) -> None:
    peer.comment("着火了，三楼还有人")
    (raised,) = await eventually(lambda: town.rows(alarm), 1)
    (said,) = await town.rows(message)
    assert (raised["kind"], raised["message_id"]) == ("fire", said["id"])
    await until(lambda: bool(peer.comments))
    assert "请立即拨打110、119或120" in peer.comments[0][1]["comment"]
    assert await town.rows(ticket) == []


async def test_a_pushed_mention_is_answered_once_and_in_private(
    town: Town, citizen: WeiboCitizen, peer: WeiboPeer
) -> None:
    assert await citizen.say("@泉城12345 路灯谁管管", "mention", subtype="status", key="5200000000000101") == ""
    await until(lambda: bool(citizen.told))
    assert await citizen.post(citizen.pushed[0]) == (200, b"")
    # The same post, found by looking: its author has his invitation.
    peer.mention("@泉城12345 路灯谁管管")
    await eventually(lambda: town.rows(message), 2)
    assert ["请私信我们" in words for words in citizen.told] == [True]
    assert peer.comments == []
    (mine,) = await town.rows(conversation)
    assert (mine["peer"], mine["window_left"]) == (f"public:{citizen.uid}", 1), "the second remark bought another"
    town.clock.advance(timedelta(seconds=1))
    assert "12345" in await citizen.say("您好"), "in private he is greeted as anybody"


async def test_our_own_trouble_is_not_told_in_public(
    town: Town, citizen: WeiboCitizen, peer: WeiboPeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_text: str) -> None:
        raise RuntimeError("a fault of the rules")

    monkeypatch.setattr(public, "detect", broken)
    peer.comment("井盖坏了")
    await eventually(lambda: town.rows(message, state="stuck"), 1)
    assert await town.rows(outbox) == []
    (where,) = await town.rows(poll)
    assert where["error"] == "", "the next remarks are looked for"

    monkeypatch.undo()
    assert await replay(town.services) == (1, 0)
    await until(lambda: bool(peer.comments))
    assert "请私信我们" in peer.comments[0][1]["comment"]

"""One citizen on many channels: a call's ticket claimed in WeChat, a phone proved by a text, consent kept to, parted again."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.store.tables import call_task, conversation, link, outbox, proof, ticket
from bot.web.own_copy import readable
from channels.message import Address, Batch, Inbound, Kind
from tests.journeys.phoned import HOTLINE, PHONE, digits, phoned
from tests.journeys.town import Town, until
from tests.journeys.wechat import WeChatCitizen
from tickets.orders import Command
from tickets.privacy.access import Officer
from tickets.state import Role

LI, ZHAO = (Officer(name, name, frozenset({role})) for name, role in (("li", Role.AGENT), ("zhao", Role.OFFICE_LEADER)))
RESULT = "经核查，已于9月21日修复路灯。"
LONG_AFTER = timedelta(hours=60)


@pytest.fixture
def more() -> dict[str, Any]:
    return HOTLINE


def codes(town: Town) -> list[str]:
    """The texts with a code that reached the citizen's phone."""
    return [words for words in town.sms.texts if "认领" in words or "验证码" in words]


async def code(town: Town, count: int, *, of: int) -> str:
    """The code in the ``of``-th of them."""
    await town.services.phone.claims.texts.send()
    await until(lambda: len(codes(town)) >= of)
    return digits(codes(town)[of - 1], count)


async def claimed(town: Town, *, consents: str) -> str:
    """A ticket from the telephone, claimed by the WeChat citizen; its number."""
    number = await phoned(town)
    given = await code(town, 8, of=1)
    assert number in codes(town)[0]
    assert "后四位" in await town.wechat.say(f"认领 {number} {given}")
    assert f"已认领尾号{number[-4:]}" in await town.wechat.say(PHONE[-4:])
    assert await town.wechat.say(consents)
    return number


async def bound(town: Town, citizen: WeChatCitizen) -> str:
    """The citizen proves the phone in WeChat; returns what he was told."""
    assert "11位手机号" in await citizen.say("绑定手机")
    assert f"尾号{PHONE[-4:]}" in await citizen.say(PHONE)
    return await citizen.say(await code(town, 6, of=1))


async def reported(town: Town, where: str) -> str:
    """A ticket of the phone's own, by text message; its number."""
    for words in (f"{where}的路灯不亮了，三天了", "提交"):
        await town.sms.text(words)
    await until(lambda: any("已受理" in words for words in town.sms.texts))
    return str((await town.rows(ticket))[-1]["number"])


async def test_a_call_is_claimed_in_wechat_and_its_news_come_there_alone(town: Town) -> None:
    number = await claimed(town, consents="只在这里")
    (mine,) = [one for one in await town.rows(conversation) if one["channel"] == "wechat"]
    assert (await town.ticket())["conversation_id"] == mine["id"]
    await town.order(number, Command.DISPATCH, lead="D04C")
    await until(lambda: any("已转" in words for words in town.wechat.pushed))
    assert number[-4:] in await town.wechat.say("我的工单")
    town.clock.advance(LONG_AFTER)  # WeChat lets us write no more
    await town.order(number, Command.SIGN)
    await town.settle(number, RESULT)
    await until_told(town, "ticket.replied")
    replied = await told(town, number, "ticket.replied")
    assert (replied["state"], replied["why"]) == ("dead", "only_here"), "a person sees it; no other channel is used"
    assert not [words for words in town.sms.texts if "已转" in words or RESULT in words]
    assert not await town.rows(call_task)
    assert RESULT in await town.wechat.say("查询")


async def test_who_consents_gets_the_result_on_his_phone(town: Town) -> None:
    number = await claimed(town, consents="可以")
    town.clock.advance(LONG_AFTER)
    await town.handle(number, RESULT)
    await until(lambda: any(RESULT in words for words in town.sms.texts))
    assert (await told(town, number, "ticket.replied"))["why"] in ("phone", "free")


async def test_a_claim_code_works_once_and_for_one(town: Town) -> None:
    number = await phoned(town)
    given = await code(town, 8, of=1)
    other = town.wechat_citizen("oZZZZ1234567890abcdefghijklm")
    assert "不正确" in await other.say(f"认领 {number} 00000000")
    assert "后四位" in await town.wechat.say(f"认领 {number} {given}")
    assert "没有查到" in await other.say(f"认领 {number} {given}"), "it is held by who typed it first"
    for _ in range(4):
        assert "不正确" in await town.wechat.say("1111")
    assert "错误次数过多" in await town.wechat.say("1111")
    assert "错误次数过多" in await town.wechat.say(f"认领 {number} {given}"), "typing it again gives no new tries"
    assert "没有查到您名下" in await town.wechat.say("我的工单")
    await town.services.phone.claims.again(number)
    assert "后四位" in await town.wechat.say(f"认领 {number} {await code(town, 8, of=2)}"), "an agent sent another"
    assert "发送次数过多" in await town.wechat.say("验证码"), "not a minute after the last"
    town.clock.advance(timedelta(minutes=2))
    assert "后四位" in await town.wechat.say(f"认领 {number} {digits(codes(town)[1], 8)}")
    assert "登记的手机" in await town.wechat.say("验证码")
    assert "已认领" in await town.wechat.say(await code(town, 6, of=3))
    (mine,) = [one for one in await town.rows(link) if one["kind"] == "ticket"]
    assert mine["proof"] == "sms_code"


async def test_a_proved_phone_shows_what_was_written_from_it_until_it_is_unbound(town: Town) -> None:
    by_text = await reported(town, "天桥区明湖西路12号门口")
    await town.wechat.say("历下区文化东路88号门口的路灯不亮了，三天了")
    await town.wechat.say("提交")
    own = str((await town.rows(ticket))[-1]["number"])
    assert "已绑定尾号8217" in await bound(town, town.wechat)
    mine = await town.wechat.say("我的工单")
    assert by_text[-4:] in mine
    assert own[-4:] in mine
    assert {row["citizen"] for row in await town.rows(ticket)} == {1}
    assert "已解除绑定" in await town.wechat.say("解除绑定")
    assert own[-4:] in (alone := await town.wechat.say("我的工单"))
    assert by_text[-4:] not in alone
    assert [row["citizen"] for row in await town.rows(ticket)] == [1, 2]
    await town.sms.text("我的工单")
    await until(lambda: by_text[-4:] in town.sms.texts[-1])
    assert all(one["ended_at"] for one in await town.rows(link))


async def test_the_owner_of_a_number_cuts_off_whoever_bound_it_before(town: Town) -> None:
    await town.wechat.say("历下区文化东路88号门口的路灯不亮了，三天了")
    await town.wechat.say("提交")
    await bound(town, town.wechat)
    await town.sms.text("查询")
    await until(lambda: any("尾号" in words for words in town.sms.texts))
    await town.sms.text("解除绑定")
    await until(lambda: "已解除其他渠道" in town.sms.texts[-1])
    wechat, sms = sorted(await town.rows(conversation), key=lambda row: row["id"])
    assert (wechat["phone_sealed"], wechat["citizen"], sms["citizen"]) == (None, wechat["id"], sms["id"])
    assert (await town.ticket())["citizen"] == wechat["id"]


async def test_a_code_is_read_on_the_phone_and_nowhere_else(town: Town, capfd: pytest.CaptureFixture[str]) -> None:
    await town.wechat.say("绑定手机")
    await town.wechat.say(PHONE)
    await town.services.phone.claims.texts.send()
    await until(lambda: len(town.sms.texts) == 1)
    given = digits(town.sms.texts[0], 6)
    await until_told(town, "proof.code")
    async with town.services.database.read() as connection:
        rows = [
            repr(tuple(row))
            for table in (outbox, proof, conversation)
            for row in await connection.execute(select(table))
        ]
    assert not [row for row in rows if given in row]
    (row,) = [one for one in await town.rows(outbox) if one["body"].get("notice") == "proof.code"]
    assert row["body"]["sealed"] == "", "what was sealed until it left is wiped"
    assert "******" in row["body"]["text"]
    assert given not in "".join(capfd.readouterr())
    assert json.dumps(row["plans"])


async def test_links_are_his_to_read_and_go_with_him(town: Town) -> None:
    number = await claimed(town, consents="可以")
    (mine,) = [one for one in await town.rows(conversation) if one["channel"] == "wechat"]
    own = town.services.own_data
    kept = await own.export(mine["citizen"], by=LI)
    assert [(one["kind"], one["ticket"], one["proof"]) for one in kept["links"]] == [("ticket", number, "claim_tail")]
    assert kept["conversations"][0]["elsewhere"] is True
    assert "您绑定的手机和认领的诉求" in readable(kept)
    await asyncio.sleep(0.5)
    await town.services.inline.flush()  # nothing is on its way any more
    asked = await own.ask("erase", mine["citizen"], by=LI, reason="本人申请")
    assert await own.sign(asked, ZHAO)
    at_home = (await town.ticket())["conversation_id"]
    assert at_home != mine["id"], "the ticket is the caller's, and is told about where it was opened"
    assert not await town.rows(link)
    (left,) = await town.rows(conversation, id=mine["id"])
    assert (left["elsewhere"], left["elsewhere_at"]) == (None, None)


@pytest.mark.parametrize("consents", ["可以", "只在这里"])
async def test_unsubscribing_closes_the_route_of_what_waits_too(town: Town, consents: str) -> None:
    await bound(town, town.wechat)
    await town.wechat.say(consents)
    await town.wechat.say("历下区文化东路88号门口的路灯不亮了，三天了")
    await town.wechat.say("提交")
    number = str((await town.ticket())["number"])
    town.clock.set(2026, 9, 18, 23, 30)  # what is told now waits for the morning
    await town.order(number, Command.DISPATCH, lead="D04C")
    await town.wechat.say(
        "<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[unsubscribe]]></Event><EventKey></EventKey>"
    )
    town.clock.set(2026, 9, 19, 7, 30)
    town.services.outbox.wake()
    if consents == "可以":
        await until(lambda: any("已转" in words for words in town.sms.texts))
    else:
        await until_told(town, "ticket.dispatched")
        assert (await told(town, number, "ticket.dispatched"))["why"] == "only_here"
        assert not [words for words in town.sms.texts if "已转" in words]
    assert not [words for words in town.wechat.pushed if "已转" in words]


async def told(town: Town, number: str, key: str) -> dict[str, object]:
    """The last message of this kind about a ticket."""
    found = [one for one in await town.rows(outbox, ticket=number) if one["body"].get("notice") == key]
    return dict(found[-1])


async def until_told(town: Town, key: str) -> None:
    """Until every message of this kind left the queue."""
    for _ in range(200):
        rows = [one for one in await town.rows(outbox) if one["body"].get("notice") == key]
        if rows and all(one["state"] not in ("queued", "leased") for one in rows):
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"{key} is still queued")


async def test_an_answer_to_a_text_is_about_the_ticket_of_that_text(town: Town) -> None:
    first, second = await reported(town, "天桥区明湖西路12号门口"), await reported(town, "历下区文化东路88号门口")
    phone = Address("sms", "city", PHONE)
    given = {"sent_at": town.clock.now(), "kind": Kind.TEXT, "verified_phone": PHONE}
    asked = Inbound(address=phone, id="about-1", text="催办", about=first[-4:], **given)
    await town.services.hub.receive(Batch((asked,)))
    urged = {row["number"]: row["urge_count"] for row in await town.rows(ticket)}
    assert urged == {first: 1, second: 0}, "not the latest one, which the bare word means"

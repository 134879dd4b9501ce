"""SMPP against a centre that is not ours (npm smpp): words both ways, receipts, refusals, and broken connections."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from channels.errors import Credential, Later, Never, Unknown
from channels.message import Address, Outbound, Say, Stage
from channels.sms.segments import segments
from tests.channels.sms.held import NOW, PHONE, Held, holding, session
from tests.channels.sms.smsc import STATUSES, Centre, centre
from tests.channels.sms.smsc_settings import SMPP

LONG = "天桥区明湖西路12号门口的路灯坏了一个星期了，晚上很黑，老人出门很不方便，请尽快派人来修🙂谢谢。" * 3


@pytest.fixture
async def smsc() -> AsyncIterator[Centre]:
    async with centre() as one:
        yield one


def units(hexed: str) -> str:
    return bytes.fromhex(hexed).decode("utf-16-be")


def pieces(text: str, size: int = 134) -> list[str]:
    """Cut blindly by octets, as many gateways do: pairs are torn."""
    octets = text.encode("utf-16-be")
    return [octets[at : at + size].hex() for at in range(0, len(octets), size)]


def said(one: dict[str, Any]) -> str:
    return units(one["hex"]) if one["hex"] else str(one["text"])


async def test_it_binds_as_transceiver_sends_chinese_and_says_goodbye(smsc: Centre) -> None:
    async with holding(smsc.settings, reply_extension="12") as held:
        assert await held.send("您的诉求已受理🙂")
    [bound] = smsc.log("bind")
    assert bound["version"] == 0x34
    [sent] = smsc.log("submit_sm")
    assert (sent["from"], sent["to"], sent["ton"]) == ("106571234512", "8613800138000", 1)
    assert (sent["coding"], sent["esm"], sent["wanted"]) == (8, 0, 1)
    assert said(sent) == "【示例市】您的诉求已受理🙂"
    assert smsc.log("unbind")


@pytest.mark.parametrize("parts", ["udh", "sar"])
async def test_a_long_text_goes_in_the_parts_it_is_billed_as(smsc: Centre, parts: str) -> None:
    async with holding(smsc.settings, parts=parts) as held:
        id = await held.send(LONG)
    sent = smsc.log("submit_sm")
    assert len(sent) == segments("示例市", LONG) == 3
    assert "".join(map(said, sent)) == f"【示例市】{LONG}"
    assert [one["wanted"] for one in sent] == [0, 0, 1], "the last part's report stands for all"
    assert id == str(0x2A3)
    if parts == "udh":
        places = [bytes.fromhex(one["udh"])[-5:] for one in sent]
        assert [(place[:2], *place[3:]) for place in places] == [(b"\x00\x03", 3, n) for n in (1, 2, 3)]
        assert len({place[2] for place in places}) == 1
        assert {one["esm"] for one in sent} == {0x40}
    else:
        assert [one["sar"][1:] for one in sent] == [[3, 1], [3, 2], [3, 3]]
        assert {one["esm"] for one in sent} == {0}


async def test_what_is_delivered_is_answered_once_it_is_kept(smsc: Centre) -> None:
    async with holding(smsc.settings) as held:
        smsc.deliver("路灯坏了", to="10657123457")
        [answer] = await smsc.saw("deliver_resp")
    assert answer["status"] == 0
    [message] = held.messages
    assert (message.text, message.address.peer, message.verified_phone) == ("路灯坏了", PHONE, PHONE)
    assert message.extra == {"extension": "7"}


async def test_the_same_words_twice_are_two_messages(smsc: Centre) -> None:
    async with holding(smsc.settings) as held:
        smsc.deliver("1")
        smsc.deliver("1")
        await smsc.saw("deliver_resp", 2)
    assert len({one.id for one in held.messages}) == 2


async def test_what_was_not_kept_is_refused_and_taken_when_it_comes_again(smsc: Centre) -> None:
    held = Held(smsc.settings)
    held.broken = True
    async with session(held):
        smsc.deliver("路灯坏了")
        [answer] = await smsc.saw("deliver_resp")
    assert answer["status"] == 0x64
    assert held.messages == []
    held.broken = False
    async with session(held):
        smsc.deliver("路灯坏了")
        await smsc.saw("deliver_resp", 2)
    assert held.texts == ["路灯坏了"]


async def test_a_repeat_after_a_cut_is_known_again(smsc: Centre) -> None:
    """Committed, but the connection was cut before the answer is surely read: the centre delivers it again."""
    held = Held({**smsc.settings, "silence_seconds": 30})
    async with session(held):
        smsc.deliver("1")
        await held.until(lambda: held.messages)
        smsc.order("cut")
        await held.until(lambda: held.fault is not None)
    assert isinstance(held.fault, Later)
    async with session(held):
        smsc.deliver("1")
        smsc.deliver("1", tag="a new one")
        await held.until(lambda: len(held.messages) == 3)
    first, again, other = held.messages
    assert first.id == again.id != other.id


async def test_what_was_surely_answered_is_no_repeat_after_a_cut(smsc: Centre) -> None:
    held = Held(smsc.settings)
    async with session(held):
        smsc.deliver("1")
        await held.until(lambda: held.messages and not held.cursor)  # proved by the next enquire_link
        smsc.order("cut")
        await held.until(lambda: held.fault is not None)
    async with session(held):
        smsc.deliver("1")
        await held.until(lambda: len(held.messages) == 2)
    assert len({one.id for one in held.messages}) == 2


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 1, 0, 2, 2)])
async def test_parts_are_joined_in_any_order(smsc: Centre, order: tuple[int, ...]) -> None:
    cut = pieces(LONG)
    async with holding(smsc.settings) as held:
        for at in order:
            smsc.deliver(hex=cut[at], udh=f"05000377{len(cut):02x}{at + 1:02x}")
        answers = await smsc.saw("deliver_resp", len(order))
    assert {one["status"] for one in answers} == {0}
    assert held.texts == [LONG]


async def test_parts_survive_a_restart_between_them(smsc: Centre) -> None:
    cut = pieces(LONG)
    held = Held(smsc.settings)
    async with session(held):
        smsc.deliver(hex=cut[2], udh="0608041234" + "0303")
        await smsc.saw("deliver_resp", 1)
    later = Held(smsc.settings)
    later.cursor = held.cursor
    async with session(later):
        for at in (0, 1):
            smsc.deliver(hex=cut[at], udh=f"060804123403{at + 1:02x}")
        await smsc.saw("deliver_resp", 3)
    assert later.texts == [LONG]


async def test_a_part_that_never_comes_costs_its_own_words_only(smsc: Centre) -> None:
    cut = pieces(LONG)
    async with holding(smsc.settings) as held:
        for at in (2, 0):
            smsc.deliver(hex=cut[at], udh=f"0500039903{at + 1:02x}")
        await smsc.saw("deliver_resp", 2)
        held.now = NOW + timedelta(minutes=9)
        await asyncio.sleep(0.5)
        assert held.messages == []
        held.now = NOW + timedelta(minutes=10, seconds=1)
        await held.until(lambda: held.messages)
        assert "[缺第2段]" in held.texts[0]
        assert held.texts[0].startswith(LONG[:60])
        assert held.texts[0].endswith(LONG[-12:])
        smsc.deliver(hex=cut[0], udh="050003990301")  # a repeat of what was told already
        await smsc.saw("deliver_resp", 3)
    assert len(held.messages) == 1


@pytest.mark.parametrize(
    ("more", "text"),
    [
        ({"hex": "路灯坏了".encode("utf-16-be").hex(), "payload": True}, "路灯坏了"),
        ({"hex": "路灯坏了".encode("gbk").hex(), "coding": 15}, "路灯坏了"),
        ({"hex": "00001b65", "coding": 0}, "@@€"),
        ({"hex": "e9e8", "coding": 3}, "éè"),
    ],
)
async def test_words_are_read_in_the_coding_they_come_in(smsc: Centre, more: dict[str, Any], text: str) -> None:
    async with holding(smsc.settings) as held:
        smsc.deliver(**more)
        await smsc.saw("deliver_resp")
    assert held.texts == [text]


@pytest.mark.parametrize(("when", "count"), [("after", 1), ("before", 1), ("double", 2), ("never", 0)])
async def test_receipts_name_what_was_sent_whenever_they_come(smsc: Centre, when: str, count: int) -> None:
    smsc.order("report", when=when)
    async with holding(smsc.settings) as held:
        id = await held.send("您的诉求已受理")
        await smsc.saw("receipt_resp", count)
    assert [(one.provider_id, one.stage) for one in held.receipts] == [(id, Stage.DELIVERED)] * count


async def test_a_hexadecimal_id_meets_its_decimal_receipt(smsc: Centre) -> None:
    smsc.order("report", when="after", state="UNDELIV")
    smsc.order("mode", mode={"do": "accept", "hex": True})
    async with holding(smsc.settings, message_ids="hex") as held:
        id = await held.send("您的诉求已受理")
        await held.until(lambda: held.receipts)
    assert [(one.provider_id, one.stage) for one in held.receipts] == [(id, Stage.FAILED)]


async def test_a_throttling_centre_is_given_more_and_more_time(smsc: Centre) -> None:
    waits = []
    async with holding(smsc.settings) as held:
        smsc.refuse("ESME_RTHROTTLED")
        for _ in range(4):
            with pytest.raises(Later) as refused:
                await held.send("您好")
            assert refused.value.whole_account
            waits.append(refused.value.after)
        smsc.accept()
        await held.send("您好")
        smsc.refuse("ESME_RMSGQFUL")
        with pytest.raises(Later) as refused:
            await held.send("您好")
    assert waits == [1.0, 2.0, 4.0, 8.0]
    assert refused.value.after == 1.0


async def test_more_than_the_window_waits_its_turn(smsc: Centre) -> None:
    async with holding(smsc.settings, window=2) as held:
        smsc.hang()
        sending = [asyncio.create_task(held.send("您好")) for _ in range(5)]
        await smsc.saw("submit_sm", 2)
        await asyncio.sleep(0.1)
        assert len(smsc.log("submit_sm")) == 2
        results = await asyncio.gather(*sending, return_exceptions=True)
    assert {type(one) for one in results} == {Unknown, Later}


async def test_sends_under_way_are_answered_before_goodbye(smsc: Centre) -> None:
    smsc.order("report", when="before")  # the answer comes 50 ms late
    async with holding(smsc.settings) as held:
        sending = asyncio.create_task(held.send("您好"))
        await smsc.saw("submit_sm")
    assert await sending
    assert smsc.log("unbind")


@pytest.mark.parametrize(("wrong", "code"), [("user", "ESME_RINVSYSID"), ("password", "ESME_RINVPASWD")])
async def test_a_refused_login_calls_the_operator(smsc: Centre, wrong: str, code: str) -> None:
    async with holding(smsc.settings, **{wrong: "other"}) as held:
        await held.until(lambda: held.fault is not None)
    assert isinstance(held.fault, Credential)
    assert held.fault.code == code


async def test_enquiries_are_answered_and_made(smsc: Centre) -> None:
    async with holding(smsc.settings):
        smsc.order("enquire")
        await smsc.saw("enquire_link_resp")
        await smsc.saw("enquire_link", 2)


async def test_a_centre_that_falls_silent_is_left(smsc: Centre) -> None:
    async with holding(smsc.settings, silence_seconds=0.1, timeout_seconds=0.1) as held:
        smsc.order("quiet", quiet=True)
        await held.until(lambda: held.fault is not None, seconds=5)
    assert isinstance(held.fault, Later)


async def test_a_centre_that_unbinds_is_answered(smsc: Centre) -> None:
    async with holding(smsc.settings) as held:
        smsc.order("unbind")
        await held.until(lambda: held.fault is not None)
        await smsc.saw("unbind_resp")


async def test_nobody_there_is_told_as_later() -> None:
    async with holding({**SMPP, "port": 9}) as held:
        await held.until(lambda: held.fault is not None)
        with pytest.raises(Later):
            await held.send("您好")
    assert isinstance(held.fault, Later)


async def test_a_text_half_sent_is_finished_though_the_centre_asks_to_slow_down(smsc: Centre) -> None:
    async with holding(smsc.settings, timeout_seconds=5) as held:
        smsc.order("mode", mode={"do": "second", "status": STATUSES["ESME_RTHROTTLED"]})
        assert await held.send(LONG)
    sent = [one["udh"][-2:] for one in smsc.log("submit_sm")]
    assert sent == ["01", "02", "02", "03"]


async def test_a_phone_no_field_can_hold_is_never(smsc: Centre) -> None:
    async with holding(smsc.settings) as held:
        for phone in ("1" * 40, "手机"):
            with pytest.raises(Never):
                await held.line.send(Outbound(key="k", address=Address("sms", "city", phone), body=Say("您好")))
        assert await held.send("您好"), "the line is none the worse for it"

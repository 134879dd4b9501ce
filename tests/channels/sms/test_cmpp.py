"""CMPP: the vectors to the octet, any octets Malformed at worst, and a whole line to a gateway of our own making."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.errors import Credential, Later, Malformed, Never, Unknown
from channels.message import Address, Outbound, Receipt, Say, Stage
from channels.sms.cmpp import pdu
from channels.sms.cmpp.dialect import Cmpp
from channels.sms.cmpp.pdu import Command, Version
from channels.sms.line.dialect import Answer, Piece, Text
from channels.sms.segments import segments
from channels.sms.settings import CmppSettings
from tests.channels.sms import cmpp_vectors as vectors
from tests.channels.sms.gateway import CMPP, Gateway, fields, gateway
from tests.channels.sms.held import PHONE, Held, holding, session

BEFORE = datetime(2026, 1, 1, 0, 0, tzinfo=UTC)
"""01-01 08:00:00 in Beijing."""
LONG = "天桥区明湖西路12号门口的路灯坏了一个星期了，晚上很黑，老人出门很不方便，请尽快派人来修🙂谢谢。" * 3
WORDS = "【示例市12345】您的诉求已受理".encode("utf-16-be")


def dialect(**over: Any) -> Cmpp:
    return Cmpp(CmppSettings.model_validate({**CMPP, **over}))


@pytest.fixture(params=["2.0", "3.0"])
async def peer(request: pytest.FixtureRequest) -> AsyncIterator[Gateway]:
    async with gateway(request.param) as one:
        yield one


def test_the_greeting_is_proved_with_the_leading_zero() -> None:
    assert dialect(password="ICP001", version="3.0").hello(1, BEFORE).hex() == vectors.CONNECT_3
    body = pdu.connect("900001", "888888", stamp="1021080510", version=Version.V2)
    assert body[6:22].hex() == vectors.CONNECT_PROOF
    assert body[23:].hex() == vectors.CONNECT_STAMP


@pytest.mark.parametrize(("version", "vector"), [("2.0", vectors.SUBMIT_2), ("3.0", vectors.SUBMIT_3)])
def test_a_text_is_written_to_the_octet(version: str, vector: str) -> None:
    assert dialect(version=version).submit(2, Text(phone=PHONE, units=WORDS)).hex() == vector
    assert fields(bytes.fromhex(vector)[12:], v3=version == "3.0")["Src_Id"].rstrip(b"\0") == b"1065712345"


def test_deliveries_are_read_and_answered() -> None:
    ours = dialect()
    text, report = (ours.frame(bytes.fromhex(one)) for one in (vectors.DELIVER_2, vectors.REPORT_2))
    piece = ours.arrival(text, account="city")
    assert isinstance(piece, Piece)
    assert (piece.octets.decode("utf-16-be"), piece.phone, piece.id) == ("路灯坏了", PHONE, "bba5654001230046")
    said = ours.arrival(report, account="city")
    assert said == Receipt("city", vectors.MSG_ID, Stage.DELIVERED, "DELIVRD")
    assert int(vectors.MSG_ID, 16) == 13521324781821165637 > 2**63
    assert ours.answer(text, Answer.TAKEN).hex() == "000000158000000500000009" + "bba5654001230046" + "00"
    assert ours.answer(text, Answer.AGAIN)[-1] == 8
    assert ours.ping(11).hex() == "0000000c000000080000000b"
    tested = ours.frame(ours.ping(11))
    assert ours.answer(tested, Answer.TAKEN).hex() == "0000000d800000080000000b00"


@pytest.mark.parametrize("version", ["2.0", "3.0"])
@pytest.mark.parametrize("width", [21, 32])
def test_a_reports_length_tells_its_layout(version: str, width: int) -> None:
    """Some 3.0 gateways send the reports of 2.0."""
    content = bytes.fromhex(vectors.MSG_ID) + b"MA:0001" + b"2611230922" * 2 + bytes(width + 4)
    wide = 32 if version == "3.0" else 21
    body = bytes(8 + 21 + 10) + bytes((0, 0, 0)) + bytes(wide + (version == "3.0")) + bytes((1, len(content))) + content
    body += bytes(20 if version == "3.0" else 8)
    ours = dialect(version=version)
    said = ours.arrival(ours.frame(pdu.packet(Command.DELIVER, 1, body)), account="city")
    assert said == Receipt("city", vectors.MSG_ID, Stage.FAILED, "MA:0001")


@given(st.sampled_from(["2.0", "3.0"]), st.binary(max_size=250), st.data())
def test_any_octets_are_malformed_at_worst(version: str, noise: bytes, data: Any) -> None:
    ours = dialect(version=version)
    body = data.draw(
        st.sampled_from([noise, bytes.fromhex(vectors.DELIVER_2)[12:], bytes.fromhex(vectors.REPORT_2)[12:]])
    )
    raw = bytearray(pdu.packet(data.draw(st.sampled_from([*Command, 0x80000004, 0x99])), 7, body))
    if data.draw(st.booleans()):
        raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with suppress(Malformed):
        ours.size(bytes(raw[:12]))
        frame = ours.frame(bytes(raw))
        ours.answer(frame, Answer.TAKEN)
        ours.arrival(frame, account="city")


async def test_words_go_both_ways_and_the_line_is_tested_and_left(peer: Gateway) -> None:
    peer.reports = "DELIVRD"
    async with holding(peer.settings, reply_extension="12") as held:
        id = await held.send("您的诉求已受理")
        peer.deliver("路灯坏了".encode("utf-16-be"), to=b"106571234512")
        peer.deliver("路灯坏了".encode("gbk"), id="bba5654001230047", coding=15)
        await held.until(lambda: len(peer.answers) == 3 and peer.tests)
    [sent] = peer.submits
    assert sent["Msg_Content"] == WORDS
    assert sent["Src_Id"].rstrip(b"\0") == b"106571234512"
    assert sent["Dest_terminal_Id"].rstrip(b"\0") == PHONE.encode()
    assert (sent["TP_udhi"], sent["Msg_Fmt"], sent["Registered_Delivery"]) == (b"\0", b"\x08", b"\1")
    assert id == vectors.MSG_ID
    assert [(one.provider_id, one.stage) for one in held.receipts] == [(id, Stage.DELIVERED)]
    assert held.texts == ["路灯坏了", "路灯坏了"]
    assert held.messages[0].extra == {"extension": "12"}
    assert [result for _, _, result in peer.answers] == [0, 0, 0]
    assert peer.left


async def test_long_texts_go_both_ways(peer: Gateway) -> None:
    async with holding(peer.settings) as held:
        await held.send(LONG)
        cut = [LONG.encode("utf-16-be")[at : at + 134] for at in range(0, 2 * len(LONG) + 8, 134)]
        cut = [part for part in cut if part]
        for number in range(len(cut), 0, -1):
            mark = bytes((5, 0, 3, 9, len(cut), number))
            peer.deliver(mark + cut[number - 1], id=f"bba56540012300{number:02x}", udhi=True)
        await held.until(lambda: len(peer.answers) == len(cut))
    assert held.texts == [LONG]
    assert len(peer.submits) == segments("示例市12345", LONG)
    assert b"".join(one["Msg_Content"][6:] for one in peer.submits).decode("utf-16-be") == f"【示例市12345】{LONG}"
    total = len(peer.submits)
    assert [(one["Pk_total"][0], one["Pk_number"][0]) for one in peer.submits] == [(total, n + 1) for n in range(total)]
    assert {one["TP_udhi"] for one in peer.submits} == {b"\1"}


async def test_what_was_not_kept_is_asked_for_again(peer: Gateway) -> None:
    held = Held(peer.settings)
    held.broken = True
    async with session(held):
        peer.deliver("路灯坏了".encode("utf-16-be"))
        await held.until(lambda: peer.answers)
    assert [result for _, _, result in peer.answers] == [8]


async def test_more_than_the_window_waits_its_turn(peer: Gateway) -> None:
    async with holding(peer.settings, window=3) as held:
        peer.hang()
        sending = [asyncio.create_task(held.send("您好")) for _ in range(5)]
        await held.until(lambda: len(peer.submits) == 3)
        await asyncio.sleep(0.1)
        assert len(peer.submits) == 3
        results = await asyncio.gather(*sending, return_exceptions=True)
    assert {type(one) for one in results} <= {Unknown, Later}


@pytest.mark.parametrize(("wrong", "code"), [("user", "connect.2"), ("password", "connect.3")])
async def test_a_refused_greeting_calls_the_operator(peer: Gateway, wrong: str, code: str) -> None:
    async with holding(peer.settings, **{wrong: "123456"}) as held:
        await held.until(lambda: held.fault is not None)
    assert isinstance(held.fault, Credential)
    assert held.fault.code == code


async def test_a_version_the_gateway_does_not_know_calls_the_operator() -> None:
    async with gateway("2.0") as peer, holding(peer.settings, version="3.0") as held:
        await held.until(lambda: held.fault is not None)
    assert isinstance(held.fault, Credential)


async def test_a_phone_no_field_can_hold_is_never(peer: Gateway) -> None:
    async with holding(peer.settings) as held:
        with pytest.raises(Never):
            await held.line.send(Outbound(key="k", address=Address("sms", "city", "1" * 40), body=Say("您好")))
        assert await held.send("您好"), "the line is none the worse for it"

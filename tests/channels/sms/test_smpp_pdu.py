"""SMPP PDUs: the published vectors to the octet, what we write is read back, and any octets are Malformed at worst."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.errors import Later, Malformed
from channels.message import Receipt, Stage
from channels.sms.line.dialect import Answer, Role, Text
from channels.sms.settings import SmppSettings
from channels.sms.smpp import pdu
from channels.sms.smpp.dialect import Smpp
from channels.sms.smpp.receipts import receipt
from tests.channels.sms.smsc_settings import SMPP

NOW = datetime(2026, 1, 1, 8, 0, tzinfo=UTC)

# Made with smpplib.
BIND = "0000002000000009000000000000000168756200736563726574000034000000"
SUBMIT = (
    "0000004b00000004000000000000000200050031323334350001013836313338303031333830303000000000000001000800183010"
    "793a4f8b5e02301160a876848bc96c425df253d77406"
)
ENQUIRE = "00000010000000150000000000000003"
THROTTLED = "0000001780000004000000580000000241424331323300"


def dialect(**over: Any) -> Smpp:
    return Smpp(SmppSettings.model_validate({**SMPP, **over}))


def test_the_vectors_are_written_to_the_octet() -> None:
    ours = dialect(user="hub", password="secret", number="12345", sender_ton=5)
    text = Text(phone="13800138000", units="【示例市】您的诉求已受理".encode("utf-16-be"))
    assert ours.hello(1, NOW).hex() == BIND
    assert ours.submit(2, text).hex() == SUBMIT
    assert ours.ping(3).hex() == ENQUIRE


def test_the_vectors_are_read() -> None:
    refused = dialect().frame(bytes.fromhex(THROTTLED))
    assert (refused.role, refused.sequence, refused.status) == (Role.VERDICT, 2, 0x58)
    with pytest.raises(Later, match="ESME_RTHROTTLED"):
        dialect().verdict(refused)
    sms = pdu.read(bytes.fromhex(SUBMIT)[16:])
    assert (sms.source, sms.source_ton, sms.destination, sms.registered_delivery) == ("12345", 5, "8613800138000", 1)
    assert sms.octets.decode("utf-16-be") == "【示例市】您的诉求已受理"


WORD = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), max_size=20)
OCTET = st.integers(0, 255)
SMS = st.builds(
    pdu.Sms,
    source=WORD,
    source_ton=OCTET,
    source_npi=OCTET,
    destination=WORD,
    destination_ton=OCTET,
    destination_npi=OCTET,
    esm_class=OCTET,
    registered_delivery=OCTET,
    data_coding=OCTET,
    short_message=st.binary(max_size=254),
    tlvs=st.dictionaries(st.integers(0, 0xFFFF), st.binary(max_size=80), max_size=4),
)


@given(SMS)
def test_what_is_written_is_read_back(sms: pdu.Sms) -> None:
    assert pdu.read(pdu.write(sms)) == sms


@given(st.one_of(st.binary(max_size=400), SMS.map(pdu.write)), st.data())
def test_any_octets_are_malformed_at_worst(body: bytes, data: Any) -> None:
    ours = dialect()
    command = data.draw(st.sampled_from([*pdu.Command, *(c | pdu.RESPONSE for c in pdu.Command), 0x103]))
    raw = bytearray(pdu.pdu(command, 7, body))
    if raw and data.draw(st.booleans()):
        raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with suppress(Malformed):
        ours.size(bytes(raw[:16]))
        frame = ours.frame(bytes(raw))
        ours.answer(frame, Answer.TAKEN)
        ours.arrival(frame, account="city")


@pytest.mark.parametrize("size", ["00000000", "0000000f", "00011171", "ffffffff"])
def test_a_size_no_pdu_has_is_refused_before_it_is_waited_for(size: str) -> None:
    with pytest.raises(Malformed):
        dialect().size(bytes.fromhex(size) + bytes(12))


@pytest.mark.parametrize(
    ("text", "stage", "reason"),
    [
        ("id:7 sub:001 dlvrd:001 submit date:2601011600 done date:2601011601 stat:DELIVRD err:000 text:", "delivered", "DELIVRD"),
        ("ID: 7 Stat: EXPIRED Err: 9a1", "failed", "EXPIRED 9a1"),
        ("id:7 done date:260101160159 stat:UNDELIV err:000", "failed", "UNDELIV"),
        ("id:7 stat:ACCEPTD err:000", "accepted", "ACCEPTD"),
        ("id:7 stat:UNKNOWN err:000", "accepted", "UNKNOWN"),
        ("id:7 stat:REJECTD err:012 text:id:8 stat:DELIVRD", "failed", "REJECTD 012"),
    ],
)  # fmt: skip
def test_receipts_are_read_as_each_centre_writes_them(text: str, stage: str, reason: str) -> None:
    sms = pdu.Sms(source="1", destination="2", short_message=text.encode())
    assert receipt(sms, account="city") == Receipt("city", "7", Stage(stage), reason)


@pytest.mark.parametrize("text", ["", "id:7", "stat:DELIVRD", "id:7 stat:SOMETHING", f"id:{'7' * 65} stat:DELIVRD"])
def test_a_receipt_that_says_nothing_is_malformed(text: str) -> None:
    with pytest.raises(Malformed):
        receipt(pdu.Sms(source="1", destination="2", short_message=text.encode()), account="city")


@pytest.mark.parametrize("id", ["7\0", "\x017", "7\x7f"])
def test_a_receipt_whose_id_no_database_can_hold_names_nothing(id: str) -> None:
    """It would be refused at every commit, and the centre would deliver it again for ever."""
    named = pdu.Sms(
        source="1",
        destination="2",
        tlvs={pdu.Tag.RECEIPTED_MESSAGE_ID: id.encode() + b"8", pdu.Tag.MESSAGE_STATE: b"\2"},
    )
    with pytest.raises(Malformed):
        receipt(named, account="city")
    written = pdu.Sms(source="1", destination="2", short_message=f"id:{id}8 stat:UNDELIV err:{id}".encode())
    with suppress(Malformed):
        assert receipt(written, account="city") == Receipt("city", "7", Stage.FAILED, "UNDELIV 7")

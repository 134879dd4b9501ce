"""What each kind of call becomes, and that spoiled ones are refused cleanly."""

from __future__ import annotations

import json
import random
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wechatpy import parse_message

import channels.wechat
from channels.errors import BadSignature, Malformed, Refused, TooLarge
from channels.message import Batch, Event, Kind, Stage, Trigger
from channels.wechat.fields import read
from channels.wechat.parse import read_batch
from tests.channels.contract.case import Case
from tests.channels.contract.cases import Trial
from tests.channels.contract.record import as_json, record_of
from tests.channels.wechat.case import CASES, call, plain, sealed

SAMPLES = sorted((Path(channels.wechat.__path__[0]) / "samples").glob("*.xml"))
NAMES = [path.stem for path in SAMPLES]
SAFE: Any = Trial("wechat", CASES[0]).adapter()
PLAIN: Any = Trial("wechat", CASES[1]).adapter()


def sample(name: str) -> bytes:
    return (SAMPLES[0].parent / f"{name}.xml").read_bytes()


def parsed(body: bytes) -> Batch:
    return read_batch(read(body), account="city")


@pytest.mark.parametrize("path", SAMPLES, ids=NAMES)
def test_wechatpy_reads_the_same(path: Path) -> None:
    theirs = parse_message(path.read_bytes())
    batch = parsed(path.read_bytes())
    for message in batch.messages:
        assert message.address.peer == theirs.source
        assert message.sent_at == theirs.create_time
        if message.kind in {Kind.TEXT, Kind.UNSUPPORTED} and theirs.type == "text":
            assert message.text == (theirs.content if message.kind is Kind.TEXT else "")
        if message.attachments:
            assert message.attachments[0].ref == theirs.media_id
        if message.location:
            point = (message.location.latitude, message.location.longitude)
            assert point == tuple(float(degrees) for degrees in theirs.location)
        if message.kind is not Kind.EVENT and message.kind is not Kind.UNKNOWN and theirs.id:
            assert message.id == f"msg:{theirs.source}:{theirs.id}"
    for receipt in batch.receipts:
        if theirs.type == "event":
            assert receipt.provider_id == str(theirs.id)
            assert (receipt.stage is Stage.DELIVERED) == (theirs.status == "success")


@pytest.mark.parametrize("path", SAMPLES, ids=NAMES)
def test_both_modes_give_the_recorded_batch(path: Path) -> None:
    recorded = json.loads(record_of(path).read_text(encoding="utf-8"))
    for adapter, request in ((SAFE, sealed("", path.read_bytes())), (PLAIN, plain("", path.read_bytes()))):
        assert adapter.verify(request) is None
        assert as_json(adapter.parse(request)) == as_json(adapter.parse(request)) == recorded


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_whatever_is_signed_may_not_be_touched(case: Case) -> None:
    adapter: Any = Trial("wechat", case).adapter()
    assert case.signed is not None
    assert case.forgeries is not None
    forged = list(case.forgeries(case.signed("", sample("text"))))
    assert len(forged) >= 9
    for request in forged:
        with pytest.raises(BadSignature):
            adapter.verify(request)


def test_an_old_photo_without_media_id_keeps_its_address() -> None:
    (photo,) = parsed(re.sub(rb"<MediaId>.*</MediaId>", b"", sample("image"))).messages
    assert (photo.kind, photo.attachments) == (Kind.IMAGE, ())
    assert photo.extra == {"pic_url": "http://mmbiz.qpic.cn/sample/0"}


@pytest.mark.parametrize(
    ("name", "event", "trigger", "text"),
    [
        ("event_subscribe", Event.FOLLOWED, Trigger.FOLLOW, ""),
        ("event_subscribe_scene", Event.FOLLOWED, Trigger.FOLLOW, "hall-03"),
        ("event_unsubscribe", Event.UNFOLLOWED, Trigger.NONE, ""),
        ("event_scan", Event.SCANNED, Trigger.SCAN, "hall-03"),
        ("event_click", Event.MENU, Trigger.MENU, "MENU_PROGRESS"),
        ("event_scancode_push", Event.MENU, Trigger.MENU, "MENU_SCAN"),
        ("event_scancode_waitmsg", Event.MENU, Trigger.MENU, "MENU_SCAN_WAIT"),
        ("event_pic_weixin", Event.OTHER, Trigger.NONE, "MENU_PHOTO"),
        ("event_desk_closed", Event.GIVEN_BACK, Trigger.NONE, ""),
        ("event_view", Event.OTHER, Trigger.NONE, "https://example.cn/guide"),
        ("event_subscription_changed", Event.REVOKED, Trigger.NONE, "TPL_accepted"),
        ("event_unknown", Event.OTHER, Trigger.NONE, "north"),
    ],
)
def test_events(name: str, event: Event, trigger: Trigger, text: str) -> None:
    (message,) = parsed(sample(name)).messages
    assert (message.kind, message.event, message.trigger, message.text) == (Kind.EVENT, event, trigger, text)


def test_of_a_leave_only_what_was_asked_counts() -> None:
    asked = sample("event_subscription_asked")
    assert [one.event for one in parsed(asked).messages] == [Event.GRANTED, Event.DECLINED]
    assert [one.text for one in parsed(asked).messages] == ["TPL_accepted", "TPL_survey"]
    again = sample("event_subscription_changed").replace(b"reject", b"accept")
    assert [one.event for one in parsed(again).messages] == [Event.OTHER]
    strange = asked.replace(b"accept]", b"perhaps]")
    assert [one.event for one in parsed(strange).messages] == [Event.OTHER, Event.DECLINED]


@pytest.mark.parametrize(
    ("spoken", "heard"), [("<Recognition/>", ""), ("", ""), ("<Recognition>停水了</Recognition>", "停水了")]
)
def test_a_voice_is_kept_with_or_without_its_words(spoken: str, heard: str) -> None:
    body = re.sub("<Recognition>.*</Recognition>", spoken, sample("voice").decode())
    (voice,) = parsed(body.encode()).messages
    assert (voice.kind, voice.text) == (Kind.VOICE, heard)
    assert voice.attachments[0].media_type == "audio/amr"


def test_of_two_voices_the_one_every_account_has_is_kept() -> None:
    (both,) = parsed(sample("voice_16k")).messages
    assert both.attachments[0].ref == "vOi-9hTt_4cZ"
    (sharp,) = parsed(re.sub(rb"<MediaId>.*</MediaId>\n", b"", sample("voice_16k"))).messages
    assert sharp.attachments[0].ref == "vOi-9hTt_16K"


def test_dedupe_keys() -> None:
    (text,) = parsed(sample("text")).messages
    assert text.id == "msg:oQc7a5Jx0kLmN2pRsTuVwXyZ1234:24100000000000001"
    (click,) = parsed(sample("event_click")).messages
    assert click.id == "evt:oQc7a5Jx0kLmN2pRsTuVwXyZ1234:1767254425:CLICK:MENU_PROGRESS"


def test_a_message_without_a_number_is_told_apart_by_what_it_says() -> None:
    bare = re.sub(rb"<MsgId>\d+</MsgId>", b"", sample("text"))
    other = bare.replace("请处理".encode(), "谢谢".encode())
    ids = [parsed(body).messages[0].id for body in (bare, bare, other)]
    assert ids[0] == ids[1] != ids[2]


def test_where_the_citizen_stands_is_not_kept() -> None:
    assert parsed(sample("event_location")) == Batch(ignored=("LOCATION",))


BOMB = b'<!DOCTYPE xml [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not xml",
        b"<xml/>",
        b"<other>1</other>",
        b"<xml>" * 5000,
        BOMB + sample("text"),
        b'<!DOCTYPE xml SYSTEM "file:///etc/passwd">' + sample("text"),
        b'<!DOCTYPE xml [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x">%p;]>' + sample("text"),
        sample("text").replace(b"<Content>", b"<Content>&a;"),
        sample("text").replace(b"</MsgType>", b"</MsgType><MsgType>event</MsgType>"),
        sample("text").replace(b"1767254400", b"99999999999999999999"),
        sample("text").replace(b"1767254400", "١٢٣".encode()),
        sample("location").replace(b"36.651216", b"nan"),
        sample("location").replace(b"36.651216", b"136.6"),
        sample("voice").replace(b"<MediaId>", b"<OtherId>").replace(b"</MediaId>", b"</OtherId>"),
        sample("text").decode().encode("utf-16"),
        sample("text").decode().encode("gb18030"),
        sample("text") + sample("text"),
    ],
)
def test_bad_bodies_are_malformed_however_well_signed(body: bytes) -> None:
    for adapter, request in ((SAFE, sealed("", body)), (PLAIN, plain("", body))):
        assert adapter.verify(request) is None
        with pytest.raises(Malformed):
            adapter.parse(request)


def spoiled(body: bytes, chance: random.Random) -> bytes:
    """One to four bytes changed, taken out or put in, or a piece doubled or cut off."""
    raw = bytearray(body)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(raw) + 1)
        raw[at : at + chance.randint(0, 8)] = chance.choice(
            [bytes([chance.randrange(256)]), b"", b"]]>", b"<", b"&x;", b"</xml>", bytes(raw[at : at + 40]), b"\x00"]
        )
    return bytes(raw[: chance.randrange(len(raw))] if chance.random() < 0.1 and raw else raw)


@pytest.mark.parametrize("path", SAMPLES, ids=NAMES)
def test_a_thousand_spoiled_copies_raise_nothing_else(path: Path) -> None:
    chance = random.Random(path.stem)
    body = path.read_bytes()
    refused = 0
    for _ in range(1000):
        request = plain("", spoiled(body, chance))
        try:
            PLAIN.verify(request)
            assert isinstance(PLAIN.parse(request), Batch)
        except Refused:
            refused += 1
    assert refused > 200


def test_spoiled_envelopes_raise_nothing_else() -> None:
    chance = random.Random("envelope")
    request = sealed("", sample("text"))
    for _ in range(1000):
        broken = replace(request, body=spoiled(request.body, chance))
        try:
            SAFE.verify(broken)
            assert isinstance(SAFE.parse(broken), Batch)
        except Refused:
            continue
    for end in range(len(request.body.rstrip()) - 1):
        with pytest.raises(BadSignature):
            SAFE.verify(replace(request, body=request.body[:end]))


@given(st.binary(max_size=500))
@settings(max_examples=300)
def test_any_bytes(body: bytes) -> None:
    with pytest.raises(Malformed):
        PLAIN.parse(plain("", body))
    with pytest.raises(BadSignature):
        SAFE.verify(replace(sealed("", sample("text")), body=body))


def test_safe_mode_believes_no_plain_body() -> None:
    with pytest.raises(BadSignature):
        SAFE.verify(plain("", sample("text")))
    both = sealed("", sample("text"))
    with pytest.raises(BadSignature):
        SAFE.verify(replace(both, body=sample("text")))


def test_compatible_mode_reads_only_what_is_sealed() -> None:
    request = sealed("", sample("text"))
    forged = b"<Content>forged</Content><MsgType>text</MsgType><Encrypt>"
    request = replace(request, body=request.body.replace(b"<Encrypt>", forged))
    assert SAFE.verify(request) is None
    assert SAFE.parse(request) == parsed(sample("text"))


def test_an_old_call_played_again_and_a_large_one_are_refused() -> None:
    request = sealed("", sample("text"))
    late = replace(request, received_at=request.received_at + timedelta(minutes=15))
    assert SAFE.verify(late) is None
    with pytest.raises(BadSignature, match="timestamp"):
        SAFE.verify(replace(request, received_at=request.received_at + timedelta(days=2)))
    with pytest.raises(TooLarge):
        SAFE.verify(call(b" " * 65_537, {}))

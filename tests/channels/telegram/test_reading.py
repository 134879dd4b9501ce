"""Updates as Telegram writes them and as nobody should: read by the library too, spoiled at random, and never trusted."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import Update

import channels.telegram
from channels.errors import Malformed
from channels.message import Batch, Kind
from channels.payload import Payload
from channels.telegram.parse import read_update
from tests.channels.contract.case import NOW
from tests.channels.contract.storable import assert_storable

SAMPLES = [
    path
    for path in sorted((Path(channels.telegram.__path__[0]) / "samples").glob("*.json"))
    if ".batch." not in path.name
]
STRANGE = {"photo_of_a_strange_shape", "unknown_kind"}
WHO = {"id": 77, "is_bot": False, "first_name": "李"}
CHAT = {"id": 77, "type": "private"}
_LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12)
_ANY = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
_KINDS = (
    "text",
    "photo",
    "animation",
    "video",
    "voice",
    "document",
    "venue",
    "location",
    "contact",
    "sticker",
    "caption",
)


def read(update: Any) -> Batch:
    return read_update(Payload(update), account="city", at=NOW)


def message(**content: Any) -> dict[str, Any]:
    return {"update_id": 1, "message": {"message_id": 1, "from": WHO, "chat": CHAT, "date": 1767225600, **content}}


@pytest.mark.parametrize("sample", [one for one in SAMPLES if one.stem not in STRANGE], ids=lambda path: path.stem)
def test_the_library_reads_the_same_in_our_samples(sample: Path) -> None:
    """An independent reader: what we made up is what python-telegram-bot takes for Telegram's, and says the same of it."""
    raw = json.loads(sample.read_text("utf-8"))
    theirs = Update.de_json(raw, None)
    assert theirs is not None
    mine = read(raw)
    for one in mine.messages:
        assert one.id == str(theirs.update_id)
        assert theirs.effective_user is not None
        assert one.address.peer == str(theirs.effective_user.id)
        if theirs.message is not None and one.kind is not Kind.EVENT and not one.verified_phone and not one.extra:
            assert one.sent_at == theirs.message.date
            assert one.text == (theirs.message.text or theirs.message.caption or "")
        if theirs.message is not None and theirs.message.photo:
            assert (
                one.attachments[0].ref == max(theirs.message.photo, key=lambda size: size.width * size.height).file_id
            )


@given(update=_ANY)
def test_anything_at_all_is_read_or_malformed(update: Any) -> None:
    with contextlib.suppress(Malformed):
        assert_storable(read(update))


@given(kind=st.sampled_from(["message", "edited_message", "callback_query", "my_chat_member"]), inside=_ANY)
def test_anything_inside_an_update_is_read_or_malformed(kind: str, inside: Any) -> None:
    with contextlib.suppress(Malformed):
        assert_storable(read({"update_id": 1, kind: inside}))


@given(content=st.dictionaries(st.sampled_from(_KINDS), _ANY, min_size=1, max_size=3), album=_ANY)
def test_whatever_a_known_sender_sends_is_kept(content: dict[str, Any], album: Any) -> None:
    """Never Malformed: that would make Telegram send it again and again, or block what is behind it."""
    batch = read(message(**content, media_group_id=album))
    assert_storable(batch)
    assert len(batch.messages) == 1


@given(
    whole=st.fixed_dictionaries({"id": st.text(min_size=1) | st.integers(), "from": st.just(WHO)}),
    more=st.dictionaries(st.sampled_from(["data", "message", "game_short_name"]), _ANY),
)
def test_any_tap_is_read_or_malformed(whole: dict[str, Any], more: dict[str, Any]) -> None:
    with contextlib.suppress(Malformed):
        assert_storable(read({"update_id": 1, "callback_query": {**whole, **more}}))


@pytest.mark.parametrize(
    ("number", "owner", "more", "phone"),
    [
        ("+86 138 0013 8000", 77, {}, "13800138000"),
        ("13800138000", 77, {}, "+13800138000"),
        ("14155550100", 77, {}, "+14155550100"),
        ("8613800138000", 77, {}, "13800138000"),
        ("+1 (415) 555-0100", 77, {}, "+14155550100"),
        ("85298765432", 77, {}, "+85298765432"),
        ("not a number", 77, {}, ""),
        ("13800138000", 78, {}, ""),
        ("13800138000", None, {}, ""),
        ("13800138000", 77, {"forward_date": 1}, ""),
        ("13800138000", 77, {"forward_origin": {"type": "user"}}, ""),
        ("13800138000", 77, {"via_bot": {"id": 9}}, ""),
    ],
)
def test_only_ones_own_card_proves_a_phone(number: str, owner: int | None, more: dict[str, Any], phone: str) -> None:
    card = {"phone_number": number, "first_name": "李"} | ({} if owner is None else {"user_id": owner})
    (one,) = read(message(contact=card, **more)).messages
    assert one.verified_phone == phone


def test_a_card_of_a_strange_shape_proves_nothing() -> None:
    for owner in ("77 ", [77], True, "x", 77.0):
        (one,) = read(message(contact={"phone_number": "13800138000", "user_id": owner})).messages
        assert one.verified_phone == ""

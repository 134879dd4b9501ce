"""What Weibo pushes and keeps becomes what it says; spoiled bodies are refused cleanly."""

from __future__ import annotations

import contextlib
import json
import locale
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import channels.weibo
from channels.errors import BadSignature, Malformed
from channels.message import Batch, Kind, Trigger
from channels.payload import Payload
from channels.weibo.places import Place, place_of
from channels.weibo.times import read_time
from tests.channels.contract.case import NOW
from tests.channels.contract.cases import Trial
from tests.channels.contract.mutate import mutations, truncations
from tests.channels.contract.record import as_json, record_of
from tests.channels.contract.storable import assert_storable
from tests.channels.weibo.case import CASES, called
from tests.channels.weibo.peer import UID

SAMPLES = Path(channels.weibo.__path__[0]) / "samples"
PAGES = sorted(path for path in (SAMPLES / "remarks").iterdir() if ".batch" not in path.name)
WEIBO: Any = Trial("weibo", CASES[1]).adapter()
TEXT = json.loads((SAMPLES / "messages" / "text.json").read_text("utf-8"))


def pushed(**over: Any) -> Batch:
    body = json.dumps({**TEXT, **over}, ensure_ascii=False).encode()
    batch: Batch = WEIBO.parse(called("", body))
    return batch


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_of_remarks_gives_its_recorded_batch(path: Path) -> None:
    batch = WEIBO.read(path.read_bytes(), at=NOW)
    assert as_json(batch) == json.loads(record_of(path).read_text("utf-8"))
    for one in batch.messages:
        assert one.public
        assert one.trigger is Trigger.MENTION
        assert one.address.peer == f"public:{one.subject}"
        assert one.subject != UID, "what we said ourselves is not heard"
        assert place_of(one.id) is not None


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_spoiled_page_is_refused_and_nothing_worse(path: Path) -> None:
    body = path.read_bytes()
    for spoiled in (*truncations(body), *mutations(body, count=500, name=path.name)):
        with contextlib.suppress(Malformed):
            assert_storable(WEIBO.read(spoiled, at=NOW))


def test_who_said_what_when_is_the_key_of_a_message_without_one() -> None:
    def key(**over: Any) -> str:
        return pushed(**over).messages[0].id

    assert key() == key()
    others = {
        key(text="别的话"),
        key(sender_id=5000067891),
        key(created_at="Fri Sep 18 20:33:12 +0800 2026"),
        key(type="voice", data={"tovfid": 1}),
        key(data={"x": 1}),
    }
    assert len({key(), *others}) == 6
    assert key(data={"a": 1, "b": 2}) == key(data={"b": 2, "a": 1}), "in whatever order its details stand"
    assert key(created_at="Fri Sep 18 12:33:11 +0000 2026") == key(), "the moment counts, not how it is written"


def test_what_is_meant_for_another_account_is_refused() -> None:
    with pytest.raises(Malformed, match="receiver_id is not this account"):
        pushed(receiver_id=6000012346)
    assert pushed(receiver_id=UID).messages[0].text == TEXT["text"], "a number may come as text"


def test_xml_is_refused_with_the_cure() -> None:
    with pytest.raises(Malformed, match="set_format"):
        WEIBO.parse(called("", b"\n<xml><ToUserName><![CDATA[6000012345]]></ToUserName></xml>"))


@pytest.mark.parametrize("gone", ["type", "receiver_id", "sender_id", "created_at"])
def test_without_who_when_and_what_nothing_can_be_kept(gone: str) -> None:
    with pytest.raises(Malformed, match=gone):
        pushed(**{gone: None})


@pytest.mark.parametrize("data", [None, "", "  ", {}, "not json", [1], {"tovfid": 1}])
def test_a_text_needs_no_details(data: Any) -> None:
    (found,) = pushed(data=data).messages
    assert (found.kind, found.text) == (Kind.TEXT, TEXT["text"])


@pytest.mark.parametrize(
    ("over", "trigger"),
    [
        ({"type": "image", "data": "not json"}, Trigger.MESSAGE),
        ({"type": "position", "data": {"longitude": "116.99", "latitude": "136.6"}}, Trigger.MESSAGE),
        ({"type": "event", "data": {}}, Trigger.NONE),
        ({"type": "articles"}, Trigger.NONE),
    ],
)
def test_what_cannot_be_understood_is_kept_with_its_words(over: dict[str, Any], trigger: Trigger) -> None:
    (found,) = pushed(**over).messages
    assert (found.kind, found.trigger, found.text) == (Kind.UNKNOWN, trigger, TEXT["text"])


def test_a_pushed_mention_is_public_whatever_its_details() -> None:
    for data in ({"subtype": "status", "key": 5200000000000101}, "?", None, {"key": [1]}):
        (found,) = pushed(type="mention", data=data).messages
        assert found.public
        assert found.address.peer == "public:5000067890"
        assert found.trigger is Trigger.MENTION


def test_what_only_nods_is_not_spoken_to_but_a_bare_call_is() -> None:
    page = json.loads((SAMPLES / "remarks" / "comments.json").read_text("utf-8"))
    for text, kept in (("[赞][赞] [good]", 0), ("", 0), ("@泉城12345", 1), ("[怒]没人管", 1)):
        for item in page["comments"]:
            item["text"] = text
        batch = WEIBO.read(json.dumps(page).encode(), at=NOW)
        assert len([one for one in batch.messages if one.id.endswith("0201")]) == kept, text


def test_times_do_not_hang_on_the_language_of_the_process() -> None:
    before = locale.setlocale(locale.LC_TIME)
    for name in ("zh_CN.UTF-8", "de_DE.UTF-8", "C"):
        with contextlib.suppress(locale.Error):
            locale.setlocale(locale.LC_TIME, name)
        read = read_time(Payload("Mon Jul 16 18:09:20 +0800 2012"))
        assert read.isoformat() == "2012-07-16T10:09:20+00:00"
    locale.setlocale(locale.LC_TIME, before)


@pytest.mark.parametrize(
    "text",
    [
        "Mon Jul 32 18:09:20 +0800 2012",
        "Mon Feb 30 18:09:20 +0800 2012",
        "Mon Xxx 16 18:09:20 +0800 2012",
        "Mon Jul 16 24:09:20 +0800 2012",
        "Mon Jul 16 18:09:20 +9999 2012",
        "Mon Jul 16 18:09:20 +0800 0000",
        "Sat Jan 01 00:00:00 +0800 0001",
        "Fri Sep 18 20:33:11 +0800 0026",
        "Fri Dec 31 23:59:59 +0000 9999",
        "Mon Jul 16 18:09:20 2012",
        "星期一 七月 16 18:09:20 +0800 2012",
    ],
)
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(Malformed):
        read_time(Payload(text))


@given(st.integers(1, 10**18 - 1), st.integers(0, 10**18 - 1))
@settings(deadline=None)
def test_a_place_is_found_again(status: int, comment: int) -> None:
    place = Place(str(status), str(comment) if comment else "")
    assert place_of(place.key) == place


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
_KINDS = st.sampled_from(["text", "image", "voice", "position", "event", "mention", "video"])
_DETAILS = dict.fromkeys(("subtype", "key", "vfid", "tovfid", "longitude", "latitude"), _JSON)
_BODIES = st.fixed_dictionaries(
    {
        "type": _KINDS | _JSON,
        "receiver_id": st.just(int(UID)) | _JSON,
        "sender_id": st.integers() | _JSON,
        "created_at": st.just(TEXT["created_at"]) | _JSON,
    },
    optional={"text": _JSON, "data": _JSON | st.fixed_dictionaries({}, optional=_DETAILS)},
)
_REMARKS = st.lists(
    _JSON | st.fixed_dictionaries(dict.fromkeys(("id", "user", "status", "text", "created_at"), _JSON)), max_size=4
)


@given(_BODIES)
@settings(max_examples=200, deadline=None)
def test_whatever_is_pushed(body: dict[str, Any]) -> None:
    with contextlib.suppress(Malformed):
        assert_storable(WEIBO.parse(called("", json.dumps(body).encode())))


@given(st.binary(max_size=300))
@settings(max_examples=200, deadline=None)
def test_any_bytes(body: bytes) -> None:
    with contextlib.suppress(Malformed, BadSignature):
        WEIBO.verify(called("", body))
        assert_storable(WEIBO.parse(called("", body)))
    with contextlib.suppress(Malformed):
        WEIBO.read(body, at=NOW)


@given(st.fixed_dictionaries({"comments": _REMARKS}))
@settings(max_examples=50, deadline=None)
def test_whatever_page(page: dict[str, Any]) -> None:
    with contextlib.suppress(Malformed):
        assert_storable(WEIBO.read(json.dumps(page).encode(), at=NOW))

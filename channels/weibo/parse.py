"""Reads what Weibo pushes: private messages, what a citizen did with the account, and an @mention."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

from channels.errors import Malformed
from channels.message import Address, Attachment, Batch, Event, Inbound, Kind, Location, Trigger
from channels.payload import Payload
from channels.weibo.places import IN_PUBLIC, PUSHED
from channels.weibo.times import read_time

CHANNEL = "weibo"
_WORDS = 20_000
"""Characters of a text; a citizen's are said to be under 300, a long post of his 5,000."""
_DEFAULTS = frozenset(
    {"发了一个语音消息", "发了一张图片", "发送了一个位置", "分享图片", "分享语音", "[图片]", "[语音]", "[位置]"}
)
"""What Weibo writes where the citizen wrote nothing."""
_SHOWN_PLACE = re.compile(r"我在这里\s*[:：]\s*(?:https?://\S*)?")


def number_in(body: Payload, name: str) -> str:
    """The number of a user, a post or a comment, as text: it may be larger than a browser can count. Raises Malformed."""
    found = body[name].integer()
    if found <= 0:
        raise body[name].refuse("is no number of Weibo's")
    return str(found)


@dataclass(frozen=True, slots=True)
class Push:
    """One call with what every kind has in common."""

    account: str
    sender: str = field(repr=False)
    kind: str
    sent_at: datetime
    text: str = field(repr=False)
    raw: Payload | None = field(repr=False)
    digest: str = field(repr=False)

    @property
    def data(self) -> Payload:
        """The details, an object. The pages call it a string and show an object: both are read. Raises Malformed."""
        if self.raw is None:
            return Payload({}, "body.data")
        try:
            words = self.raw.text(limit=_WORDS)
        except Malformed:
            return self.raw
        return Payload.from_json(words.encode() if words.strip() else b"{}", "body.data")

    def inbound(self, kind: Kind, **rest: Any) -> Inbound:
        """A message of this sender. There is no message id: who, when, what kind and which words make it itself."""
        key = f"{self.sender}:{int(self.sent_at.timestamp())}:{self.kind}:{self.digest}"
        given: dict[str, Any] = {"id": key, "subject": self.sender} | rest
        return Inbound(address=Address(CHANNEL, self.account, self.sender), sent_at=self.sent_at, kind=kind, **given)

    def said(self, name: str) -> str:
        """A text or number of ``data``, "" where there is none."""
        found = self.data.get(name)
        return "" if found is None else found.word(limit=2048)


def read_push(body: Payload, *, account: str, uid: str) -> Batch:
    """The batch of one call for our account ``uid``. Raises Malformed and nothing else."""
    push = _common(body, account=account, uid=uid)
    try:
        return Batch((_KINDS.get(push.kind, _unknown)(push),))
    except Malformed as problem:
        # Somebody wrote something: kept for a person. Refused, it would be lost after three tries.
        trigger = Trigger.NONE if push.kind == "event" else Trigger.MESSAGE
        extra = {"type": push.kind, "why": str(problem)[:200]}
        return Batch((push.inbound(Kind.UNKNOWN, text=push.text, trigger=trigger, extra=extra),))


def _common(body: Payload, *, account: str, uid: str) -> Push:
    if number_in(body, "receiver_id") != uid:
        raise body["receiver_id"].refuse("is not this account's uid")
    words = body.get("text")
    text = "" if words is None else words.text(limit=_WORDS)
    kind = body["type"].word(limit=32)
    if not kind.isprintable():
        raise body["type"].refuse("is no name")
    raw = body.get("data")
    return Push(
        account=account,
        sender=number_in(body, "sender_id"),
        kind=kind,
        sent_at=read_time(body["created_at"]),
        text=text,
        raw=raw,
        digest=f"{Payload(text).fingerprint()[:16]}{raw.fingerprint()[:16] if raw else ''}",
    )


def _text(push: Push) -> Inbound:
    return push.inbound(Kind.TEXT, text=push.text)


def _caption(push: Push) -> str:
    """The citizen's own words beside a file or a place."""
    words = push.text.strip()
    return "" if words in _DEFAULTS or _SHOWN_PLACE.fullmatch(words) else push.text


def _filed(kind: Kind) -> Callable[[Push], Inbound]:
    def read(push: Push) -> Inbound:
        # Each side has a number of its own for the file; tovfid is the receiver's (ours). [U]
        number = push.said("tovfid") or push.said("vfid")
        if not number:
            raise Malformed("body.data.tovfid is missing")
        file = Attachment(ref=number[:255], kind=kind)
        return push.inbound(kind, text=_caption(push), attachments=(file,))

    return read


def _position(push: Push) -> Inbound:
    data = push.data
    latitude, longitude = data["latitude"].number(), data["longitude"].number()
    if abs(latitude) > 90 or abs(longitude) > 180:
        raise data.refuse("is no place on earth")
    # The coordinate system is not said: Chinese maps show GCJ-02. [U]
    extra = {"shown": push.text} if push.text else {}
    return push.inbound(Kind.LOCATION, text=_caption(push), location=Location(latitude, longitude), extra=extra)


_EVENTS: Mapping[str, tuple[Event, Trigger]] = MappingProxyType(
    {
        "follow": (Event.FOLLOWED, Trigger.FOLLOW),
        "unfollow": (Event.UNFOLLOWED, Trigger.NONE),
        # To the mass messages, beside following: it buys the same window, and nobody is greeted twice.
        "subscribe": (Event.OTHER, Trigger.FOLLOW),
        "unsubscribe": (Event.OTHER, Trigger.NONE),
        "scan": (Event.SCANNED, Trigger.SCAN),
        "scan_follow": (Event.SCANNED, Trigger.SCAN),
        "click": (Event.MENU, Trigger.MENU),
        "view": (Event.OTHER, Trigger.NONE),
    }
)
_KEYED = {Event.MENU, Event.SCANNED}
"""Of these ``data.key`` is what we named the entry or the code."""


def _event(push: Push) -> Inbound:
    name = push.data["subtype"].word(limit=64)
    event, trigger = _EVENTS.get(name, (Event.OTHER, Trigger.NONE))
    key = push.said("key")
    extra = {"event": name} | ({"key": key} if key and event not in _KEYED else {})
    text = key if event in _KEYED else ""
    return push.inbound(Kind.EVENT, text=text, event=event, trigger=trigger, extra=extra)


def _mention(push: Push) -> Inbound:
    """Everybody could read it. The fields of ``data`` are not published [U]: they are kept, nothing hangs on them."""
    try:
        extra = {name: value[:200] for name in ("subtype", "key") if (value := push.said(name))}
    except Malformed:
        extra = {}
    return Inbound(
        address=Address(CHANNEL, push.account, IN_PUBLIC + push.sender),
        id=f"{PUSHED}{push.sender}:{int(push.sent_at.timestamp())}:{push.digest}",
        sent_at=push.sent_at,
        kind=Kind.TEXT,
        text=push.text,
        trigger=Trigger.MENTION,
        subject=push.sender,
        public=True,
        extra=extra,
    )


def _unknown(push: Push) -> Inbound:
    # Whether it opens a window is unknown, and a window we only imagine costs the citizen the answer.
    return push.inbound(Kind.UNKNOWN, text=push.text, trigger=Trigger.NONE, extra={"type": push.kind})


_KINDS: Mapping[str, Callable[[Push], Inbound]] = MappingProxyType(
    {
        "text": _text,
        "image": _filed(Kind.IMAGE),
        "voice": _filed(Kind.VOICE),
        "position": _position,
        "event": _event,
        "mention": _mention,
    }
)

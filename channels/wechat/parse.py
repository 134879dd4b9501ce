"""Turns what WeChat sent into the house's messages; one row a kind, sources in README.md."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from math import isfinite
from types import MappingProxyType

from channels.errors import Malformed
from channels.message import Attachment, Batch, Inbound, Kind, Location, Trigger
from channels.wechat.arrival import Arrival, arrival
from channels.wechat.events import read_event
from channels.wechat.fields import Fields

_PLACEHOLDERS = frozenset({"【收到不支持的消息类型，暂无法显示】", "[收到不支持的消息类型，暂无法显示]"})
"""WeChat's own words in place of a sticker or a forwarded card: nothing the citizen said."""
_MOST = 64 * 1024


def read_batch(fields: Fields, *, account: str) -> Batch:
    """Everything one call said. Raises :class:`Malformed` where a field the kind cannot do without is missing."""
    call = arrival(fields, account)
    kind = fields.need("MsgType")
    if kind == "event":
        return read_event(call)
    return Batch(messages=(_KINDS.get(kind, _unknown)(call),))


def _key(call: Arrival) -> str:
    """Unique per citizen: MsgId alone was seen to repeat across citizens (WxJava). Without one, what was said."""
    number = call.fields.get("MsgId")
    if not number:
        told = "\n".join(call.fields.get(name) for name in ("MsgType", "Content", "MediaId", "Location_X", "Url"))
        number = f"{call.created}.{hashlib.sha256(told.encode()).hexdigest()[:16]}"
    elif len(number) > 64:
        raise Malformed("MsgId: too long")
    return f"msg:{call.address.peer}:{number}"


def _extra(call: Arrival, **names: str) -> Mapping[str, str]:
    """The named fields that are there."""
    found = {ours: call.fields.get(theirs) for ours, theirs in names.items()}
    return {ours: value for ours, value in found.items() if value}


def _text(call: Arrival) -> Inbound:
    words = call.fields.get("Content")
    if words in _PLACEHOLDERS:
        return _unsupported(call)
    tapped = call.fields.get("bizmsgmenuid")
    # A tap on a message menu comes as text but buys only a menu tap's window (customer-service message rules).
    trigger = Trigger.MENU if tapped else Trigger.MESSAGE
    return call.inbound(Kind.TEXT, _key(call), text=words, choice=tapped, trigger=trigger)


def _photo(call: Arrival) -> Inbound:
    extra = _extra(call, pic_url="PicUrl")
    if not call.fields.get("MediaId") and extra:
        # The oldest form had an address only. It is kept for a person, not fetched: in 明文 mode nobody signed it.
        return call.inbound(Kind.IMAGE, _key(call), extra=extra)
    photo = Attachment(ref=call.fields.need("MediaId", longest=_MOST), kind=Kind.IMAGE)
    return call.inbound(Kind.IMAGE, _key(call), attachments=(photo,), extra=extra)


_VOICE_TYPES = {"amr": "audio/amr", "speex": "audio/speex", "mp3": "audio/mpeg"}


def _voice(call: Arrival) -> Inbound:
    # New documents add the same voice at 16 kHz; the 8 kHz one every account has is the one kept.
    sharper = "MediaId16K" if not call.fields.get("MediaId") and call.fields.get("MediaId16K") else "MediaId"
    voice = Attachment(
        ref=call.fields.need(sharper, longest=_MOST),
        kind=Kind.VOICE,
        media_type=_VOICE_TYPES.get(call.fields.get("Format").lower(), ""),
    )
    return call.inbound(Kind.VOICE, _key(call), text=call.fields.get("Recognition"), attachments=(voice,))


def _video(call: Arrival) -> Inbound:
    video = Attachment(ref=call.fields.need("MediaId", longest=_MOST), kind=Kind.VIDEO)
    extra = _extra(call, thumb_media_id="ThumbMediaId")
    return call.inbound(Kind.VIDEO, _key(call), attachments=(video,), extra=extra)


def _degrees(call: Arrival, name: str, most: float) -> float:
    try:
        value = float(call.fields.need(name))
    except ValueError:
        raise Malformed(f"{name}: not a number") from None
    if not isfinite(value) or abs(value) > most:
        raise Malformed(f"{name}: not on earth")
    return value


def _location(call: Arrival) -> Inbound:
    label = call.fields.get("Label")
    # WeChat's X is the latitude.
    point = Location(_degrees(call, "Location_X", 90), _degrees(call, "Location_Y", 180), label)
    return call.inbound(Kind.LOCATION, _key(call), text=label, location=point, extra=_extra(call, scale="Scale"))


def _link(call: Arrival) -> Inbound:
    extra = _extra(call, title="Title", description="Description", url="Url")
    text = "\n".join(extra[name] for name in ("title", "url") if name in extra)
    return call.inbound(Kind.LINK, _key(call), text=text, extra=extra)


def _unsupported(call: Arrival) -> Inbound:
    extra = _extra(call, type="MsgType", title="Title", page="PagePath")
    return call.inbound(Kind.UNSUPPORTED, _key(call), extra=extra)


def _unknown(call: Arrival) -> Inbound:
    # Whether it opens a reply window is unknown, and a window we only imagine costs the citizen the answer.
    return call.inbound(Kind.UNKNOWN, _key(call), trigger=Trigger.NONE, extra=_extra(call, type="MsgType"))


_KINDS: Mapping[str, Callable[[Arrival], Inbound]] = MappingProxyType(
    {
        "text": _text,
        "image": _photo,
        "voice": _voice,
        "video": _video,
        "shortvideo": _video,
        "location": _location,
        "link": _link,
        "miniprogrampage": _unsupported,
        "file": _unsupported,
        "music": _unsupported,
        "news": _unsupported,
    }
)

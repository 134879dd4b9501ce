"""Reads what a message of Telegram's holds: words, a photo, a place, a card; each kind by its own small reader."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from channels import phones
from channels.message import Attachment, Event, Kind, Location
from channels.payload import Payload

Content = Mapping[str, Any]
"""Fields of an ``Inbound``."""

_WORDS = 16_384
"""Characters; Telegram's own limits (4,096, captions 1,024 and more for who pays) lie below."""
_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@\w{1,40})?(?:\s+(.*))?", re.DOTALL)
_MENU = frozenset({"report", "consult", "progress", "human", "menu", "help"})
"""Commands that are entries of the hotline's menu, for @BotFather's /setcommands."""


def read(item: Payload, *, sender: int) -> Content | None:
    """What the message holds; None for a notice of Telegram's own (a pinned message). Raises Malformed."""
    for name, reader in _READERS.items():
        if (part := item.get(name)) is not None:
            return _captioned(item, reader(part))
    if (card := item.get("contact")) is not None:
        return _card(item, card, sender)
    if sort := next((name for name in _NO_USE if item.has(name)), ""):
        return {"kind": Kind.UNSUPPORTED, "extra": {"sort": sort}}
    if any(item.has(name) for name in _NOTICES):
        return None
    return {"kind": Kind.UNKNOWN}


def _captioned(item: Payload, found: Content) -> Content:
    caption = item.get("caption")
    return found if caption is None else {**found, "text": caption.text(limit=_WORDS)}


def _text(part: Payload) -> Content:
    words = part.text(limit=_WORDS)
    found = _COMMAND.fullmatch(words.strip())
    name, rest = (found[1].lower(), (found[2] or "").strip()) if found else ("", "")
    if name == "start":
        # t.me/<bot>?start=<scene>: a link or a QR code with a scene.
        event = Event.SCANNED if rest else Event.OPENED
        return {"kind": Kind.EVENT, "event": event, "text": rest}
    if name not in _MENU:
        return {"kind": Kind.TEXT, "text": words}
    if rest:
        return {"kind": Kind.TEXT, "text": rest, "extra": {"command": name}}
    return {"kind": Kind.EVENT, "event": Event.MENU, "text": name}


def _photo(part: Payload) -> Content:
    """Of the sizes offered the largest."""
    sizes = list(part)
    if not sizes:
        raise part.refuse("is empty")
    largest = max(sizes, key=lambda one: one["width"].integer() * one["height"].integer())
    return {"kind": Kind.IMAGE, "attachments": (_file(largest, Kind.IMAGE, media_type="image/jpeg"),)}


def _document(part: Payload) -> Content:
    """A photo sent "as a file" is a photo."""
    kind = Kind.IMAGE if _said(part, "mime_type").startswith("image/") else Kind.FILE
    return {"kind": kind, "attachments": (_file(part, kind),)}


def _filed(kind: Kind) -> Callable[[Payload], Content]:
    return lambda part: {"kind": kind, "attachments": (_file(part, kind),)}


def _file(part: Payload, kind: Kind, *, media_type: str = "") -> Attachment:
    size = part.get("file_size")
    return Attachment(
        ref=part["file_id"].word(limit=255),
        kind=kind,
        media_type=_said(part, "mime_type") or media_type,
        name=_said(part, "file_name"),
        size=None if size is None else max(0, size.integer()),
    )


def _said(part: Payload, name: str) -> str:
    found = part.get(name)
    return "" if found is None else found.text(limit=1024)[-120:]


def _place(part: Payload) -> Content:
    return {"kind": Kind.LOCATION, "location": _point(part)}


def _venue(part: Payload) -> Content:
    names = (_said(part, "address"), _said(part, "title"))
    return {"kind": Kind.LOCATION, "location": _point(part["location"], label=" ".join(filter(None, names)))}


def _point(part: Payload, *, label: str = "") -> Location:
    latitude, longitude = part["latitude"].number(), part["longitude"].number()
    if abs(latitude) > 90 or abs(longitude) > 180:
        raise part.refuse("is no place on earth")
    return Location(latitude, longitude, label, datum="wgs84")


def _card(item: Payload, part: Payload, sender: int) -> Content:
    """A card with the sender's own id was made of his account by Telegram: its number is proved. A card that was
    forwarded may be an old one, and anybody else's proves nothing."""
    number = part["phone_number"].text(limit=64)
    owner = part.get("user_id")
    own = owner is not None and owner.integer() == sender
    forwarded = any(item.has(name) for name in ("forward_origin", "forward_date", "via_bot"))
    if own and not forwarded:
        # An account's number has its country's code, with or without "+": a bare 13800138000 is American.
        phone = phones.normal(f"+{number.strip().removeprefix('+')}") or ""
        return {"kind": Kind.TEXT, "text": phone or number, "verified_phone": phone}
    names = (_said(part, "first_name"), _said(part, "last_name"), number)
    return {"kind": Kind.TEXT, "text": " ".join(filter(None, names)), "extra": {"sort": "contact"}}


_READERS: Mapping[str, Callable[[Payload], Content]] = {
    "text": _text,
    "photo": _photo,
    "animation": _filed(Kind.VIDEO),  # before document: an animation has both
    "video": _filed(Kind.VIDEO),
    "video_note": _filed(Kind.VIDEO),
    "voice": _filed(Kind.VOICE),
    "audio": _filed(Kind.FILE),
    "document": _document,
    "venue": _venue,  # before location: a venue has both
    "location": _place,
}
_NO_USE = (
    "sticker", "dice", "game", "poll", "story", "paid_media", "checklist", "invoice", "giveaway", "gift", "unique_gift",
)  # fmt: skip
"""Kinds we have no use for: the citizen is told."""
_NOTICES = (
    "pinned_message", "message_auto_delete_timer_changed", "write_access_allowed", "connected_website", "users_shared",
    "chat_shared", "chat_background_set", "successful_payment", "refunded_payment", "boost_added", "passport_data",
    "web_app_data", "proximity_alert_triggered",
)  # fmt: skip
"""Notices of Telegram's own inside a private chat."""

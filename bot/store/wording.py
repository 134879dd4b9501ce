"""How what was said is written down and read back: messages as JSON, nothing lost."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from channels.message import Address, Attachment, Choice, Event, Inbound, Kind, Letter, Location, Notice, Say, Trigger

_SUSPECT = re.compile("[\ud800-\udfff]")


def storable(text: str) -> str:
    """The text without what no database can hold: NUL is dropped, a lone surrogate becomes the replacement sign."""
    return _SUSPECT.sub("\ufffd", text.replace("\0", "")) if "\0" in text or _SUSPECT.search(text) else text


def write_body(body: Say | Notice) -> dict[str, Any]:
    """An outgoing body as a JSON object."""
    out: dict[str, Any] = {"text": storable(body.text)}
    if body.choices:
        out["choices"] = [[choice.id, choice.label, choice.keyword] for choice in body.choices]
    if isinstance(body, Notice):
        out["notice"] = body.key
        out["params"] = {name: storable(value) for name, value in body.params.items()}
    return out


def read_body(stored: Mapping[str, Any]) -> Say | Notice:
    """The inverse of :func:`write_body`."""
    choices = tuple(Choice(*fields) for fields in stored.get("choices", ()))
    if "notice" in stored:
        return Notice(stored["notice"], stored.get("params", {}), stored["text"], choices)
    return Say(stored["text"], choices)


def write_inbound(message: Inbound) -> dict[str, Any] | None:
    """What the columns of ``message`` do not hold, or None when there is no more. A proved phone is the conversation's,
    where it is sealed; it is not kept twice."""
    out: dict[str, Any] = {}
    if message.choice:
        out["choice"] = message.choice
    if message.event is not None:
        out["event"] = message.event.value
    if message.attachments:
        out["attachments"] = [_described(attachment) for attachment in message.attachments]
    if message.location is not None:
        out["location"] = asdict(message.location)
    if message.trigger is not Trigger.MESSAGE:
        out["trigger"] = message.trigger.value
    if message.subject:
        out["subject"] = message.subject
    if message.about:
        out["about"] = message.about
    if message.album:
        out["album"] = message.album
    if message.public:
        out["public"] = True
    if message.letter is not None:
        out["letter"] = {name: _plain(value) for name, value in asdict(message.letter).items() if value}
    if message.extra:
        out["extra"] = {name: storable(value) for name, value in message.extra.items()}
    return out or None


def _described(attachment: Attachment) -> dict[str, Any]:
    """Everything but the bytes: those lie in the attachment store."""
    return {name: value for name, value in asdict(replace(attachment, content=b"")).items() if name != "content"}


def _plain(value: Any) -> Any:
    return storable(value) if isinstance(value, str) else [storable(item) for item in value]


def _letter(stored: Mapping[str, Any]) -> Letter:
    return Letter(**{**stored, "replies_to": tuple(stored.get("replies_to", ()))})


def read_inbound(
    address: Address,
    *,
    id: str,
    sent_at: datetime,
    kind: str,
    text: str,
    body: Mapping[str, Any] | None,
    digest: str = "",
) -> Inbound:
    """The inverse of :func:`write_inbound` together with the columns."""
    body = body or {}
    return Inbound(
        address=address,
        id=id,
        sent_at=sent_at,
        kind=Kind(kind),
        text=text,
        choice=body.get("choice", ""),
        event=Event(body["event"]) if "event" in body else None,
        attachments=tuple(
            Attachment(**{**fields, "kind": Kind(fields["kind"])}) for fields in body.get("attachments", ())
        ),
        location=Location(**body["location"]) if "location" in body else None,
        trigger=Trigger(body.get("trigger", Trigger.MESSAGE)),
        subject=body.get("subject", ""),
        digest=digest,
        letter=_letter(body["letter"]) if "letter" in body else None,
        about=body.get("about", ""),
        public=body.get("public", False),
        album=body.get("album", ""),
        extra=body.get("extra", {}),
    )

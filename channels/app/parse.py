"""Reads what a citizen's page or app sends into the words the house knows."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError

from channels.app.problems import Problem
from channels.app.tokens import Identity, Session
from channels.message import Address, Attachment, Event, Inbound, Kind, Location, Trigger

TEXT_LIMIT = 4000
_CONTROLS = {code: None for code in [*range(32), 127] if chr(code) not in "\t\n"}


def _printable(value: Any) -> Any:
    # Control characters mean nothing in a chat, and PostgreSQL refuses NUL in a text.
    return value.replace("\r\n", "\n").translate(_CONTROLS) if isinstance(value, str) else value


Clean = BeforeValidator(_printable)
# The cleaning stands last: pydantic runs it first, and the limits count what is left.
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=TEXT_LIMIT), Clean]
Aside = Annotated[str, StringConstraints(strip_whitespace=True, max_length=TEXT_LIMIT), Clean]
Label = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), Clean]
Opaque = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e\u0080-\uffff]{1,300}$")]
"""An id somebody else made and we only hand back."""


class _Body(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class TextBody(_Body):
    """Free words."""

    type: Literal["text"]
    text: Words


class LocationBody(_Body):
    """A point in degrees. Browsers and phones measure WGS 84; Chinese map SDKs answer GCJ-02 and must say so."""

    type: Literal["location"]
    latitude: float = Field(ge=-90, le=90, allow_inf_nan=False)
    longitude: float = Field(ge=-180, le=180, allow_inf_nan=False)
    label: Label = ""
    datum: Literal["wgs84", "gcj02"] = "wgs84"


class FileBody(_Body):
    """A photo, video, recording or document: ``file_id`` as POST /uploads returned it, with a caption perhaps."""

    type: Literal["file"]
    file_id: Opaque
    text: Aside = ""


class ChoiceBody(_Body):
    """A tapped choice: ``id`` as the line offered it, ``text`` what the button said."""

    type: Literal["choice"]
    id: Opaque
    text: Label = ""


class RatingBody(_Body):
    """An answer given in a rating form: ``id`` is the choice's as the survey line offered it."""

    type: Literal["rating"]
    id: Opaque
    text: Aside = ""


class OpenedBody(_Body):
    """The citizen opened the conversation (an app whose hub greets first)."""

    type: Literal["opened"]


Body = TextBody | LocationBody | FileBody | ChoiceBody | RatingBody | OpenedBody
_BODY: TypeAdapter[Body] = TypeAdapter(Annotated[Body, Field(discriminator="type")])
_FIELDS = frozenset(name for body in Body.__args__ for name in body.model_fields)


class Opening(_Body):
    """The body of POST /sessions: nothing for a new anonymous conversation, or one of the two."""

    resume_token: str = Field(default="", max_length=4096, repr=False)
    identity: Identity | None = None


class Seen(_Body):
    """The body of POST /seen. ``shown`` is false for what came to a device nobody looks at just now."""

    seq: int = Field(ge=0, le=2**53, strict=True)
    shown: bool = Field(default=True, strict=True)


Read = TypeVar("Read")


def opening(raw: bytes) -> Opening:
    """Read the body of POST /sessions; an empty one is fine. Raises :class:`Problem`."""
    return _read(TypeAdapter(Opening), raw or b"{}")


def seen(raw: bytes) -> Seen:
    """Read the body of POST /seen. Raises :class:`Problem`."""
    return _read(TypeAdapter(Seen), raw)


def body(raw: bytes) -> Body:
    """Read a message. Raises :class:`Problem` and nothing else, whatever the bytes."""
    return _read(_BODY, raw)


def _read(shape: TypeAdapter[Read], raw: bytes) -> Read:
    try:
        return shape.validate_json(raw)
    except ValidationError as error:
        raise _problem(error) from None


def _problem(error: ValidationError) -> Problem:
    found = error.errors(include_input=False, include_url=False, include_context=False)
    kinds = {item["type"] for item in found}
    if "json_invalid" in kinds:
        return Problem("bad_json")
    at = tuple(sorted({str(item["loc"][-1]) for item in found if item["loc"]} & _FIELDS))
    if kinds == {"string_too_long"} and at == ("text",):
        return Problem("text_too_long", at=at)
    return Problem("bad_message", at=at or ("type",))


def digest(message: Body) -> str:
    """A fingerprint of what was meant: the same however the JSON was spaced or ordered."""
    canonical = json.dumps(message.model_dump(), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def inbound(
    message: Body, *, account: str, session: Session, client_id: str, now: datetime, file: Attachment | None = None
) -> Inbound:
    """The message as the house knows it. ``file`` is the stored file a :class:`FileBody` speaks of."""
    parts: dict[str, Any] = {"kind": Kind.TEXT, "text": getattr(message, "text", "")}
    match message:
        case LocationBody():
            point = Location(message.latitude, message.longitude, message.label, message.datum)
            parts = {"kind": Kind.LOCATION, "location": point}
        case FileBody():
            assert file is not None
            parts |= {"kind": file.kind, "attachments": (file,)}
        case ChoiceBody():
            parts |= {"choice": message.id}
        case RatingBody():
            parts |= {"kind": Kind.EVENT, "event": Event.RATED, "choice": message.id}
        case OpenedBody():
            parts = {"kind": Kind.EVENT, "event": Event.OPENED, "trigger": Trigger.NONE}
    return Inbound(
        address=Address("app", account, session.peer),
        id=f"{session.peer}:{client_id}",
        sent_at=now,
        verified_phone=session.phone,
        subject=session.subject,
        digest=digest(message),
        **parts,
    )

"""What a citizen says and what we say back, the same shape on every channel.

All values are frozen. Citizens' words and addresses are ``repr=False``: they never reach a log by accident.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from channels.calls import CallStep

NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Address:
    """Where one citizen is reached: a channel folder, one of its accounts, and the peer as that provider names him.

    ``peer`` is opaque outside its adapter (an openid, a phone number, a chat session).
    """

    channel: str
    account: str
    peer: str = field(repr=False)


class Kind(StrEnum):
    """What sort of thing arrived."""

    TEXT = "text"
    IMAGE = "image"
    VOICE = "voice"
    VIDEO = "video"
    FILE = "file"
    LOCATION = "location"
    LINK = "link"
    EVENT = "event"
    """Something happened without words (followed, menu tapped): see :attr:`Inbound.event`."""
    UNSUPPORTED = "unsupported"
    """A kind the provider knows and we have no use for: the citizen is told politely."""
    EDITED = "edited"
    """The new wording of an earlier message, kept beside it; what the old one set off is not undone."""
    AUTOMATIC = "automatic"
    """A machine wrote it (an automatic reply, a list, a bounce we cannot match): kept for a person, never answered."""
    UNKNOWN = "unknown"
    """A kind we have never seen: stored, counted, never answered with a guess."""


class Event(StrEnum):
    """Happenings every channel maps its own names to; an unmapped one is ``OTHER``."""

    FOLLOWED = "followed"
    UNFOLLOWED = "unfollowed"
    MENU = "menu"
    """A menu entry was tapped; ``Inbound.text`` holds its key."""
    SCANNED = "scanned"
    """A QR code with a scene was scanned; ``Inbound.text`` holds the scene."""
    OPENED = "opened"
    """The citizen opened the conversation."""
    GRANTED = "granted"
    """The citizen gave leave for one template (订阅通知); ``Inbound.text`` holds the template's id."""
    DECLINED = "declined"
    """Asked for leave for one template, the citizen gave none; ``Inbound.text`` holds its id."""
    REVOKED = "revoked"
    """The citizen took his leave for one template back; ``Inbound.text`` holds its id."""
    GIVEN_BACK = "given_back"
    """The provider's own desk has ended its talk with the citizen."""
    RATED = "rated"
    """A rating given by a form, not by words; ``Inbound.choice`` holds the answer's id."""
    OTHER = "other"


class Trigger(StrEnum):
    """What an arrival does to the reply window (the provider's rule, see ``Capabilities.windows``)."""

    MESSAGE = "message"
    MENU = "menu"
    FOLLOW = "follow"
    SCAN = "scan"
    MENTION = "mention"
    """Somebody spoke of us, or to us, in public."""
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Location:
    """A point the citizen sent. Degrees; ``datum`` names the coordinate system ("gcj02" for Chinese maps)."""

    latitude: float = field(repr=False)
    longitude: float = field(repr=False)
    label: str = field(default="", repr=False)
    datum: str = "gcj02"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A photo, voice or file. ``ref`` is how its channel finds it: a provider's media id, or a stored file's id.

    ``stored`` tells the file already lies in the attachment store under ``ref``; else it is fetched after the commit,
    but for one whose ``content`` came along: the hub puts that into the store first and notes its ``sha256``.
    """

    ref: str = field(repr=False)
    kind: Kind
    media_type: str = ""
    name: str = field(default="", repr=False)
    size: int | None = None
    stored: str = field(default="", repr=False)
    content: bytes = field(default=b"", repr=False)
    sha256: str = field(default="", repr=False)


_MEDIA = {"image": Kind.IMAGE, "audio": Kind.VOICE, "video": Kind.VIDEO}


def kind_of_file(media_type: str) -> Kind:
    """What a file of this type is to a citizen: a photo, a voice, a video, or just a file."""
    return _MEDIA.get(media_type.partition("/")[0], Kind.FILE)


@dataclass(frozen=True, slots=True)
class Letter:
    """What makes a message a whole letter (来信): it says everything at once, and its writer awaits no questions."""

    title: str = field(default="", repr=False)
    """Its heading in the citizen's words (a mail's subject), "" where he wrote none."""
    sort: str = ""
    """What the citizen himself calls it where a form asks him: "consult", "complaint", "suggest", "help"."""
    name: str = field(default="", repr=False)
    """How he signs."""
    contact: str = field(default="", repr=False)
    """A phone number he typed, as typed: it proves nothing."""
    replies_to: tuple[str, ...] = field(default=(), repr=False)
    """Provider ids of messages of ours it answers, the nearest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbound:
    """One thing a citizen sent.

    ``id`` is the dedupe key, unique per (channel, account), made by the adapter from protocols.md §0.3; opaque elsewhere.
    ``sent_at`` is the provider's time, aware; ``choice`` the id of a tapped choice; ``digest`` a fingerprint of the
    body where the provider's key may be reused with other words (web chat's 409).
    """

    address: Address
    id: str = field(repr=False)
    sent_at: datetime
    kind: Kind
    text: str = field(default="", repr=False)
    choice: str = field(default="", repr=False)
    event: Event | None = None
    attachments: tuple[Attachment, ...] = field(default=(), repr=False)
    location: Location | None = None
    trigger: Trigger = Trigger.MESSAGE
    verified_phone: str = field(default="", repr=False)
    """The phone the channel itself proves (an SMS sender, a signed app identity); never one the citizen typed."""
    subject: str = field(default="", repr=False)
    """Who this is on other accounts of the provider, when proved (a union id, an app user id)."""
    digest: str = field(default="", repr=False)
    letter: Letter | None = None
    about: str = ""
    """The last digits of the number of the ticket that our text this one answers was about, where its way back tells."""
    public: bool = False
    """Anybody can read it, and perhaps what we answer: no conversation is held there. It leads to one invitation to
    write in private, through the outbox; the address is that citizen's in public, never the one he writes from in
    private."""
    album: str = field(default="", repr=False)
    """What its pieces have in common, where the provider sends an album piece by piece, in any order."""
    cursor: str = field(default="", repr=False)
    """Where our asking of the provider stands once this message is stored: written in the same transaction."""
    extra: Mapping[str, str] = field(default_factory=lambda: NOTHING, repr=False)
    """Channel details worth keeping for a person (raw event name, article title). Never read by the core."""


class Stage(StrEnum):
    """How far a message got. A stage only rises; ``FAILED`` is final unless the message is sent again."""

    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Receipt:
    """The provider's word about a message of ours. ``reason`` is its code, for the operator."""

    account: str
    provider_id: str
    stage: Stage
    reason: str = ""
    at: datetime | None = None
    gone: bool = False
    """Nothing will arrive at this address any more (no such box): not only this message failed."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Everything one call from a provider said, in its order."""

    messages: tuple[Inbound, ...] = ()
    receipts: tuple[Receipt, ...] = ()
    ignored: tuple[str, ...] = ()
    """Names of events acknowledged and counted but not kept (WeChat LOCATION every 5 s)."""
    calls: tuple[CallStep, ...] = ()
    """Steps of telephone calls: no messages, nobody answers them in words."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to tap or type. ``id`` comes back as ``Inbound.choice``; ``label`` is shown; ``keyword`` may be typed."""

    id: str
    label: str
    keyword: str = ""


@dataclass(frozen=True, slots=True)
class Say:
    """Free words to the citizen, with choices where the channel can show them (else they are listed as text)."""

    text: str = field(repr=False)
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Notice:
    """A meaning rather than words: "ticket.dispatched", "survey.ask".

    Some channels may push only registered templates: they map ``key`` to a template and ``params`` to its fields.
    ``text`` and ``choices`` are the same meaning in free words, for the channels and windows that allow it.
    """

    key: str
    params: Mapping[str, str] = field(default_factory=lambda: NOTHING, repr=False)
    text: str = field(default="", repr=False)
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbound:
    """One message of ours on its way. ``key`` is ours, unique, stable over retries (an idempotency key)."""

    key: str
    address: Address
    body: Say | Notice
    route: str = "direct"
    """Which of the channel's ways the planner chose: a name in ``Capabilities.routes``."""
    in_reply_to: str = field(default="", repr=False)

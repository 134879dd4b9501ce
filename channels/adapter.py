"""What a channel must offer, and what it may offer.

One required protocol, :class:`Adapter`; the optional ones are found by ``isinstance``. A channel folder exports one
literal ``CHANNEL: Channel``; the registry finds it by the folder's name.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from channels.capabilities import Capabilities
from channels.message import Address, Attachment, Batch, Inbound, Outbound, Say, Stage

if TYPE_CHECKING:
    from aiohttp import web


@dataclass(frozen=True, slots=True)
class Request:
    """A provider's call with the web framework taken off. Header names are lower case; ``tail`` is what follows
    ``/hooks/<folder>/<account>`` without its slash; ``received_at`` is aware; ``remote`` is the caller's IP address as
    our front door knows it, "" where it does not."""

    method: str
    query: Mapping[str, str] = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    received_at: datetime
    tail: str = field(default="", repr=False)
    remote: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Response:
    """What the provider is told."""

    status: int = 200
    body: bytes = field(default=b"", repr=False)
    content_type: str = "text/plain"


@runtime_checkable
class Adapter(Protocol):
    """One account of one channel."""

    async def send(self, out: Outbound) -> str:
        """Send one message by ``out.route`` and return the provider's id ("" where it gives none).

        Called without a transaction, at most ``rate`` times a second, one message of a conversation at a time. Raises
        only :class:`channels.errors.SendError`. Text already fits ``Capabilities.text_limit``.
        """
        ...

    async def close(self) -> None:
        """Called once at shutdown, after the last ``send`` returned."""
        ...


@runtime_checkable
class Webhook(Protocol):
    """A channel whose provider calls us. Plain functions: no await, no I/O, no clock; samples are their whole test."""

    def verify(self, request: Request) -> Response | None:
        """Raise :class:`BadSignature`, or return a Response that ends the call (a URL check), or None to go on."""
        ...

    def parse(self, request: Request) -> Batch:
        """Read a verified request. Raises :class:`Malformed` and nothing else, whatever the bytes."""
        ...

    def answer(self, request: Request, reply: Say | None) -> Response:
        """The response after the commit. ``reply`` is None when there is nothing to carry inline."""
        ...

    def refuse(self, request: Request, status: int) -> Response:
        """The response when the message could not be stored: the provider must understand it as "send again"."""
        ...


@runtime_checkable
class Pollable(Protocol):
    """A channel we must ask, over the one connection its account allows. One process of all polls it at a time."""

    def read(self, raw: bytes, *, at: datetime) -> Batch:
        """What the provider keeps for us, as it lies there (one mail, one update), ``at`` the moment it was received.

        A plain function: no await, no I/O, no clock. Raises :class:`Malformed` and nothing else, whatever the bytes.
        """
        ...

    def poll(self, cursor: str) -> AsyncIterator[tuple[Batch, str]]:
        """Yield what came after ``cursor`` ("" the first time) and the cursor behind it, oldest first, waiting as long
        as nothing comes. Asked for the next pair, it knows the last one is committed and may tell the provider so.

        Ends by raising a SendError: ``Credential`` where an operator must act, else ``Later``. Closing it ends the
        connection at once.
        """
        ...


@runtime_checkable
class Tied(Protocol):
    """A channel that can send only over the connection its ``poll`` holds (a bound SMPP session): of several processes
    the one that polls an account sends for it."""

    @property
    def ready(self) -> bool:
        """Whether that connection stands in this process, now."""
        ...


@runtime_checkable
class Media(Protocol):
    """A channel whose attachments must be fetched from the provider."""

    async def fetch(self, attachment: Attachment) -> tuple[bytes, str]:
        """The bytes and the media type. Called after the commit, never inside a transaction. Raises SendError
        (``Later`` to be called again, ``Never`` when the provider no longer has it)."""
        ...


@runtime_checkable
class Billed(Protocol):
    """A channel whose texts are billed by segments (计费条数)."""

    def segments(self, text: str) -> int:
        """As how many segments ``text`` is billed, signature included. A plain function."""
        ...


@runtime_checkable
class Served(Protocol):
    """A channel we serve ourselves (web chat): it brings its own routes and is handed the hub's door."""

    def routes(self, door: Door) -> Sequence[web.AbstractRouteDef]:
        """The routes, absolute paths. Called once at assembly; must not do I/O."""
        ...


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one inbound message: its row id and place in the conversation, and the reply recorded for it."""

    id: int
    seq: int
    at: datetime
    duplicate: bool
    digest: str = field(repr=False)
    reply: Say | None = field(default=None, repr=False)
    stuck: bool = False
    handed: bool = False
    """The response must give the citizen to the provider's own desk (``channels.account.Handing``)."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a conversation as the citizen may see it, in order of ``seq``.

    ``who`` is "citizen", "bot", "agent" or "system"; ``kind`` as in :class:`channels.message.Kind` or "notice".
    """

    seq: int
    who: str
    kind: str
    at: datetime
    text: str = field(default="", repr=False)
    choices: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """(id, label) pairs."""
    attachments: tuple[str, ...] = field(default=(), repr=False)
    """Ids of stored files."""
    attachment_types: tuple[str, ...] = ()
    location: tuple[float, float, str] | None = field(default=None, repr=False)
    client_id: str = field(default="", repr=False)
    """The citizen's own key of this message, for an optimistic page."""
    notice: str = ""


class Act(StrEnum):
    """What somebody in a conversation does just now."""

    TYPING = "typing"
    READ = "read"


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign of life of the other side: he is writing, or has read everything up to ``seq``. Never stored."""

    act: Act
    seq: int = 0


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file in the attachment store."""

    id: str = field(repr=False)
    media_type: str
    size: int
    path: Path = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What the holder of a query code may see of his ticket: its title, where it stands in words, and the answer."""

    number: str
    title: str = field(repr=False)
    received_at: datetime
    words: str = field(repr=False)
    reply: str = field(default="", repr=False)
    done: bool = False


class Door(Protocol):
    """What the hub offers to a channel that serves itself."""

    async def receive(self, message: Inbound) -> Taken:
        """Take one message; returns after the commit. Raises ``Busy`` from channels.errors when the queue is full."""
        ...

    async def answer(self, taken: Taken) -> str:
        """The words recorded as the answer to a message, "" for none."""
        ...

    async def progress(self, number: str, code: str) -> Progress | None:
        """The ticket ``number`` for whoever has its query code (查询码), None where the two do not fit."""
        ...

    async def history(self, address: Address, *, after: int, limit: int) -> Sequence[Line]:
        """Lines with ``seq > after``, oldest first."""
        ...

    def watch(self, address: Address) -> AsyncIterator[int]:
        """Yields the newest ``seq`` each time the conversation grows; ends when closed."""
        ...

    async def seen(self, address: Address, *, seq: int, stage: Stage) -> None:
        """Everything of ours up to ``seq`` has come to the citizen's device (``DELIVERED``), or he saw it (``READ``)."""
        ...

    async def read_by_officer(self, address: Address) -> int:
        """Up to which ``seq`` the officer who holds the conversation has read it, 0 for nothing."""
        ...

    async def typing(self, address: Address) -> None:
        """The citizen is writing just now; who holds the conversation is shown it, and nothing is kept."""
        ...

    def signs(self, address: Address) -> AsyncIterator[Sign]:
        """Yields each sign of life of the officer who holds the conversation; ends when closed."""
        ...

    async def keep(self, address: Address, *, name: str, media_type: str, content: bytes) -> StoredFile:
        """Put a file of this citizen into the store."""
        ...

    async def file(self, file_id: str) -> StoredFile | None:
        """A stored file, or None."""
        ...

    def now(self) -> datetime:
        """The hub's clock, aware."""
        ...


Build = Callable[[str, Any, "Tools"], Adapter]
"""(account name, validated settings, tools) -> adapter."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What an adapter may use from outside: a clock and one shared HTTP session factory."""

    now: Callable[[], datetime]
    http: Callable[[], Any] = field(repr=False)
    """Returns the process's aiohttp.ClientSession (created on first use, closed by the hub)."""


@dataclass(frozen=True, slots=True)
class Channel:
    """What a channel folder exports. ``settings`` is a pydantic model (secrets as SecretStr); ``missing`` lists, in
    words an operator understands, what a valid configuration still lacks (a template id)."""

    name: str
    title: str
    capabilities: Capabilities
    settings: type[Any]
    build: Build = field(repr=False)
    missing: Callable[[Any], Sequence[str]] = field(repr=False, default=lambda _settings: ())
    ends: Callable[[Any], Mapping[str, date]] = field(repr=False, default=lambda _settings: {})
    """Setting -> the last day it is good for, of what only an operator can renew (a token without refresh)."""

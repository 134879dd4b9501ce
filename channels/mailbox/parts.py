"""Takes a mail apart: its words, its files, and the reports of mail servers in it, however broken it is."""

from __future__ import annotations

import binascii
import email
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.errors import MessageError
from email.message import Message
from email.policy import compat32

from channels.errors import Malformed
from channels.mailbox.charsets import clean, decode
from channels.mailbox.headers import Headers, words
from channels.mailbox.hypertext import as_text

PARTS, DEPTH = 100, 10
"""Parts of one mail looked at, and how deep they may lie in each other (protocols.md §4.2)."""
NAME = 200
_UNDECODABLE = (ValueError, LookupError, TypeError, AttributeError, AssertionError, IndexError, binascii.Error)
_REPORTS = frozenset({"message/delivery-status", "message/disposition-notification", "text/rfc822-headers"})


@dataclass(frozen=True, slots=True)
class File:
    """A file of a mail as it came: ``declared`` is what the sender calls its type."""

    name: str = field(repr=False)
    declared: str
    content: bytes = field(repr=False)


@dataclass(slots=True)
class Opened:
    """A mail taken apart."""

    headers: Headers
    content_type: str
    plain: list[str] = field(default_factory=list, repr=False)
    html: list[str] = field(default_factory=list, repr=False)
    files: list[File] = field(default_factory=list)
    reports: list[tuple[str, bytes]] = field(default_factory=list, repr=False)
    """(type, bytes) of the parts mail servers add to a report."""

    def words(self, *, quoted: bool = False) -> str:
        """The letter's words: its plain text, else its HTML made plain."""
        plain = "\n".join(self.plain).strip()
        return plain or "\n\n".join(as_text(one, quoted=quoted) for one in self.html).strip()


def open_mail(raw: bytes) -> Opened:
    """Take ``raw`` apart. Raises :class:`Malformed` where no header line can be found or it is nested too deeply."""
    try:
        message = email.message_from_bytes(raw, policy=compat32)
        headers = Headers(message)
    except (RecursionError, *_UNDECODABLE) as problem:
        raise Malformed(f"the mail cannot be taken apart: {type(problem).__name__}") from None
    if not set(headers):
        raise Malformed("the mail has no header line")
    opened = Opened(headers, message.get_content_type())
    for part in _leaves(message):
        _sort(opened, part)
    return opened


def _leaves(message: Message) -> Iterator[Message]:
    """The parts that hold something, in order; those too deep or too many are left out."""
    waiting: list[tuple[Message, int]] = [(message, 0)]
    seen = 0
    while waiting and seen < PARTS:
        part, depth = waiting.pop()
        seen += 1
        if part.is_multipart():
            inner = [one for one in part.get_payload() if isinstance(one, Message)]
            if part.get_content_type() in _REPORTS or part.get_content_type() == "message/rfc822":
                yield part
            elif depth < DEPTH:
                waiting.extend((one, depth + 1) for one in reversed(inner))
        else:
            yield part


def _sort(opened: Opened, part: Message) -> None:
    kind = part.get_content_type()
    if kind in _REPORTS:
        opened.reports.append((kind, _inner(part)))
        return
    if kind == "message/rfc822":
        inner = _inner(part)
        opened.reports.append((kind, inner))
        if opened.content_type != "multipart/report":
            opened.files.append(File("转发的邮件.eml", kind, inner))
        return
    name, disposition = _name(part), _disposition(part)
    text = kind.startswith("text/") or kind.startswith("multipart/")
    if text and not name and disposition != "attachment":
        content = clean(decode(_content(part), _label(part)))
        (opened.html if kind == "text/html" else opened.plain).append(content)
        return
    if content_bytes := _content(part):
        opened.files.append(File(name, kind, content_bytes))


def _content(part: Message) -> bytes:
    """The bytes of a part without its transfer coding."""
    try:
        content = part.get_payload(decode=True)
    except _UNDECODABLE:
        content = _as_it_stands(part)  # the declared coding is a lie
    return content if isinstance(content, bytes) else b""


def _as_it_stands(part: Message) -> bytes:
    try:
        return part.as_bytes().partition(b"\n\n")[2]
    except (RecursionError, MessageError, *_UNDECODABLE):
        return b""


def _inner(part: Message) -> bytes:
    """A report's part as it stood in the mail."""
    if not part.is_multipart():
        return _content(part)
    return b"\n".join(_written(one) for one in part.get_payload() if isinstance(one, Message))


def _written(part: Message) -> bytes:
    """The part as text again; its header lines alone where the library refuses to write what it has read."""
    try:
        return part.as_bytes()
    except (RecursionError, MessageError, *_UNDECODABLE):
        return "\n".join(f"{name}: {value}" for name, value in part.raw_items()).encode("utf-8", "surrogateescape")


def _label(part: Message) -> str:
    try:
        found = part.get_param("charset", "")
    except _UNDECODABLE:
        return ""
    return str(found[2] if isinstance(found, tuple) else found or "")


def _disposition(part: Message) -> str:
    return str(part.get("Content-Disposition", "")).partition(";")[0].strip().lower()


def _name(part: Message) -> str:
    """The file's name in the sender's words, without folders, "" for none."""
    try:
        found = part.get_filename("")
    except _UNDECODABLE:
        return ""
    # QQ and Foxmail write RFC 2047 words into the quoted parameter.
    bare = words(str(found)).replace("\\", "/").rpartition("/")[2]
    return "".join(char for char in bare if char.isprintable()).strip(". ")[-NAME:]

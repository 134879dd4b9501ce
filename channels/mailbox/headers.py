"""Reads a mail's header lines: words in any coding, addresses, ids and dates, however they were written."""

from __future__ import annotations

import base64
import binascii
import quopri
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime
from typing import Any

from channels.mailbox.charsets import clean, decode

LONGEST = 4000
"""Characters read of one header line; nothing a citizen writes is longer."""
# The last word of a line some client cut too early has no end.
_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)(?:\?=|\Z)")
_BETWEEN = re.compile(r"^[ \t\r\n]*$")
_ID = re.compile(r"<[^<>\s\x00-\x1f\x7f]{1,250}>")
_ANGLE = re.compile(r"<\s*([^<>\s]+@[^<>\s]+?)\s*>")
_BARE = re.compile(r"[^\s<>()\",;:\[\]]+@[^\s<>()\",;:\[\]]+")
_ADDRESS = re.compile(
    r"[^\s\x00-\x1f\x7f@<>()\",;:\\\[\]]{1,64}@[A-Za-z0-9\u0080-\uffff](?:[A-Za-z0-9.\u0080-\uffff-]{0,250}[A-Za-z0-9\u0080-\uffff])?"
)


class Headers:
    """The header lines of one part, each read at most when asked for. Names are looked up in any case."""

    def __init__(self, message: Message) -> None:
        self._lines: dict[str, list[str]] = {}
        for name, value in message.raw_items():
            self._lines.setdefault(str(name).lower(), []).append(str(value)[:LONGEST])

    def __contains__(self, name: str) -> bool:
        return name in self._lines

    def __iter__(self) -> Iterator[str]:
        return iter(self._lines)

    def raw(self, name: str) -> str:
        """The first line of that name as it came, "" for none."""
        return self._lines.get(name, ("",))[0]

    def all(self, name: str) -> list[str]:
        """Every line of that name as it came."""
        return self._lines.get(name, [])

    def words(self, name: str) -> str:
        """The line as people read it, on one line."""
        return " ".join(words(self.raw(name)).split())


def words(raw: str) -> str:
    """A header value decoded: RFC 2047 words (split inside a character or not), and bare 8-bit bytes as Chinese."""
    pieces: list[tuple[str, bytes]] = []
    at = 0
    for found in _WORD.finditer(raw):
        between = raw[at : found.start()]
        if between and not (pieces and pieces[-1][0] != "" and _BETWEEN.match(between)):
            pieces.append(("", _bytes(between)))
        label = found[1].partition("*")[0].lower()
        content = _coded(found[2], found[3])
        if pieces and pieces[-1][0] == label:
            pieces[-1] = (label, pieces[-1][1] + content)  # one character may be split over two words
        else:
            pieces.append((label, content))
        at = found.end()
    if rest := raw[at:]:
        pieces.append(("", _bytes(rest)))
    return clean("".join(decode(content, label) for label, content in pieces))


def _coded(how: str, text: str) -> bytes:
    raw = _bytes(text)
    if how in "qQ":
        return quopri.decodestring(raw.replace(b"_", b" "), header=True)
    bare = b"".join(raw.split()).rstrip(b"=")
    bare = bare[: len(bare) - (len(bare) % 4 == 1)]
    try:
        return base64.b64decode(bare + b"=" * (-len(bare) % 4))
    except (binascii.Error, ValueError):
        return raw


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def address(raw: str) -> str:
    """The first mail address of a From line, its domain in lower case; "" where there is none."""
    for pattern in (_ANGLE, _BARE):
        for found in pattern.finditer(raw):
            one = (found[1] if pattern is _ANGLE else found[0]).strip(".'")
            if _ADDRESS.fullmatch(one) and not any("\ud800" <= char <= "\udfff" for char in one):
                local, _, domain = one.rpartition("@")
                return f"{local}@{domain.lower()}"
    return ""


def display_name(raw: str) -> str:
    """How the writer of a From line calls himself, "" where he gives no name."""
    name = words(raw).partition("<")[0].strip().strip("\"'").strip()
    return "" if "@" in name else name[:60]


def ids(raw: str) -> tuple[str, ...]:
    """Message ids of an In-Reply-To or References line, in order, once each."""
    return tuple(dict.fromkeys(one for one in _ID.findall(raw) if one.isascii()))


def date(raw: str, *, otherwise: datetime) -> datetime:
    """The moment a Date line names, ``otherwise`` where it cannot be read or lies in the future."""
    try:
        found = parsedate_to_datetime(raw.strip())
    except (ValueError, TypeError, OverflowError, IndexError):
        return otherwise
    found = found if found.tzinfo else found.replace(tzinfo=UTC)
    try:
        return min(found.astimezone(UTC), otherwise) if found.year > 1990 else otherwise
    except (ValueError, OverflowError):
        return otherwise


def parameters(raw: str) -> Mapping[str, Any]:
    """The ``name=value`` parameters of a structured line, names in lower case."""
    found: dict[str, str] = {}
    for name, quoted, plain in _PARAMETER.findall(raw):
        found.setdefault(name.lower(), quoted or plain)
    return found


_PARAMETER = re.compile(r';\s*([A-Za-z0-9*_-]+)\s*=\s*(?:"([^"]*)"|([^;\s]*))')

"""The event socket's frames: lines of headers, an empty line, and as many bytes as they say."""

from __future__ import annotations

from dataclasses import dataclass, field

from channels.errors import Malformed

LARGEST = 1024 * 1024
_HEAD = 16 * 1024


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame; header names are lower case."""

    headers: dict[str, str] = field(repr=False)
    body: bytes = field(default=b"", repr=False)

    @property
    def kind(self) -> str:
        """Its content type: "auth/request", "command/reply", "api/response", "text/event-json"."""
        return self.headers.get("content-type", "")

    @property
    def words(self) -> str:
        """What a command was answered: its reply, or its body."""
        return self.headers.get("reply-text", "") or self.body.decode("utf-8", "replace").strip()


def head(raw: bytes) -> dict[str, str]:
    """The headers of a frame. Raises Malformed."""
    if len(raw) > _HEAD:
        raise Malformed("a head is never this long")
    pairs = (line.partition(":") for line in raw.decode("utf-8", "replace").splitlines() if line)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def length(headers: dict[str, str]) -> int:
    """How many bytes follow. Raises Malformed."""
    given = headers.get("content-length", "0")
    if not (given.isascii() and given.isdigit() and len(given) <= 9 and int(given) <= LARGEST):
        raise Malformed("content-length is not a length")
    return int(given)


def command(words: str, **headers: str) -> bytes:
    """A command on the wire. Raises ValueError for one that would be two."""
    lines = (words, *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items()))
    if any("\n" in line or "\r" in line for line in lines):
        raise ValueError("a command is one line")
    return ("\n".join(lines) + "\n\n").encode()

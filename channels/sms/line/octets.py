"""Octets read field by field: whatever is missing or too long is Malformed, never an index that fails."""

from __future__ import annotations

from channels.errors import Malformed


class Octets:
    """A body and how far it was read."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._at = 0

    def __repr__(self) -> str:
        return f"<Octets {self._at} of {len(self._body)}>"

    @property
    def left(self) -> int:
        """How many were not read yet."""
        return len(self._body) - self._at

    def take(self, count: int) -> bytes:
        """The next ``count``. Raises Malformed."""
        if count > self.left:
            raise Malformed(f"the frame ends {count - self.left} octets early")
        self._at += count
        return self._body[self._at - count : self._at]

    def number(self, count: int = 1) -> int:
        """An unsigned number of ``count`` octets, the highest first."""
        return int.from_bytes(self.take(count), "big")

    def word(self, count: int) -> str:
        """A field of fixed width, ASCII, filled up with NULs or blanks."""
        return _ascii(self.take(count).partition(b"\x00")[0])

    def c_word(self, most: int) -> str:
        """ASCII up to a NUL, which is read too; at most ``most`` characters."""
        end = self._body.find(b"\x00", self._at, self._at + most + 1)
        if end < 0:
            raise Malformed("a word has no end")
        word = self.take(end - self._at)
        self._at += 1
        return _ascii(word)


def _ascii(octets: bytes) -> str:
    try:
        return octets.decode("ascii").strip()
    except UnicodeDecodeError:
        raise Malformed("a word is not ASCII") from None

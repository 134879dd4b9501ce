"""Long texts: cut into parts as they are billed, and the mark each part carries."""

from __future__ import annotations

from dataclasses import dataclass

from channels.errors import Malformed

SINGLE = 140
"""Octets of a lone text: 70 UTF-16 units."""
PART = 134
"""Octets of a part beside its mark of six: 67 units."""
MOST = 255
_EIGHT_BIT, _SIXTEEN_BIT = 0x00, 0x08
_PAIR = range(0xD8, 0xDC)


@dataclass(frozen=True, slots=True)
class Place:
    """Part ``number`` of ``total`` of the text its sender calls ``ref``."""

    ref: int
    total: int
    number: int

    def mark(self) -> bytes:
        """The user data header (UDH) that says so, with an 8-bit reference: the one every phone knows."""
        return bytes((5, _EIGHT_BIT, 3, self.ref & 0xFF, self.total, self.number))


def split(text: str) -> list[bytes]:
    """The parts of ``text`` in UTF-16 (big endian): one of up to 70 units, else of up to 67, never cut inside a pair.

    Raises ValueError where that is more than a mark can count.
    """
    units = text.encode("utf-16-be", "replace")
    if len(units) <= SINGLE:
        return [units]
    parts, start = [], 0
    while start < len(units):
        end = min(start + PART, len(units))
        if end < len(units) and units[end - 2] in _PAIR:
            end -= 2
        parts.append(units[start:end])
        start = end
    if len(parts) > MOST:
        raise ValueError("more parts than can be counted")
    return parts


def marked(octets: bytes) -> tuple[Place | None, bytes]:
    """The place told by the header in front of ``octets``, None where it speaks of other things; and the text behind
    it. Raises :class:`Malformed`."""
    if not octets or 1 + octets[0] > len(octets):
        raise Malformed("the user data header is cut off")
    header, rest = octets[1 : 1 + octets[0]], octets[1 + octets[0] :]
    place = None
    while header:
        if len(header) < 2 or 2 + header[1] > len(header):
            raise Malformed("the user data header is torn")
        kind, value, header = header[0], header[2 : 2 + header[1]], header[2 + header[1] :]
        if kind == _EIGHT_BIT and len(value) == 3:
            place = placed(value[0], value[1], value[2])
        elif kind == _SIXTEEN_BIT and len(value) == 4:
            place = placed(int.from_bytes(value[:2], "big"), value[2], value[3])
    return place, rest


def placed(ref: int, total: int, number: int) -> Place | None:
    """A checked place; None for "one of one". Raises :class:`Malformed`."""
    if not 1 <= number <= total:
        raise Malformed("a part lies outside its message")
    return Place(ref, total, number) if total > 1 else None

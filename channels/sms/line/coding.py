"""A citizen's words out of the octets of an SMS: UCS-2, the GSM alphabet, Latin-1, ASCII, GBK."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import groupby

BINARY = "binary"
UCS2, GSM7, LATIN1, ASCII, GBK = "ucs2", "gsm7", "latin1", "ascii", "gbk"
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")

# 3GPP TS 23.038 §6.2.1, the default alphabet and its extension table behind ESC (0x1b).
_GSM = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_MORE = {
    0x0A: "\f",
    0x14: "^",
    0x28: "{",
    0x29: "}",
    0x2F: "\\",
    0x3C: "[",
    0x3D: "~",
    0x3E: "]",
    0x40: "|",
    0x65: "€",
}
_ESC = 0x1B


def _gsm(octets: bytes) -> str:
    """One character to an octet ("unpacked"), as SMPP carries it."""
    words, escaped = [], False
    for octet in octets:
        if escaped:
            words.append(_GSM_MORE.get(octet, " "))
        elif octet != _ESC:
            words.append(_GSM[octet] if octet < len(_GSM) else "\ufffd")
        escaped = octet == _ESC and not escaped
    return "".join(words)


_READ: Mapping[str, Callable[[bytes], str]] = {
    UCS2: lambda octets: octets.decode("utf-16-be", "replace"),
    GSM7: _gsm,
    LATIN1: lambda octets: octets.decode("latin-1"),
    ASCII: lambda octets: octets.decode("ascii", "replace"),
    GBK: lambda octets: octets.decode("gb18030", "replace"),
}


def words(pieces: list[tuple[str, bytes]]) -> str:
    """The text of (coding, octets) in their order. Neighbours of one coding are joined first: a sender may have cut a
    character in two. What no database can hold becomes U+FFFD."""
    runs = groupby(pieces, key=lambda piece: piece[0])
    text = "".join(_READ[coding](b"".join(octets for _, octets in run)) for coding, run in runs)
    return _UNSTORABLE.sub("\ufffd", text).strip()

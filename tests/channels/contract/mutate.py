"""Spoil a body in the ways bodies get spoiled: bits, cuts, repeats, values of the wrong kind."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from zlib import crc32

_VALUE = re.compile(rb'"(?:[^"\\]|\\.)*"|-?\d+|true|false|null|>[^<]*<')
_NASTY = (
    b"", b"null", b"[]", b"{}", b"0", b"-1", b"1e999", b"9" * 30, b"9" * 5000, b"NaN", b'""', b'"\\ud800"', b'"\\u0000"',
    b"[" * 3000, b"\xff\xfe", b"\x00", b"]]>", b"<![CDATA[", b"&lol;", b'<!DOCTYPE a [<!ENTITY b "c">]>', b"true",
    b'"13800138000"', b"></", b"<a>" * 2000, "\u202e🙂".encode(), b'"' + b"A" * 70_000 + b'"',
)  # fmt: skip


def mutations(body: bytes, *, count: int, name: str) -> Iterator[bytes]:
    """``count`` spoiled bodies, the same each time for the same ``name``."""
    rng = random.Random(crc32(name.encode()))
    for _ in range(count):
        spoiled = body
        for _ in range(rng.choice((1, 1, 1, 2, 5))):
            spoiled = rng.choice(_WAYS)(spoiled or b"x", rng)
        yield spoiled


def truncations(body: bytes) -> Iterator[bytes]:
    """The body cut short, at up to 300 places."""
    return (body[:end] for end in range(0, len(body), max(1, len(body) // 300)))


def _flip(body: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(body))
    return body[:at] + bytes((body[at] ^ 1 << rng.randrange(8),)) + body[at + 1 :]


def _insert(body: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(body) + 1)
    return body[:at] + rng.choice(_NASTY) + body[at:]


def _delete(body: bytes, rng: random.Random) -> bytes:
    start = rng.randrange(len(body))
    return body[:start] + body[start + rng.randrange(1, 20) :]


def _repeat(body: bytes, rng: random.Random) -> bytes:
    start = rng.randrange(len(body))
    end = start + rng.randrange(1, 60)
    return body[:end] + body[start:end] + body[end:]


def _replace_value(body: bytes, rng: random.Random) -> bytes:
    places = [match.span() for match in _VALUE.finditer(body)]
    if not places:
        return _insert(body, rng)
    start, end = rng.choice(places)
    new = rng.choice(_NASTY)
    return body[:start] + (b">" + new + b"<" if body[start : start + 1] == b">" else new) + body[end:]


_WAYS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    _flip, _insert, _delete, _repeat, _replace_value, _replace_value,
)  # fmt: skip

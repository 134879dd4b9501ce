"""Keeps a draft in the citizen's own browser: a cookie no script reads, and nothing with us."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from dataclasses import asdict

from channels.mailbox.written import FIELDS, Written

COOKIE = "minsheng_letter"
LASTS = 7 * 24 * 3600
"""Seconds a draft is kept."""
_LARGEST = 65_536


def write(given: Written) -> str:
    """The draft as a cookie's value."""
    texts = {name: value for name, value in asdict(given).items() if name in FIELDS and value}
    packed = zlib.compress(json.dumps(texts, ensure_ascii=False, separators=(",", ":")).encode(), 9)
    return base64.urlsafe_b64encode(packed).decode()


def read(value: str) -> Written:
    """The inverse; an empty form for whatever else stands in the cookie."""
    try:
        unpacked = zlib.decompressobj().decompress(base64.urlsafe_b64decode(value), _LARGEST)
        texts = json.loads(unpacked)
    except (binascii.Error, zlib.error, ValueError, RecursionError):
        return Written()
    if not isinstance(texts, dict):
        return Written()
    return Written(**{name: str(texts.get(name, "")) for name in FIELDS})

"""The hub's own signature on calls between it and a city's programs: the telephone's events in, the push gateway out."""

from __future__ import annotations

import hashlib
import hmac


def signature(secret: str, *, ts: str, body: bytes) -> str:
    """``v1=hex(HMAC-SHA256(secret, ts + "." + body))``, ``ts`` in Unix seconds as it stands in the call."""
    said = ts.encode("utf-8", "surrogateescape") + b"." + body
    return f"v1={hmac.new(secret.encode(), said, hashlib.sha256).hexdigest()}"

"""Checks that a call comes from Weibo: SHA-1 over App Secret, timestamp and nonce, sorted (Weibo's scheme, not ours)."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime

from channels.errors import BadSignature


class Signer:
    """Signs with one app's App Secret."""

    def __init__(self, app_secret: str) -> None:
        self._secret = app_secret

    def sign(self, timestamp: str, nonce: str) -> str:
        """The signature, 40 hex digits in lower case. The body is no part of it."""
        joined = "".join(sorted((self._secret, timestamp, nonce)))
        return hashlib.sha1(joined.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()

    def check(self, query: Mapping[str, str]) -> None:
        """Raise BadSignature unless the query carries a genuine signature; an empty part is never signed."""
        given, timestamp, nonce = (query.get(name, "") for name in ("signature", "timestamp", "nonce"))
        if not (given and timestamp and nonce):
            raise BadSignature("the signature or a signed parameter is missing")
        if not hmac.compare_digest(self.sign(timestamp, nonce).encode(), given.encode("utf-8", "replace")):
            raise BadSignature("the signature does not match")


def check_age(timestamp: str, *, at: datetime, most: int) -> None:
    """Raise BadSignature where ``timestamp`` (milliseconds since 1970) lies more than ``most`` seconds from ``at``."""
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 15):
        raise BadSignature("timestamp is not a time in milliseconds")
    if abs(at.timestamp() - int(timestamp) / 1000) > most:
        raise BadSignature("timestamp is too far from our clock: an old call played again, or a wrong clock")

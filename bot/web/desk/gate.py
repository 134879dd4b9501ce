"""The demonstration's door to the desk: a key and a name open it, a signed cookie keeps it open for a shift, guessing is slowed down."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from yarl import URL

COOKIE = "minsheng_desk"
SHIFT = timedelta(hours=12)
"""How long one login lasts."""
NAME_LENGTH = 32
TRIES = 5
PAUSE = timedelta(minutes=5)
"""So many wrong keys from one address within this time, and it must wait as long."""
ADDRESSES = 4096
"""Addresses remembered for the throttle; the oldest is forgotten first."""
_PURPOSE = b"minsheng desk session 1"


def same_site(method: str, headers: Mapping[str, str], *, host: str) -> bool:
    """Whether a request comes from our own page: what the browser itself says of where it was made."""
    if method in {"GET", "HEAD"}:
        return True
    site, origin = headers.get("Sec-Fetch-Site"), headers.get("Origin")
    if site is not None:
        return site in {"same-origin", "none"}
    return bool(origin) and _authority(origin or "") == host


def _authority(origin: str) -> str:
    try:
        return URL(origin).authority
    except ValueError:
        return ""


@dataclass(slots=True)
class Throttle:
    """Counts wrong keys by address: so many within this time, and it must wait as long."""

    tries: int = TRIES
    pause: timedelta = PAUSE
    _wrong: OrderedDict[str, tuple[int, datetime]] = field(default_factory=OrderedDict, repr=False)

    def blocked(self, address: str, *, now: datetime) -> bool:
        """Whether this address must wait."""
        count, since = self._wrong.get(address, (0, now))
        return count >= self.tries and now < since + self.pause

    def wrong(self, address: str, *, now: datetime) -> None:
        """A wrong key came from there."""
        count, since = self._wrong.pop(address, (0, now))
        self._wrong[address] = (1, now) if now >= since + self.pause else (count + 1, now)
        if len(self._wrong) > ADDRESSES:
            self._wrong.popitem(last=False)

    def right(self, address: str) -> None:
        """Whoever has the key starts anew."""
        self._wrong.pop(address, None)


class Keys:
    """The desk key, and the sessions signed with a secret made from it: a new key ends every session."""

    def __init__(self, desk_key: str) -> None:
        self._key = desk_key.encode()
        self._secret = hmac.digest(self._key, _PURPOSE, hashlib.sha256)

    def fits(self, given: str) -> bool:
        """Whether this is the key, in a time that tells nothing."""
        return hmac.compare_digest(
            hashlib.sha256(given.encode(errors="replace")).digest(), hashlib.sha256(self._key).digest()
        )

    def issue(self, name: str, *, now: datetime) -> str:
        """The cookie of a shift."""
        until = int((now + SHIFT).timestamp())
        body = base64.urlsafe_b64encode(json.dumps([name, until]).encode())
        return f"{body.decode()}.{self._sign(body)}"

    def read(self, cookie: str, *, now: datetime) -> str:
        """The officer's name, "" when the cookie is not ours or the shift is over."""
        body, _, signature = cookie.partition(".")
        if not cookie.isascii() or not hmac.compare_digest(self._sign(body.encode()), signature):
            return ""
        name, until = json.loads(base64.urlsafe_b64decode(body))
        return str(name) if now < datetime.fromtimestamp(until, UTC) else ""

    def _sign(self, body: bytes) -> str:
        return hmac.new(self._secret, body, hashlib.sha256).hexdigest()


def officer_name(given: str) -> str:
    """The name as it is kept: one line, no control characters, at most 32; "" when nothing is left."""
    return "".join(one for one in given if one.isprintable()).strip()[:NAME_LENGTH].strip()

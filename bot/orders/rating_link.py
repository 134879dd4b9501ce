"""The link in a letter that lets a citizen rate: signed, bound to one asking of one ticket, good for some days."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime

_PURPOSE = b"minsheng rating link 1"
_MAC_BYTES = 16
WRITTEN = r"\d{1,32}-\d{1,3}-[0-9a-f]{1,12}\.[\w-]{22}"
"""What a token looks like."""
_WRITTEN = re.compile(
    r"(?P<number>\d{1,32})-(?P<round>\d{1,3})-(?P<until>[0-9a-f]{1,12})\.(?P<mac>[\w-]{22})", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Pass:
    """What a genuine token allows: to answer the asking ``round`` of ticket ``number``, before ``until`` (aware)."""

    number: str
    round: int
    until: datetime

    @property
    def survey(self) -> str:
        """The asking's id."""
        return f"{self.number}-{self.round}"


@dataclass(frozen=True, slots=True)
class RatingLinks:
    """Makes and reads tokens; ``public_url`` is the hub's address as citizens reach it. Another key ends every link."""

    key: str = field(repr=False)
    public_url: str

    def url(self, allowed: Pass) -> str:
        """The link for a letter."""
        return f"{self.public_url.rstrip('/')}/rate/{self.token(allowed)}"

    def token(self, allowed: Pass) -> str:
        """The link's last part."""
        body = f"{allowed.survey}-{int(allowed.until.timestamp()):x}"
        return f"{body}.{self._sign(body)}"

    def read(self, token: str) -> Pass | None:
        """What this token allows, None when we did not sign it. Whether it is still good the caller looks."""
        written = _WRITTEN.fullmatch(token)
        if not written or not hmac.compare_digest(self._sign(token.partition(".")[0]), written["mac"]):
            return None
        until = datetime.fromtimestamp(int(written["until"], 16), UTC)
        return Pass(written["number"], int(written["round"]), until)

    def _sign(self, body: str) -> str:
        secret = hmac.digest(self.key.encode(), _PURPOSE, hashlib.sha256)
        mac = hmac.digest(secret, body.encode(), hashlib.sha256)[:_MAC_BYTES]
        return base64.urlsafe_b64encode(mac).rstrip(b"=").decode()

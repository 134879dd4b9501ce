"""One call from WeChat with what every message and event has in common."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from channels.errors import Malformed
from channels.message import Address, Inbound, Kind
from channels.wechat.fields import Fields

_YEAR_9999 = 253_370_764_800
"""Later moments may have no name on a clock east of Greenwich: whoever looked at such a message could not be shown it."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """The fields of a call, its sender as an address, and when WeChat says it happened."""

    fields: Fields
    address: Address
    created: str
    sent_at: datetime

    def inbound(self, kind: Kind, key: str, **rest: Any) -> Inbound:
        """A message of this sender at this time, ``key`` being its dedupe key."""
        return Inbound(address=self.address, id=key, sent_at=self.sent_at, kind=kind, **rest)


def arrival(fields: Fields, account: str) -> Arrival:
    """Read the common fields: FromUserName (an openid) and CreateTime (seconds since 1970). Raises Malformed."""
    created = fields.need("CreateTime", longest=12)
    if not (created.isascii() and created.isdigit()) or int(created) >= _YEAR_9999:
        raise Malformed("CreateTime: not a time in seconds")
    return Arrival(
        fields=fields,
        address=Address("wechat", account, fields.need("FromUserName")),
        created=created,
        sent_at=datetime.fromtimestamp(int(created), UTC),
    )

"""Calls the city's push gateway: there is something new in this conversation. Not what, and not whose it is."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from aiohttp import ClientError, ClientTimeout

from channels.adapter import Tools
from channels.app.settings import Push
from channels.app.tokens import conversation_id
from channels.errors import Later, Never
from channels.signature import signature

WORDS = "您有新消息"
"""All that ever stands on a locked screen."""
SECONDS = 10.0
GONE = 410
"""The gateway's own word for: no device of this conversation wants to be called."""


@dataclass(frozen=True, slots=True)
class Gateway:
    """The push gateway of one account."""

    settings: Push
    tools: Tools = field(repr=False)

    async def call(self, peer: str, *, delivery: str) -> None:
        """One try. ``delivery`` is the same over all tries of one call, so that the gateway may drop a repeat. Raises
        Later, or Never when the gateway knows of no device."""
        body = json.dumps({"conversation_id": conversation_id(peer), "text": WORDS}, ensure_ascii=False).encode()
        ts = str(int(self.tools.now().timestamp()))
        headers = {
            "Content-Type": "application/json",
            "X-Hub-Timestamp": ts,
            "X-Hub-Signature": signature(self.settings.secret.get_secret_value(), ts=ts, body=body),
            "X-Hub-Delivery": delivery,
        }
        timeout = ClientTimeout(total=SECONDS, sock_connect=SECONDS / 2)
        try:
            async with self.tools.http().post(
                self.settings.url, data=body, headers=headers, allow_redirects=False, timeout=timeout
            ) as answer:
                status = answer.status
        except (ClientError, TimeoutError) as problem:
            raise Later(f"the push gateway does not answer: {type(problem).__name__}") from None
        if status == GONE:
            raise Never("the push gateway knows no device", code=f"http {status}")
        if not 200 <= status < 300:
            raise Later("the push gateway refused", code=f"http {status}")

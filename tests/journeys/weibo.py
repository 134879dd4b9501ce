"""A citizen on Weibo: signs as Weibo does, and reads what the hub answers in the response and by private message."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import unquote

import aiohttp

from channels.weibo.signing import Signer
from tests.channels.weibo.case import SECRET
from tests.channels.weibo.peer import UID, WeiboPeer
from tests.journeys.clock import Clock

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def written(at: datetime) -> str:
    """A moment as Weibo writes it, in whatever language this process runs."""
    return f"{_DAYS[at.weekday()]} {_MONTHS[at.month - 1]} {at:%d %H:%M:%S %z %Y}"


@dataclass(slots=True)
class WeiboCitizen:
    """One user in front of the hub's real hook."""

    http: aiohttp.ClientSession
    hook: str
    peer: WeiboPeer
    clock: Clock
    uid: int = 5000067890
    pushed: list[bytes] = field(default_factory=list)

    async def say(self, words: str, type_: str = "text", **data: Any) -> str:
        """One private message, or whatever ``type_`` names; returns the words of the passive reply, "" for none."""
        body = {"type": type_, "receiver_id": int(UID), "sender_id": self.uid, "created_at": written(self.clock.now())}
        self.pushed.append(json.dumps(body | {"text": words, "data": data}, ensure_ascii=False).encode())
        status, answer = await self.post(self.pushed[-1])
        assert status == 200, answer
        return self.read(answer)

    def read(self, answer: bytes) -> str:
        """The words of a passive reply to this citizen."""
        if not answer:
            return ""
        reply = json.loads(answer)
        assert (reply["result"], reply["sender_id"], reply["receiver_id"]) == (True, UID, str(self.uid))
        return str(json.loads(unquote(reply["data"]))["text"])

    async def post(self, body: bytes, **query: str) -> tuple[int, bytes]:
        """A call of Weibo's, as it is; returns status and body."""
        stamp = str(int(self.clock.now().timestamp() * 1000))
        query = {"timestamp": stamp, "nonce": "57155157", "signature": Signer(SECRET).sign(stamp, "57155157")} | query
        async with self.http.post(self.hook, params=query, data=body) as response:
            return response.status, await response.read()

    @property
    def told(self) -> list[str]:
        """Every private message the hub sent outside the responses, oldest first."""
        return [json.loads(form["data"])["text"] for form in self.peer.said if form["receiver_id"] == str(self.uid)]

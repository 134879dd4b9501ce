"""Weibo for the fault suite: calls signed as the fans service signs them, its interfaces behind a line that may break."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

from channels.weibo.signing import Signer
from tests.channels.weibo.case import ACCOUNT, SECRET
from tests.channels.weibo.peer import UID, WeiboPeer, playing
from tests.faults.case import CALLS_US, NO_ALBUMS, Case, Fault
from tests.faults.hooked import Call, Hooked
from tests.faults.proxy import Proxy, between
from tests.journeys.weibo import written

_UIDS = {"A": 5000067890, "B": 5000067891}


class Weibo(Hooked):
    folder = "weibo"

    def __init__(self, peer: WeiboPeer, line: Proxy) -> None:
        self._peer = peer
        base = f"http://127.0.0.1:{line.port}"
        self.account = {**ACCOUNT, **peer.settings, "message_base": base, "file_url": f"{base}/2/mss/msget"}
        self.lines = (line,)
        # "Used up this hour", "busy", and the proxy in front of the interfaces.
        self.throttles = (
            lambda: peer.refuse("10022"),
            lambda: peer.refuse("10001"),
            lambda: setattr(peer, "raw", (429, b"")),
        )
        self.closings = (lambda: peer.refuse("20301"), lambda: peer.refuse("21602", "no quota to send message"))
        self.refuse_login = lambda: peer.refuse("21327")

    def accept(self) -> None:
        self._peer.accept()
        self._peer.raw = None

    def request(self, octets: bytes) -> bool:
        return octets.startswith(b"POST /2/messages/")

    def compose(self, citizen: str, words: str) -> Any:
        body = {"type": "text", "receiver_id": int(UID), "sender_id": _UIDS[citizen], "text": words, "data": {}}
        return json.dumps(body | {"created_at": written(self.clock.now())}, ensure_ascii=False).encode()

    def call(self, message: Any) -> Call:
        stamp = str(int(self.clock.now().timestamp() * 1000))
        query = {"timestamp": stamp, "nonce": "57155157", "signature": Signer(SECRET).sign(stamp, "57155157")}
        return Call("/hooks/weibo/city", message, query)

    def heard(self, citizen: str) -> Sequence[str]:
        forms = (form for form in self._peer.said if form["receiver_id"] == str(_UIDS[citizen]))
        return [json.loads(form["data"])["text"] for form in forms]


@asynccontextmanager
async def provider(_fixture: Callable[[str], Any]) -> AsyncIterator[Weibo]:
    async with playing() as peer, between(urlsplit(peer.base).port or 0) as line:
        yield Weibo(peer, line)


CASES = (
    Case(
        name="messages",
        provider=provider,
        cannot={
            Fault.SILENT_LINE: CALLS_US,
            Fault.SHUFFLED_ALBUM: NO_ALBUMS,
            Fault.RENUMBERED: "private messages are pushed, not kept; remarks have one numbering for ever",
            Fault.EXPIRED: "the page's token cannot be bought anew: its end is an operator's matter (REFUSED)",
            Fault.EARLY_REPORT: "a private message has no id to report on",
            Fault.LATE_REPORT: "a private message has no id to report on",
        },
    ),
)

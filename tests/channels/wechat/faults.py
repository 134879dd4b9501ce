"""WeChat for the fault suite: callbacks as safe mode seals them, and its API behind a line that may break."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

from tests.channels.wechat.case import ACCOUNT
from tests.channels.wechat.peer import WeChatPeer, playing
from tests.faults.case import CALLS_US, KEEPS_NOTHING, NO_ALBUMS, Case, Fault
from tests.faults.hooked import Call, Hooked
from tests.faults.proxy import Proxy, between
from tests.journeys.wechat import sealed, text

_IDS = itertools.count(24_100_000_000_000_001)


class WeChat(Hooked):
    folder = "wechat"

    def __init__(self, peer: WeChatPeer, line: Proxy) -> None:
        self._peer = peer
        self.account = {**ACCOUNT, **peer.settings, "api_base": f"http://127.0.0.1:{line.port}"}
        self.lines = (line,)
        # "Too many calls in a minute", "busy", and the proxy in front of the API.
        self.throttles = (lambda: peer.refuse("45011"), lambda: peer.refuse("-1"), lambda: setattr(peer, "status", 429))
        self.closings = (lambda: peer.refuse("45015"), lambda: peer.refuse("45047"))
        self.refuse_login = lambda: setattr(peer, "never_content", True)  # 42001 for every token, however fresh
        self.expire = peer.knock_out
        self.renewals = lambda: len(peer.token_calls)

    def accept(self) -> None:
        self._peer.accept()
        self._peer.status, self._peer.never_content = 200, False

    def request(self, octets: bytes) -> bool:
        return octets.startswith(b"POST /cgi-bin/message/")

    def compose(self, citizen: str, words: str) -> Any:
        return citizen, words, next(_IDS)

    def call(self, message: Any) -> Call:
        citizen, words, number = message
        made = sealed(f"oCitizen{citizen}", text(words), at=int(self.clock.now().timestamp()), message_id=number)
        return Call("/hooks/wechat/city", made.body, made.query)

    def heard(self, citizen: str) -> Sequence[str]:
        return [said["text"]["content"] for _, said, _ in self._peer.taken if said["touser"] == f"oCitizen{citizen}"]


@asynccontextmanager
async def provider(_fixture: Callable[[str], Any]) -> AsyncIterator[WeChat]:
    async with playing() as peer, between(urlsplit(peer.base).port or 0) as line:
        yield WeChat(peer, line)


CASES = (
    Case(
        name="safe",
        provider=provider,
        cannot={
            Fault.SILENT_LINE: CALLS_US,
            Fault.SHUFFLED_ALBUM: NO_ALBUMS,
            Fault.RENUMBERED: KEEPS_NOTHING,
            Fault.EARLY_REPORT: "a customer-service message has no id to report on; templates' reports are events of their own",
            Fault.LATE_REPORT: "a customer-service message has no id to report on; templates' reports are events of their own",
        },
    ),
)

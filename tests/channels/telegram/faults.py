"""Telegram for the fault suite: a bot that asks for its updates and one that is called, the Bot API behind a line that
may break."""

from __future__ import annotations

import itertools
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

from bot.store.tables import message
from tests.channels.telegram.case import HOOKED, POLLED, SECRET
from tests.channels.telegram.peer import BotPeer, playing
from tests.faults.case import CALLS_US, Case, Fault, Provider
from tests.faults.hooked import Call, Hooked
from tests.faults.house import House
from tests.faults.kept import Kept
from tests.faults.proxy import Proxy, between

_NUMBERS = itertools.count(1000)
_CHATS = {"A": 5001, "B": 5002}


class _Bot(Provider):
    folder = "telegram"
    mode: dict[str, Any]

    def __init__(self, peer: BotPeer, line: Proxy) -> None:
        self._peer = peer
        base = f"http://127.0.0.1:{line.port}"
        # A second and a bit for a silent question for updates: see ``patience`` below.
        own = {
            "base_url": f"{base}/bot",
            "base_file_url": f"{base}/file/bot",
            "timeout_seconds": 0.4,
            "poll_seconds": 1,
        }
        self.account = self.mode | own
        self.lines = (line,)
        self.throttles = (lambda: peer.refuse("429"), lambda: peer.refuse("500"))
        self.refuse_login = lambda: peer.refuse("401")
        self.accept = peer.accept

    def request(self, octets: bytes) -> bool:
        return b"/sendMessage" in octets

    def compose(self, citizen: str, words: str) -> Any:
        return self.update(citizen, text=words)

    def update(self, citizen: str, **content: Any) -> dict[str, Any]:
        """An update that brings a message with this in it."""
        who = {"id": _CHATS[citizen], "is_bot": False, "first_name": "明"}
        chat = {"id": _CHATS[citizen], "type": "private", "first_name": "明"}
        number, at = next(_NUMBERS), int(self.clock.now().timestamp())
        return {
            "update_id": number,
            "message": {"message_id": number, "from": who, "chat": chat, "date": at, **content},
        }

    def heard(self, citizen: str) -> Sequence[str]:
        return [said["text"] for said in self._peer.sent if said["chat_id"] == str(_CHATS[citizen])]


class Polled(_Bot, Kept):
    mode = POLLED

    def lay(self, message: Any) -> None:
        self._peer.updates.append(message)
        if message["update_id"] < self._peer.offset:
            self._peer.repeats.append(message)


class Called(_Bot, Hooked):
    mode = HOOKED

    def call(self, message: Any) -> Call:
        headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET, "Content-Type": "application/json"}
        return Call("/hooks/telegram/city", json.dumps(message).encode(), headers=headers)


async def shuffled_album(house: House) -> None:
    """Four pieces, the words on the third that comes; each again. One matter, one answer for all that follow."""
    provider: Any = house.provider
    sizes = [{"file_id": "f", "file_unique_id": "u", "width": 9, "height": 9, "file_size": 9}]
    pieces = [provider.update("A", photo=sizes, media_group_id="77") for _ in range(4)]
    house.written["A"] = ["#A-1"]
    pieces[1]["message"]["caption"] = "天桥区明湖西路12号门口的路灯不亮了，三天了 #A-1"
    for piece in (pieces[2], pieces[0], pieces[1], pieces[3], *pieces):
        await provider.deliver(piece, house.bases[0])

    async def all_() -> bool:
        return len(await house.rows(message)) == 4

    await house.until(all_)
    await house.quiet()
    assert [row["dedupe_key"] for row in await house.rows(message)] == [
        str(pieces[place]["update_id"]) for place in (2, 0, 1, 3)
    ]
    assert len(provider.heard("A")) == 2, "the first piece and the words were answered, nothing else"


def _provider(kind: type[_Bot]) -> Any:
    @asynccontextmanager
    async def provider(_fixture: Callable[[str], Any]) -> AsyncIterator[_Bot]:
        async with playing() as peer:
            port = urlsplit(peer.settings["base_url"]).port
            async with between(port or 0) as line:
                yield kind(peer, line)

    return provider


_NEVER = {
    Fault.RENUMBERED: "its updates have one numbering for ever",
    Fault.EXPIRED: "a bot's token is good until its owner revokes it: nothing is bought anew",
    Fault.WINDOW: "a bot may write to whoever wrote to it, at any time",
    Fault.EARLY_REPORT: "it reports nothing about messages of a bot",
    Fault.LATE_REPORT: "it reports nothing about messages of a bot",
}
CASES = (
    Case(
        name="polled",
        provider=_provider(Polled),
        cannot=_NEVER,
        tries={Fault.SHUFFLED_ALBUM: shuffled_album},
        patience={"channels.telegram.client._SLACK": 0.3},
    ),
    Case(
        name="called",
        provider=_provider(Called),
        cannot=_NEVER | {Fault.SILENT_LINE: CALLS_US},
        tries={Fault.SHUFFLED_ALBUM: shuffled_album},
    ),
)

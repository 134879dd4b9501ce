"""One bot: its updates taken in by polling or by webhook, our messages sent, citizens' files fetched."""

from __future__ import annotations

import asyncio
import hmac
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from datetime import datetime
from time import monotonic
from typing import Any

from channels.adapter import Request, Response, Tools
from channels.errors import BadSignature, Credential, Later, Malformed, Never, TooLarge
from channels.limits import Buckets
from channels.message import Attachment, Batch, Inbound, Outbound, Say
from channels.payload import Payload
from channels.telegram.client import Client
from channels.telegram.parse import read_update, tap_of, update_id
from channels.telegram.render import keyboard, words
from channels.telegram.settings import TelegramSettings

_LARGEST = 512 * 1024
"""Bytes of an update; a text of 4,096 characters with entities stays far below."""
_PROOF = "x-telegram-bot-api-secret-token"
_LOOK_AGAIN = 600.0
"""Seconds between two looks at whether Telegram still calls our address."""
_A_CHAT = 20
"""Messages one chat may get at once; after them one a second ("avoid sending more than one message per second";
"short bursts" are allowed). Without this, one chat's flood would rest the bot for everybody."""


class Telegram:
    """What both ways have in common: Adapter, Media, and the reading of an update."""

    def __init__(self, account: str, settings: TelegramSettings, tools: Tools) -> None:
        self._account = account
        self._settings = settings
        self._now = tools.now
        self._client = Client(settings, tools.http)
        self._paces = Buckets(burst=_A_CHAT, per_second=1.0)

    async def send(self, out: Outbound) -> str:
        """Send one text, choices as buttons below it; returns Telegram's message id. Raises SendError."""
        text, peer = words(out), out.address.peer
        if not peer.isdigit():
            raise Never("the address is no private chat")
        if wait := self._paces.take(peer, now=self._now()):
            raise Later("this chat gets a message a second", after=wait)
        return await self._client.say(int(peer), text, keyboard(out.body.choices))

    async def fetch(self, attachment: Attachment) -> tuple[bytes, str]:
        """The file and the type its sender's program gave it. Raises SendError."""
        return await self._client.file(attachment.ref), attachment.media_type

    async def close(self) -> None:
        """Nothing is held open between two calls."""

    def read(self, raw: bytes, *, at: datetime) -> Batch:
        """One update as Telegram keeps it. Raises Malformed."""
        return read_update(Payload.from_json(raw), account=self._account, at=at)


class PolledBot(Telegram):
    """A bot that asks for its updates: Pollable."""

    async def poll(self, cursor: str) -> AsyncIterator[tuple[Batch, str]]:
        """See :meth:`channels.adapter.Pollable.poll`; the cursor is the number the next update must at least have."""
        offset = int(cursor) if cursor.isascii() and cursor.isdigit() else 0
        try:
            await self._client.unlisten()
            while True:
                asked = monotonic()
                found = await self._client.updates(offset)
                if not found:
                    # A server that does not wait must not make us turn in circles.
                    await asyncio.sleep(max(0.0, 1.0 - (monotonic() - asked)))
                    continue
                offset = _behind(found)
                yield self._batch(found), str(offset)
                # Asked for more: these are committed.
                await self._client.answer_taps(_taps(found))
        except Malformed as problem:
            raise Later(f"the answer to getUpdates is strange: {problem}") from None
        except Never as problem:
            raise Later(str(problem), code=problem.code) from None

    def _batch(self, found: Sequence[Payload]) -> Batch:
        messages: list[Inbound] = []
        ignored: list[str] = []
        for one in found:
            try:
                batch = read_update(one, account=self._account, at=self._now())
            except Malformed:
                ignored.append("unreadable")  # not even who sent it
                continue
            messages += batch.messages
            ignored += batch.ignored
        return Batch(tuple(messages), ignored=tuple(ignored))


class HookedBot(Telegram):
    """A bot that Telegram calls: Webhook; and Pollable, because somebody must see to it that Telegram does."""

    # --- Webhook

    def verify(self, request: Request) -> Response | None:
        """Let through what carries our secret."""
        if len(request.body) > _LARGEST:
            raise TooLarge("an update of Telegram's is never this large")
        given = request.headers.get(_PROOF, "").encode("utf-8", "surrogateescape")
        wanted = self._settings.webhook_secret.get_secret_value().encode()
        if request.method != "POST" or not hmac.compare_digest(given, wanted):
            raise BadSignature("the secret token is missing or wrong")
        return None

    def parse(self, request: Request) -> Batch:
        """Read a verified update. Raises Malformed."""
        return self.read(request.body, at=request.received_at)

    def answer(self, request: Request, reply: Say | None) -> Response:
        """Taken. The response to a tap carries the call that stops the button's clock: no call of our own is needed."""
        with suppress(Malformed):
            if tap := tap_of(Payload.from_json(request.body)):
                call = {"method": "answerCallbackQuery", "callback_query_id": tap}
                return Response(body=json.dumps(call).encode(), content_type="application/json")
        return Response()

    def refuse(self, request: Request, status: int) -> Response:
        """Anything but 2xx: Telegram sends the update again, for up to a day."""
        return Response(status=status)

    # --- Pollable

    async def poll(self, cursor: str) -> AsyncIterator[tuple[Batch, str]]:
        """Registers our address, and again where another took its place; updates come by the hook, none by here."""
        ours = self._settings.hook(self._account)
        try:
            await self._client.listen(ours)  # with the secret we have now
            while True:
                yield Batch(), cursor
                await asyncio.sleep(_LOOK_AGAIN)
                if await self._client.hears_at() != ours:
                    await self._client.listen(ours)
        except Never as problem:
            raise Credential("Telegram does not take this public_url", code=problem.code) from None


def _behind(found: Sequence[Payload]) -> int:
    """One more than the last number. An update without a number is skipped with its neighbours."""
    numbers = []
    for one in found:
        with suppress(Malformed):
            numbers.append(update_id(one))
    if not numbers:
        raise Malformed("no update has a number")
    return numbers[-1] + 1


def _taps(found: Sequence[Payload]) -> list[str]:
    taps = []
    for one in found:
        with suppress(Malformed):
            taps.append(tap_of(one))
    return [tap for tap in taps if tap]


def build(account: str, settings: Any, tools: Tools) -> Telegram:
    """Open one bot, in the way its settings name."""
    kind = PolledBot if settings.mode == "polling" else HookedBot
    made: Telegram = kind(account, settings, tools)
    return made

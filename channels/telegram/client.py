"""One bot's calls of the Bot API: a message out, updates and files in, the webhook registered or removed."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from telegram import Bot, InlineKeyboardMarkup, LinkPreviewOptions

from channels.errors import Later, Never, SendError
from channels.payload import Payload
from channels.telegram.errors import decided, harmless
from channels.telegram.settings import TelegramSettings
from channels.telegram.transport import Transport

ALLOWED = ("message", "edited_message", "callback_query", "my_chat_member")
"""The kinds of updates we ask for."""
AT_ONCE = 100
_SLACK = 5.0
"""Seconds an answer may take beyond the time a question for updates stays open."""
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)

# The library logs what it sends and gets: citizens' words.
logging.getLogger("telegram").setLevel(logging.CRITICAL)

R = TypeVar("R")


class _Bot(Bot):
    """The library's bot with one more call."""

    async def raw_updates(self, *, offset: int, wait: int) -> Any:
        """As ``get_updates``, but unread: that one reads all of them at once and fails on the first it does not
        understand, so that one odd update would hide all others for ever."""
        asked = {"offset": offset, "limit": AT_ONCE, "timeout": wait, "allowed_updates": ALLOWED}
        return await self._post("getUpdates", asked, read_timeout=wait + _SLACK)


class Client:
    """The library's ``Bot`` over our transport; every failure is one of ``channels.errors``."""

    def __init__(self, settings: TelegramSettings, http: Callable[[], Any]) -> None:
        self._settings = settings
        self._transport = Transport(http, seconds=settings.timeout_seconds, proxy=settings.proxy.get_secret_value())
        self._bot = _Bot(
            settings.token.get_secret_value(),
            base_url=settings.base_url.rstrip("/"),
            base_file_url=settings.base_file_url.rstrip("/"),
            request=self._transport,
            get_updates_request=self._transport,
        )

    async def say(self, chat: int, text: str, keyboard: InlineKeyboardMarkup | None) -> str:
        """Send one text as it is: no markup is read in it, no link in it is opened. Returns Telegram's message id."""
        sent = await _or_decide(
            self._bot.send_message(chat, text, reply_markup=keyboard, link_preview_options=_NO_PREVIEW)
        )
        return str(sent.message_id)

    async def updates(self, offset: int) -> Sequence[Payload]:
        """What came from update ``offset`` on; waits up to ``poll_seconds``. Raises Credential, Later or Never."""
        answer = await _safely(self._bot.raw_updates(offset=offset, wait=self._settings.poll_seconds))
        return tuple(Payload(answer, "result"))

    async def answer_taps(self, ids: Sequence[str]) -> None:
        """Stop the clocks on the buttons that were tapped. A tap that is too old to be answered is no harm."""
        for one in ids:
            try:
                await _safely(self._bot.answer_callback_query(one))
            except Never:
                continue

    async def listen(self, url: str) -> None:
        """Have Telegram call ``url``. Raises Credential, Later or Never."""
        secret = self._settings.webhook_secret.get_secret_value()
        await _safely(self._bot.set_webhook(url, secret_token=secret, allowed_updates=ALLOWED))

    async def hears_at(self) -> str:
        """The address Telegram calls now, "" for none."""
        return str((await _safely(self._bot.get_webhook_info())).url)

    async def unlisten(self) -> None:
        """Have Telegram call nobody: only then may updates be asked for."""
        await _safely(self._bot.delete_webhook())

    async def file(self, file_id: str) -> bytes:
        """A file a citizen sent. Raises Later, Never or Credential."""
        path = (await _safely(self._bot.get_file(file_id))).file_path or ""
        inside = path.removeprefix(f"{self._bot.base_file_url}/")
        if inside == path or inside.startswith("/"):
            raise Never("the Bot API server keeps its files to itself (--local)")
        longest = self._settings.largest_file
        status, content = await _safely(
            self._transport.exchange("GET", path, seconds=self._settings.timeout_seconds, longest=longest)
        )
        if status != 200:
            # The path is good for an hour: the next try asks for a new one.
            raise Later("the file is not to be had just now", code=str(status))
        if len(content) > longest:
            raise Never(f"the file is larger than {longest} bytes")
        return content


async def _or_decide(call: Awaitable[R]) -> R:
    try:
        return await call
    except SendError:
        raise
    except Exception as error:  # the library raises TypeError and KeyError, too, on an answer it does not expect
        raise decided(error) from None


async def _safely(call: Awaitable[R]) -> R:
    """A call that may be repeated without harm."""
    try:
        return await _or_decide(call)
    except SendError as error:
        raise harmless(error) from None

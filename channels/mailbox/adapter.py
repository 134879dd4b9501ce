"""One mailbox: letters in by IMAP and by the web form, answers out by SMTP."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from channels.adapter import Door, Tools
from channels.mailbox.keys import Keys
from channels.mailbox.parse import Reader
from channels.mailbox.polling import Polling
from channels.mailbox.render import recipient, render
from channels.mailbox.settings import MailboxSettings
from channels.mailbox.submission import Submission
from channels.mailbox.web import Web
from channels.message import Batch, Outbound, Say

if TYPE_CHECKING:
    from aiohttp import web


class Mailbox:
    """An account of the ``mailbox`` channel: Adapter, Pollable and Served."""

    def __init__(self, account: str, settings: MailboxSettings, tools: Tools) -> None:
        self._account = account
        self._settings = settings
        self._now = tools.now
        self._reader = Reader(account, settings.address, settings.aliases, settings.largest_file)
        self._keys, tls = Keys(settings, tools), _tls(settings)
        self._polling = Polling(settings, self._keys, self._reader, tls, tools.now)
        self._submission = Submission(settings.smtp, settings.user, self._keys, tls)

    def read(self, raw: bytes, *, at: datetime) -> Batch:
        """One mail as it lies in the mailbox."""
        return self._reader.read(raw, at=at)

    def poll(self, cursor: str) -> AsyncIterator[tuple[Batch, str]]:
        """What comes by IMAP."""
        return self._polling.poll(cursor)

    async def send(self, out: Outbound) -> str:
        """Submit one mail; returns its Message-ID, which a bounce or a read receipt will name."""
        if "@" not in out.address.peer and isinstance(out.body, Say) and out.in_reply_to:
            return ""  # the form's own page showed the answer
        settings = self._settings
        mail = render(out, address=settings.address, name=settings.name, secret=self._keys.sealing, now=self._now())
        await self._submission.send(mail, sender=self._settings.address, recipient=recipient(out))
        return str(mail["Message-ID"])

    async def close(self) -> None:
        """Nothing is held open between two calls."""

    def routes(self, door: Door) -> Sequence[web.AbstractRouteDef]:
        """The letter form and the page of progress."""
        return Web(self._account, self._settings.form, door).routes()


def _tls(settings: MailboxSettings) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(settings.ca_file) if settings.ca_file else None)


def build(account: str, settings: Any, tools: Tools) -> Mailbox:
    """Make the adapter of one account."""
    return Mailbox(account, settings, tools)

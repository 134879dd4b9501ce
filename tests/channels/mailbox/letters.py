"""Letters citizens write in the tests, and an adapter of the hotline's box."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

import aiohttp

from channels.adapter import Tools
from channels.mailbox.adapter import Mailbox
from channels.mailbox.settings import MailboxSettings

_SERIALS = itertools.count(1)


def now() -> datetime:
    """The machine's time: real servers date their mails by it."""
    return datetime.now(UTC)


def letter(
    subject: str, body: str, *, sender: str = "li.ming@city.test", reply_to: str = "", **headers: str
) -> EmailMessage:
    """One mail; ``reply_to`` is the Message-ID it answers."""
    mail = EmailMessage()
    mail["From"] = f"李明 <{sender}>"
    mail["To"] = "hotline@city.test"
    mail["Subject"] = subject
    mail["Message-ID"] = f"<letter-{next(_SERIALS)}@citizen.test>"
    if reply_to:
        mail["In-Reply-To"] = mail["References"] = reply_to
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(body, cte="base64")
    return mail


def mailbox(settings: dict[str, Any], http: Callable[[], Any] | None = None) -> Mailbox:
    """The adapter of account "mayor"."""

    def none() -> aiohttp.ClientSession:
        raise AssertionError("no HTTP here")

    return Mailbox("mayor", MailboxSettings.model_validate(settings), Tools(now=now, http=http or none))

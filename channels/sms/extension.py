"""The digits behind our number (扩展码): an answer comes back to them, and so tells which ticket it is about."""

from __future__ import annotations

import re

from channels.message import Notice, Say
from channels.sms.settings import SmsSettings


def extension(body: Say | Notice, settings: SmsSettings) -> str:
    """What a text of ours is sent with: the account's own digits, and of a notice the last ones of its ticket's number
    where the contract leaves room for them."""
    number = body.params.get("number", "") if isinstance(body, Notice) else ""
    ending = number[-settings.ticket_digits :] if settings.ticket_digits else ""
    return settings.reply_extension + ending


def about(written: str, settings: SmsSettings) -> str:
    """The ticket's digits in the extension a citizen answered to, "" where it holds none. Some gateways give the whole
    number: then our own digits must stand before them."""
    if not settings.ticket_digits:
        return ""
    pattern = rf"{settings.reply_extension}(\d{{{settings.ticket_digits}}})"
    found = re.search(f"{pattern}$", written) if settings.reply_extension else re.fullmatch(pattern, written)
    return found[1] if found else ""

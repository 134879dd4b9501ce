"""Opens one hotline, with the switchboard its settings name."""

from __future__ import annotations

from typing import Any

from channels.adapter import Tools
from channels.phone.adapter import Hotline
from channels.phone.asterisk.line import AsteriskLine
from channels.phone.freeswitch.line import FreeswitchLine
from channels.phone.settings import PhoneSettings


def build(account: str, settings: Any, tools: Tools) -> Hotline:
    """The adapter of one account."""
    assert isinstance(settings, PhoneSettings)
    if settings.ari:
        return AsteriskLine(account, settings, settings.ari, tools)
    if settings.esl:
        return FreeswitchLine(account, settings, settings.esl, tools)
    return Hotline(account, settings, tools)

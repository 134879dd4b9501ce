"""The adapter of an SMS account, by its kind: a provider's HTTP interface, or a line held open to a gateway."""

from __future__ import annotations

from channels.adapter import Tools
from channels.sms.adapter import Sms
from channels.sms.cmpp.dialect import Cmpp
from channels.sms.line.account import Line
from channels.sms.settings import CmppSettings, HttpSettings, SmppSettings, SmsSettings
from channels.sms.smpp.dialect import Smpp


def build(account: str, settings: SmsSettings, tools: Tools) -> Sms | Line:
    """Make the adapter of one account."""
    if isinstance(settings, SmppSettings):
        return Line(account, settings, Smpp(settings), tools)
    if isinstance(settings, CmppSettings):
        return Line(account, settings, Cmpp(settings), tools)
    assert isinstance(settings, HttpSettings)
    return Sms(account, settings, tools)

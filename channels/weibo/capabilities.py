"""What an account of Weibo's fans service (粉丝服务平台) can and may do."""

from __future__ import annotations

from datetime import timedelta
from types import MappingProxyType

from channels.capabilities import Capabilities, Rate, Route, Unit, Window
from channels.message import Trigger

_TWO_DAYS = timedelta(hours=48)
_ANY = Window(None, _TWO_DAYS)

CAPABILITIES = Capabilities(
    # A private text "must be less than 300 Chinese characters". How an emoji counts is not said: UTF-16 units never
    # count less than characters.
    text_limit=299,
    text_unit=Unit.UTF16_UNITS,
    routes=(Route.INLINE, Route.DIRECT),
    # The server hangs up after five seconds and calls again, three times in all.
    inline_seconds=5.0,
    # Messages, follows and subscriptions, menu clicks and scans: "no limits" for 48 hours (page of August 2014, and the
    # commercial one). An @mention: one in 48 hours; the one public invitation of ours counts as that one, too. Older
    # pages speak of one message in seven days, the commercial one of 99: a refusal closes the window (errors.py).
    windows=MappingProxyType(
        {
            Trigger.MESSAGE: _ANY,
            Trigger.FOLLOW: _ANY,
            Trigger.MENU: _ANY,
            Trigger.SCAN: _ANY,
            Trigger.MENTION: Window(1, _TWO_DAYS),
        }
    ),
    # messages/reply takes no key of ours.
    idempotent=False,
    media_in=True,
    # Commercial interfaces: 50,000 calls an hour for one IP address, 13 a second; ordinary ones less, it is not said how
    # much. A modest pace of our own.
    rate=Rate(per_second=5.0, burst=10),
    checked="2026-11-28",
    source="https://open.weibo.com/wiki/Send_Customer_Service_Message and C/2/messages/reply/biz-en",
)

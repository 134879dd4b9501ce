"""What a WeChat official account can and may do."""

from __future__ import annotations

from datetime import timedelta
from types import MappingProxyType

from channels.capabilities import Capabilities, Choices, Rate, Route, Unit, Window
from channels.message import Trigger

CAPABILITIES = Capabilities(
    # Passive reply and customer-service text: 2,048 bytes (third-party copies of the official text).
    text_limit=2048,
    text_unit=Unit.UTF8_BYTES,
    routes=(Route.INLINE, Route.DIRECT, Route.SUBSCRIPTION, Route.TEMPLATE),
    # WeChat drops the connection after 5 s and calls again, three times in all (message push guide).
    inline_seconds=5.0,
    # Rules announced 2023-05-30, in force since 2023-08, still on the service-account page of 2025.
    windows=MappingProxyType(
        {
            Trigger.MESSAGE: Window(5, timedelta(hours=48)),
            Trigger.MENU: Window(3, timedelta(minutes=1)),
            Trigger.FOLLOW: Window(3, timedelta(minutes=1)),
            Trigger.SCAN: Window(3, timedelta(minutes=1)),
        }
    ),
    choices=Choices.BUTTONS,
    receipts=True,
    # custom/send has no idempotency key; client_msg_id of template/send is not confirmed.
    idempotent=False,
    media_in=True,
    # No figure is published: a modest pace of our own, well inside the daily quotas.
    rate=Rate(per_second=20.0, burst=20),
    checked="2026-11-23",
    source="https://developers.weixin.qq.com/doc/service/en/api/customer/message/api_sendcustommessage.html",
)

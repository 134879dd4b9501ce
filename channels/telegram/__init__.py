"""Telegram: citizens abroad, or with a network that reaches it, write to the city's bot and are answered there."""

from channels.adapter import Channel
from channels.capabilities import Capabilities, Choices, Rate, Route, Unit
from channels.telegram.adapter import build
from channels.telegram.settings import TelegramSettings, missing

CHANNEL = Channel(
    name="telegram",
    title="Telegram",
    capabilities=Capabilities(
        # sendMessage: "1-4096 characters after entities parsing". Characters or UTF-16 units is not said: units never exceed.
        text_limit=4096,
        text_unit=Unit.UTF16_UNITS,
        routes=(Route.DIRECT,),
        choices=Choices.BUTTONS,
        idempotent=False,  # sendMessage takes no key
        media_in=True,
        # "no more than 30 messages per second": some way below it.
        rate=Rate(per_second=25.0, burst=25),
        checked="2026-11-28",
        source="https://core.telegram.org/bots/api (Bot API 10.0) and https://core.telegram.org/bots/faq#broadcasting-to-users",
    ),
    settings=TelegramSettings,
    build=build,
    missing=missing,
)

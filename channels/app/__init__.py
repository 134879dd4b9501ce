"""Web chat and the city's own mobile app: the one channel we serve ourselves."""

from channels.adapter import Channel
from channels.app.adapter import build
from channels.app.parse import TEXT_LIMIT
from channels.app.settings import AppSettings, missing
from channels.capabilities import Capabilities, Choices, Route, Unit

CHANNEL = Channel(
    name="app",
    title="网页聊天与移动应用",
    capabilities=Capabilities(
        text_limit=TEXT_LIMIT,
        text_unit=Unit.CHARACTERS,
        routes=(Route.DIRECT,),
        choices=Choices.BUTTONS,
        receipts=True,
        idempotent=True,
        at_home=True,
        media_in=True,
        checked="2026-11-24",
        source="our own contract: channels/app/README.md",
    ),
    settings=AppSettings,
    build=build,
    missing=missing,
)

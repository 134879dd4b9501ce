"""Telephone: citizens call the hotline; agents see who calls, register the matter, call back, bring a unit's duty line in."""

from channels.adapter import Channel
from channels.capabilities import Capabilities, Rate, Unit
from channels.phone.building import build
from channels.phone.settings import PhoneSettings, missing

CHANNEL = Channel(
    name="phone",
    title="电话",
    capabilities=Capabilities(
        # No text is carried by a telephone line: what we write to a caller goes to his phone as a text, or is spoken.
        text_limit=0,
        text_unit=Unit.CHARACTERS,
        routes=(),
        segments=True,
        telephone=True,
        rate=Rate(per_second=20.0, burst=20),
        checked="2026-11-28",
        source="the neutral event format of this folder's README.md",
    ),
    settings=PhoneSettings,
    build=build,
    missing=missing,
)

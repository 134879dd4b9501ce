"""A citizen who telephones: the switchboard tells of the call, an agent writes his matter down while he speaks."""

from __future__ import annotations

import re

from bot.store.tables import call
from channels.calls import CallEvent, CallStep, Direction
from dialog.call_form import Elements
from tests.journeys.town import Town
from tickets.privacy.access import Officer
from tickets.state import Role

PHONE = "13800138217"
HOTLINE = {"phone": {"city": {"hook_secret": "a-hook-secret-of-the-tests-0123456789"}}}
"""The switchboard's account, for a town's further channels."""
LAMP = Elements(
    what="明湖西路12号门口的路灯不亮了，三天了", place="天桥区明湖西路12号", occurred="三天前", category="0203"
)
_AGENT = Officer("王敏", "王敏", frozenset({Role.AGENT}))


async def phoned(town: Town, *, phone: str = PHONE, given: Elements = LAMP) -> str:
    """He is answered, and the form of his call is sent; returns the ticket's number."""
    room, now = town.services.phone, town.clock.now()
    answered = CallStep(
        account="city", id=f"e:{phone}", call_id=f"c:{phone}", what=CallEvent.ANSWERED, at=now,
        direction=Direction.IN, peer=phone, line="12345", extension="1001",
    )  # fmt: skip
    await room.intake.take("phone", [answered])
    (row,) = await town.rows(call)
    return (await room.registering.open(row["id"], _AGENT, given, key="k")).number


def digits(text: str, count: int) -> str:
    """The number of so many digits in a text message."""
    found = re.findall(rf"(?<!\d)\d{{{count}}}(?!\d)", text)
    assert found, text
    return str(found[-1])

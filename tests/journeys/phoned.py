"""A citizen who telephoned: an agent wrote his matter down while he spoke, and his phone is told how to follow it."""

from __future__ import annotations

import re

from bot.store.conversations import claim
from bot.store.tables import conversation
from bot.work import Changes
from channels.message import Address
from tests.journeys.town import Town
from tickets.appeal import AppealType, Draft

PHONE = "13800138217"
LAMP = Draft(
    type=AppealType.HELP,
    category="0203",
    title="路灯不亮",
    content="明湖西路12号门口的路灯不亮了，三天了",
    district="D04",
    place="明湖西路12号",
)


async def phoned(town: Town, *, phone: str = PHONE, draft: Draft = LAMP) -> str:
    """What the form of a telephone room does when it is sent: ticket and claim code in one transaction. The number."""
    services, now = town.services, town.clock.now()
    batching, changes = services.hub.batching, Changes()
    await batching.prepare(1, now=now)
    fresh, address = batching.numbers.take(), Address("phone", "desk", phone)
    async with services.database.begin() as connection:
        mine = (await claim(connection, [address], now=now))[address]
        row = {"conversation_id": mine.id, "citizen": mine.citizen, "query_code": fresh.query_code}
        services.office.ticketing.open(changes, draft, number=fresh.number, row=row, now=now)
        whose = {"conversation_id": mine.id, "citizen": mine.citizen, "phone": phone}
        assert services.phone.claims.issue(changes, fresh.number, **whose, now=now)
        changes.update(conversation, "id", mine.id, **mine.columns(now))
        await changes.write(connection)
    changes.committed()
    return fresh.number


def digits(text: str, count: int) -> str:
    """The number of so many digits in a text message."""
    found = re.findall(rf"(?<!\d)\d{{{count}}}(?!\d)", text)
    assert found, text
    return str(found[-1])

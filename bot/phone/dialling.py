"""Click-to-dial (点击拨号): the switchboard rings the officer at his extension, and when he answers, the citizen."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from sqlalchemy import insert, select

from bot.phone.unit_calls import CannotCall, UnitCalls
from bot.store import phone_calls
from bot.store.tables import call, conversation
from channels.switch import OUT_CALL


@dataclass(frozen=True, slots=True)
class Dialling:
    """Places calls for officers who sit at an extension of a switchboard we may control."""

    units: UnitCalls = field(repr=False)

    async def can(self, officer: str) -> bool:
        """Whether he could dial."""
        seat = await phone_calls.seat_of(self.units.database, officer)
        return seat is not None and self.units.switch(seat.channel, seat.account) is not None

    async def dial(self, officer: str, conversation_id: int) -> int:
        """Call the citizen of a conversation at his verified phone. Returns the call. Raises CannotCall, SendError."""
        database, now = self.units.database, self.units.now()
        seat = await phone_calls.seat_of(database, officer)
        switch = self.units.switch(seat.channel, seat.account) if seat else None
        if seat is None or switch is None:
            raise CannotCall("no_switch")
        async with database.read() as connection:
            whose = select(conversation.c.phone_sealed).where(conversation.c.id == conversation_id)
            number = await connection.scalar(whose)
        if not number:
            raise CannotCall("no_number")
        name = f"{OUT_CALL}{secrets.token_hex(8)}"
        row = {
            "channel": seat.channel,
            "account": seat.account,
            "call_id": name,
            "conversation_id": conversation_id,
            "direction": "out",
            "began_at": now,
            "extension": seat.extension,
            "officer": officer,
            "marks": {"extension": [now.isoformat(), "", seat.extension]},
        }
        # Written down before anybody's phone rings: the switchboard's first word about it may come at once.
        async with database.begin() as connection:
            placed: int = (await connection.execute(insert(call).returning(call.c.id), row)).scalar_one()
        await switch.dial(seat.extension, number, call=name)
        return placed

"""Takes grave alerts to officers' phones: as texts through the outbox, each once, never in the order's own transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.accounts import Account
from bot.outbox.priority import Priority
from bot.outbox.telling import Telling, tell
from bot.store.conversations import Conversation, claim
from bot.store.engine import Database
from bot.store.tables import alert, conversation
from bot.store.tables.watching import TO_TEXT
from bot.words.alerts import told
from bot.work import Changes
from channels.message import Address, Notice
from tickets.appeal import Urgency
from tickets.orders import Post
from tickets.units import Directory

AT_ONCE = 50
"""Alerts handled in one transaction."""
NOTICE = "unit.alert"
"""The key a city registers its template under."""
DUE = select(alert).where(TO_TEXT).order_by(alert.c.id).limit(AT_ONCE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Texting:
    """One per process; ``account`` is the city's for alerts."""

    database: Database = field(repr=False)
    account: Account
    directory: Directory = field(repr=False)
    awake: Callable[[datetime], datetime] = field(repr=False)
    """The moment itself, or the end of the quiet hours it falls into."""
    wake: Callable[[], None] = field(repr=False)
    now: Callable[[], datetime] = field(repr=False)

    async def send(self) -> int:
        """Queue every alert that waits. Returns how many there were."""
        done = 0
        while True:
            async with self.database.read() as connection:
                found = (await connection.execute(DUE)).mappings().all()
            if not found:
                return done
            done += await self._together([row["id"] for row in found], found)

    async def _together(self, ids: Sequence[int], found: Sequence[Any]) -> int:
        now, changes = self.now(), Changes()
        wanted = {address for row in found if (address := self._address(row))}
        async with self.database.begin() as connection:
            # Conversations first, as everywhere; whoever has them looks again at what still waits.
            talks = await claim(connection, wanted, now=now)
            for row in await self._waiting(connection, ids):
                address = self._address(row)
                mine = talks.get(address) if address else None
                if mine is not None:
                    self._tell(changes, mine, row, now)
                changes.update(alert, "id", row["id"], texted="told" if mine else "no_phone")
            for one in talks.values():
                changes.update(conversation, "id", one.id, **one.columns(now))
            await changes.write(connection)
        changes.committed()
        return len(ids)

    @staticmethod
    async def _waiting(connection: AsyncConnection, ids: Sequence[int]) -> Sequence[Any]:
        again = select(alert).where(alert.c.id.in_(ids), TO_TEXT).order_by(alert.c.id).with_for_update()
        return (await connection.execute(again)).mappings().all()

    def _tell(self, changes: Changes, mine: Conversation, row: Any, now: datetime) -> None:
        unit = self.directory.get(row["unit"])
        name = (unit.short or unit.name) if unit else ""
        text = told(row["key"], number=row["ticket"], supervision=row["supervision"], unit=name)
        params = {"number": row["ticket"], "supervision": row["supervision"], "unit": name, "text": text}
        critical = row["urgency"] == Urgency.CRITICAL
        telling = Telling(
            key=f"alert:{row['id']}",
            body=Notice(NOTICE, {key: value for key, value in params.items() if value}, text),
            priority=Priority.EMERGENCY if critical else Priority.NOTICE,
            ticket=row["ticket"],
            not_before=now if critical else self.awake(now),
        )
        tell(changes, self.account, mine, telling, now=now)
        changes.then(self.wake)

    def _address(self, row: Any) -> Address | None:
        officer = self.directory.officer(row["unit"], Post(row["post"]))
        if officer is None or not officer.phone:
            return None
        return Address(self.account.channel.name, self.account.name, officer.phone)

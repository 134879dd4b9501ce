"""Passes on who is writing just now and who has read: to whoever watches the conversation, in any process; never stored.

On PostgreSQL a sign also travels to the other processes, by NOTIFY. It is a courtesy: what is lost is not missed.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import secrets
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import func, select

from bot.logs import logger
from bot.store.engine import Database
from bot.store.manners.notified import notified
from channels.adapter import Act, Sign
from channels.message import Address

log = logger(__name__)

CHANNEL = "minsheng_whispers"
AGAIN = 5.0
"""Seconds before a database that went away is listened to again."""
HELD = 8
"""Signs that wait for a slow listener; the oldest is dropped."""


class Side(StrEnum):
    """Whose sign it is."""

    CITIZEN = "citizen"
    OFFICER = "officer"


@dataclass(slots=True)
class Whispers:
    """One per process; ``run`` until cancelled hears the other processes."""

    database: Database = field(repr=False)
    _me: str = field(default_factory=lambda: secrets.token_hex(8), repr=False)
    _ears: defaultdict[str, set[asyncio.Queue[Sign]]] = field(default_factory=lambda: defaultdict(set), repr=False)

    async def tell(self, address: Address, side: Side, sign: Sign) -> None:
        """Pass on a sign of this side; a database that is away costs only the other processes' listeners."""
        key = _key(address, side)
        self._hear(key, sign)
        if self.database.sqlite:
            return
        said = json.dumps([self._me, key, sign.act, sign.seq])
        try:
            async with self.database.begin() as connection:
                await connection.execute(select(func.pg_notify(CHANNEL, said)))
        except Exception as error:
            log.warning("a sign was not passed on", action="whisper.lost", error=type(error).__name__)

    async def listen(self, address: Address, side: Side) -> AsyncIterator[Sign]:
        """Yields each sign of this side; leaving the loop ends it."""
        key, queue = _key(address, side), asyncio.Queue[Sign](HELD)
        self._ears[key].add(queue)
        try:
            while True:
                yield await queue.get()
        finally:
            self._ears[key].discard(queue)
            if not self._ears[key]:
                del self._ears[key]

    async def run(self) -> None:
        """Hear what other processes tell, until cancelled."""
        while not self.database.sqlite:
            try:
                async for said in notified(self.database.url, CHANNEL):
                    sender, key, act, seq = json.loads(said)
                    if sender != self._me:
                        self._hear(key, Sign(Act(act), seq))
            except Exception as error:
                log.warning("whispers are not heard", action="whisper.deaf", error=type(error).__name__)
            await asyncio.sleep(AGAIN)

    def _hear(self, key: str, sign: Sign) -> None:
        for queue in self._ears.get(key, ()):
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(sign)


def _key(address: Address, side: Side) -> str:
    """Where signs of this side are heard. A digest: an address has no business among the database's notifications."""
    said = "\n".join((side, address.channel, address.account, address.peer))
    return hashlib.sha256(said.encode()).hexdigest()

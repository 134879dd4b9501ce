"""What every batch of the hub shares: the accounts, the dialog, the desk, the stock of numbers, who is on duty."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.accounts import Accounts
from bot.clock import CITY_TIME
from bot.desk import Desk
from bot.journey.arrival import message_row, stuck_row
from bot.journey.linking import Linker
from bot.metrics import Metrics
from bot.orders.numbers import Numbers
from bot.store.conversations import claim
from bot.store.messages import key_of, seen
from bot.store.polls import advance
from bot.store.tables import conversation as conversations
from bot.store.tables import message
from channels.adapter import Taken
from channels.message import Address, Inbound, Say
from dialog.memory import Memory
from dialog.turn import Turn
from dialog.view import FreshNumber, View
from tickets.assessment.rule import Repeats

SUPERVISED_AT_ONCE = 5
"""Numbers of supervisions at hand for one batch: few citizens urge after the limit at the same moment, and those who
find none left are told that supervision follows."""
Think = Callable[[Memory, Inbound, View, datetime], Turn]


@dataclass(slots=True)
class Duty:
    """Who is at the desks now, and how many citizens wait; refreshed every few seconds."""

    agents: int = 0
    waiting: int = 0
    experts: frozenset[str] = frozenset()
    """Units of whom an expert is at his desk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batching:
    """Collaborators of a batch."""

    accounts: Accounts
    desk: Desk = field(repr=False)
    numbers: Numbers[FreshNumber] = field(repr=False)
    supervisions: Numbers[str] = field(repr=False)
    think: Think = field(repr=False)
    sorry: Callable[[str], Say] = field(repr=False)
    """Error id -> what a citizen is told when his message got stuck."""
    units: Mapping[str, str]
    repeats: Repeats = field(repr=False)
    """How far back a citizen's own tickets are looked at."""
    duty: Duty
    metrics: Metrics = field(repr=False)
    linker: Linker = field(repr=False)
    """Compares what citizens offer as proofs, and links them."""
    wake: Callable[[], None] = field(repr=False)
    """Something may be in the outbox."""
    grew: Callable[[Address, int], None] = field(repr=False)
    """A conversation grew to this place."""

    async def prepare(self, count: int, *, now: datetime) -> None:
        """Have enough numbers at hand, before the transaction opens."""
        today = now.astimezone(CITY_TIME).date()
        await self.numbers.stock(count, today=today)
        await self.supervisions.stock(min(count, SUPERVISED_AT_ONCE), today=today)

    async def put_aside(self, connection: AsyncConnection, one: Inbound, *, now: datetime) -> Taken:
        """Store a message as stuck, without thinking and without its details if those are what broke."""
        await advance(connection, [one], now=now)
        mine = (await claim(connection, [one.address], now=now))[one.address]
        before = (await seen(connection, [one])).get(key_of(one))
        if before is not None:
            return Taken(before.id, before.seq, before.at, True, before.digest, stuck=before.stuck)
        row = message_row(one, mine, seq=mine.next_seq(), now=now) | stuck_row()
        id_ = (await connection.execute(insert(message).returning(message.c.id), row)).scalar_one()
        columns = mine.columns(now)
        await connection.execute(conversations.update().where(conversations.c.id == mine.id).values(columns))
        return Taken(id_, mine.last_seq, now, False, one.digest, stuck=True)

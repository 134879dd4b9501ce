"""One transaction of the office: claim conversations and tickets, carry out each order, write what came of all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.orders import surveys
from bot.orders.ticketing import Overlay, Ticketing
from bot.outbox.telling import Telling
from bot.store import ticket_rows
from bot.store.conversations import Conversation, claim_moved, claim_of_tickets
from bot.store.tables import conversation
from bot.work import Changes
from tickets.orders import Command, Order


class NoSuchTicket(LookupError):
    """No ticket has this number."""


@dataclass(frozen=True, slots=True)
class Given:
    """An order and the ticket it is given to."""

    number: str
    order: Order = field(repr=False)
    also: Telling | None = field(default=None, repr=False)
    """What the citizen is told with it, beside the notices."""


Tell = Callable[..., None]
"""(changes, conversation, the ticket's row, what was done, now=): writes down what the citizen is told of it."""


class Ordering:
    """Lives as long as its transaction."""

    def __init__(self, connection: AsyncConnection, ticketing: Ticketing, tell: Tell, *, now: datetime) -> None:
        self._connection = connection
        self._ticketing = ticketing
        self._tell = tell
        self._now = now
        self._changes = Changes()
        self._rows: dict[str, Mapping[str, Any]] = {}
        self._conversations: dict[int, Conversation] = {}

    async def carry_out(self, given: Sequence[Given]) -> list[Exception | None]:
        """Everything for these orders but the commit; for each None, or why it was refused."""
        numbers = {one.number for one in given}
        # The conversation first and the ticket second, as the hub does.
        self._conversations = await claim_of_tickets(self._connection, numbers)
        if self._conversations:
            self._rows = await ticket_rows.lock(self._connection, numbers)
            await claim_moved(self._connection, self._conversations, self._rows.values())
        touched = dict[int, Conversation]()
        ends: list[Exception | None] = []
        for one in given:
            try:
                mine = self._one(one)
            except Exception as refused:
                ends.append(refused)
            else:
                touched[mine.id] = mine
                ends.append(None)
        for mine in touched.values():
            self._changes.update(conversation, "id", mine.id, **mine.columns(self._now))
        await self._changes.write(self._connection)
        return ends

    def committed(self) -> None:
        """The transaction is committed: wake those who wait for it."""
        self._changes.committed()

    def _one(self, given: Given) -> Conversation:
        """Carry it out on what the orders before it left; refused, it leaves nothing."""
        if given.number not in self._rows:
            raise NoSuchTicket(f"there is no ticket {given.number}")
        row = self._rows[given.number]
        mine, own, overlay = self._conversations[row["conversation_id"]], Changes(), Overlay({given.number: row})
        seq = mine.last_seq
        try:
            done = self._ticketing.order(own, overlay, given.number, given.order, now=self._now)
            self._tell(own, mine, overlay[given.number], done, now=self._now, also=given.also)
        except Exception:
            mine.last_seq = seq
            raise
        if given.order.command is Command.RATE:
            surveys.over(own, row)  # by telephone: he is not asked by message too
        self._rows[given.number] = overlay[given.number]
        self._changes.absorb(own)
        return mine

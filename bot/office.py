"""Officers' and units' orders (派单, 签收, 答复, 审核 …): each in one transaction, its notices to the citizen in the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.accounts import Accounts
from bot.outbox.priority import Priority
from bot.store import ticket_rows
from bot.store.conversations import Conversation, claim_ids
from bot.store.engine import Database
from bot.store.tables import conversation, ticket
from bot.telling import Telling, tell
from bot.ticketing import Overlay, Ticketing
from bot.work import Changes
from channels.message import Address, Notice
from tickets.deadlines import after_quiet
from tickets.orders import Advance, Order


class NoSuchTicket(LookupError):
    """No ticket has this number."""


Words = Callable[..., Notice]
"""(notice key, params, brief=, locale=) -> the notice with its words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """Gives orders to tickets and tells citizens what they should know."""

    database: Database = field(repr=False)
    ticketing: Ticketing = field(repr=False)
    accounts: Accounts = field(repr=False)
    words: Words = field(repr=False)
    wake: Callable[[], None] = field(repr=False)
    grew: Callable[[Address, int], None] = field(repr=False)
    now: Callable[[], datetime] = field(repr=False)

    async def order(self, number: str, order: Order, *, also: Telling | None = None) -> None:
        """One order; ``also`` is told the citizen with it, in the same transaction, outside quiet hours. Raises
        NoSuchTicket, or NotAllowed with nothing changed."""
        now = self.now()
        changes = Changes()
        async with self.database.begin() as connection:
            mine, row = await self._claim(connection, number)
            overlay = Overlay({number: row})
            done = self.ticketing.order(changes, overlay, number, order, now=now)
            self.tell(changes, mine, overlay[number], done, now=now)
            if also is not None:
                self._say(changes, mine, overlay[number], also, now=now)
            changes.update(conversation, "id", mine.id, **mine.columns(now))
            await changes.write(connection)
        changes.committed()

    async def _claim(self, connection: AsyncConnection, number: str) -> tuple[Conversation, Mapping[str, Any]]:
        """Lock the conversation first and the ticket second, as the hub does."""
        conversation_id = await connection.scalar(select(ticket.c.conversation_id).where(ticket.c.number == number))
        if conversation_id is None:
            raise NoSuchTicket(f"there is no ticket {number}")
        mine = (await claim_ids(connection, [conversation_id]))[conversation_id]
        return mine, (await ticket_rows.lock(connection, [number]))[number]

    def tell(
        self, changes: Changes, mine: Conversation, row: Mapping[str, Any], done: Advance, *, now: datetime
    ) -> None:
        """Tell the citizen what ``done`` means for him, in the channel he wrote on, outside quiet hours, each thing once."""
        account = self.accounts.get(mine.address.channel, mine.address.account)
        brief = account is not None and account.capabilities.segments
        for place, one in enumerate(done.notices):
            telling = Telling(
                key=f"t:{row['number']}:{one.key}:{row['events']}.{place}",
                body=self.words(one.key, one.params, brief=brief, locale=mine.memory.locale),
                priority=Priority.NOTICE,
                ticket=row["number"],
            )
            self._say(changes, mine, row, telling, now=now)
        changes.then(self.wake)

    def _say(
        self, changes: Changes, mine: Conversation, row: Mapping[str, Any], telling: Telling, *, now: datetime
    ) -> None:
        policy = self.ticketing.policies.get(row["policy"])
        awake = after_quiet(policy.quiet, self.ticketing.calendar, now)
        account = self.accounts.get(mine.address.channel, mine.address.account)
        tell(changes, account, mine, replace(telling, not_before=awake), now=now)
        changes.then(lambda: self.grew(mine.address, mine.last_seq))

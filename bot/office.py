"""Officers' and units' orders (派单, 签收, 答复, 审核 …): each in one transaction, its notices to the citizen in the same."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.accounts import Account, Accounts
from bot.outbox.priority import Priority
from bot.rating_link import Pass, RatingLinks
from bot.store import ticket_rows
from bot.store.conversations import Conversation, claim_ids
from bot.store.engine import Database
from bot.store.tables import conversation, ticket
from bot.telling import Telling, tell
from bot.ticketing import Overlay, Ticketing
from bot.work import Changes
from channels.capabilities import Choices
from channels.message import Address, Notice
from dialog.notices import ASKS
from tickets.deadlines import add, after_quiet
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
    links: RatingLinks | None = field(default=None, repr=False)
    """Makes the links in letters that ask for a rating."""

    async def order(self, number: str, order: Order) -> None:
        """One order. Raises NoSuchTicket, or NotAllowed with nothing changed."""
        async with self.at(number) as case:
            case.order(order)

    @asynccontextmanager
    async def at(self, number: str) -> AsyncIterator[Case]:
        """The ticket under its locks, in a transaction that is written when the block ends. Raises NoSuchTicket."""
        changes = Changes()
        async with self.database.begin() as connection:
            mine, row = await self._claim(connection, number)
            case = Case(self, connection, changes, mine, Overlay({number: row}), number, self.now())
            yield case
            changes.update(conversation, "id", mine.id, **mine.columns(case.now))
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
        policy = self.ticketing.policies.get(row["policy"])
        for place, one in enumerate(done.notices):
            params = {**one.params, **self._link(row, one.key, account, now)}
            telling = Telling(
                key=f"t:{row['number']}:{one.key}:{row['events']}.{place}",
                body=self.words(one.key, params, brief=brief, locale=mine.memory.locale),
                priority=Priority.NOTICE,
                ticket=row["number"],
                not_before=after_quiet(policy.quiet, self.ticketing.calendar, now),
            )
            tell(changes, account, mine, telling, now=now)
            changes.then(lambda: self.grew(mine.address, mine.last_seq))
        changes.then(self.wake)

    def _link(self, row: Mapping[str, Any], key: str, account: Account | None, now: datetime) -> dict[str, str]:
        """The ``link`` of a question about a rating, where the channel shows no choices to tap."""
        if key not in ASKS or self.links is None or account is None:
            return {}
        if account.capabilities.choices is not Choices.TEXT:
            return {}
        rule = self.ticketing.policies.get(row["policy"]).callback
        until = add(self.ticketing.calendar, now, rule.link)
        return {"link": self.links.url(Pass(row["number"], row["redo_no"], until))}


@dataclass(slots=True)
class Case:
    """One ticket under the locks of its conversation and itself, in an open transaction."""

    office: Office = field(repr=False)
    connection: AsyncConnection = field(repr=False)
    changes: Changes = field(repr=False)
    conversation: Conversation = field(repr=False)
    overlay: Overlay = field(repr=False)
    number: str
    now: datetime

    @property
    def row(self) -> Mapping[str, Any]:
        """The ticket as it stands."""
        return self.overlay[self.number]

    def order(self, order: Order) -> Advance:
        """One order, its notices to the citizen with it. Raises NotAllowed."""
        done = self.office.ticketing.order(self.changes, self.overlay, self.number, order, now=self.now)
        self.office.tell(self.changes, self.conversation, self.row, done, now=self.now)
        return done

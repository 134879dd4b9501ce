"""Officers' and units' orders (派单, 签收, 答复, 审核 …): each whole or not at all, its notices to the citizen with it.

Orders that arrive together share one transaction, as messages do; one that is refused fails alone.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.accounts import Account, Accounts
from bot.lanes import Lanes, Waiting
from bot.orders.numbers import Numbers
from bot.orders.ordering import Given, NoSuchTicket, Ordering
from bot.orders.rating_link import Pass, RatingLinks
from bot.orders.ticketing import Overlay, Ticketing
from bot.outbox.priority import Priority
from bot.outbox.telling import Telling, tell
from bot.store import ticket_rows
from bot.store.conversations import Conversation, claim_moved, claim_of_tickets
from bot.store.engine import Database
from bot.store.manners.trouble import again_if_crossed, storage_is_down
from bot.store.tables import conversation
from bot.work import Changes
from channels.capabilities import Choices
from channels.message import Address, Notice
from dialog.notices import ASKS
from tickets.clocks.watch import needs_number, numbered
from tickets.limits.deadlines import add, after_quiet
from tickets.orders import Advance, NoticeDue, Order

AT_MOST = 64
"""Orders in one transaction."""
Words = Callable[..., Notice]
"""(notice key, params, brief=, locale=) -> the notice with its words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """Gives orders to tickets and tells citizens what they should know."""

    database: Database = field(repr=False)
    ticketing: Ticketing = field(repr=False)
    supervisions: Numbers[str] = field(repr=False)
    accounts: Accounts = field(repr=False)
    words: Words = field(repr=False)
    wake: Callable[[], None] = field(repr=False)
    grew: Callable[[Address, int], None] = field(repr=False)
    now: Callable[[], datetime] = field(repr=False)
    links: RatingLinks | None = field(default=None, repr=False)
    """Makes the links in letters that ask for a rating."""
    _lanes: Lanes[Given, None] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        lanes = Lanes[Given, None](
            self._settle, owner=lambda one: one.number, lanes=self.database.writers, at_most=AT_MOST
        )
        object.__setattr__(self, "_lanes", lanes)

    async def order(self, number: str, order: Order, *, also: Telling | None = None) -> None:
        """One order; returns after the commit; a supervision gets its number. ``also`` is told the citizen with it, in
        the same transaction, outside quiet hours. Raises NoSuchTicket, or NotAllowed with nothing changed."""
        if needs_number(order):
            await self.supervisions.stock(1, today=self.ticketing.today(self.now()))
            order = numbered(order, self.supervisions.take)
        await self._lanes.take([Given(number, order, also)])

    @asynccontextmanager
    async def at(self, number: str) -> AsyncIterator[Case]:
        """The ticket under its locks, for what is more than one order: written together when the block ends. Raises
        NoSuchTicket."""
        changes = Changes()
        async with self.database.begin() as connection:
            claimed = await claim_of_tickets(connection, {number})
            row = (await ticket_rows.lock(connection, [number])).get(number)
            if row is None:
                raise NoSuchTicket(f"there is no ticket {number}")
            await claim_moved(connection, claimed, [row])
            mine = claimed[row["conversation_id"]]
            case = Case(self, connection, changes, mine, Overlay({number: row}), number, self.now())
            yield case
            changes.update(conversation, "id", mine.id, **mine.columns(case.now))
            await changes.write(connection)
        changes.committed()

    async def drain(self) -> None:
        """Wait until every order that was given is carried out."""
        await self._lanes.drained()

    def tell(
        self,
        changes: Changes,
        mine: Conversation,
        row: Mapping[str, Any],
        done: Advance,
        *,
        now: datetime,
        also: Telling | None = None,
    ) -> None:
        """Tell the citizen what ``done`` means for him, and ``also``, in the channel he wrote on, outside quiet hours,
        each thing once."""
        for place, one in enumerate(done.notices):
            self.say(changes, mine, row, one, key=f"t:{row['number']}:{one.key}:{row['events']}.{place}", now=now)
        if also is not None:
            self._say(changes, mine, row, also, now=now)
        if done.notices or also is not None:
            changes.then(partial(self.grew, mine.address, mine.last_seq))
            changes.then(self.wake)

    def say(
        self,
        changes: Changes,
        mine: Conversation,
        row: Mapping[str, Any],
        one: NoticeDue,
        *,
        key: str,
        now: datetime,
    ) -> None:
        """One notice about the ticket of ``row`` to its citizen; ``key`` makes it happen once."""
        account = self.accounts.get(mine.address.channel, mine.address.account)
        brief = account is not None and account.capabilities.segments
        params = {**one.params, **self._link(row, one.key, account, now)}
        body = self.words(one.key, params, brief=brief, locale=mine.memory.locale)
        telling = Telling(key=key, body=body, priority=Priority.NOTICE, ticket=row["number"])
        self._say(changes, mine, row, telling, now=now)

    def _say(
        self, changes: Changes, mine: Conversation, row: Mapping[str, Any], telling: Telling, *, now: datetime
    ) -> None:
        policy = self.ticketing.policies.get(row["policy"])
        awake = after_quiet(policy.quiet, self.ticketing.calendar, now)
        account = self.accounts.get(mine.address.channel, mine.address.account)
        tell(changes, account, mine, replace(telling, not_before=awake), now=now)

    async def _settle(self, waiting: Sequence[Waiting[Given, None]]) -> None:
        try:
            ends = await again_if_crossed(lambda: self._once([one.thing for one in waiting]))
        except Exception as error:
            if len(waiting) > 1 and not storage_is_down(error):
                for one in waiting:  # each alone, so that only the guilty one suffers
                    await self._settle([one])
                return
            ends = [error] * len(waiting)
        for one, refused in zip(waiting, ends, strict=True):
            if refused is None:
                one.answer(None)
            else:
                one.fail(refused)

    async def _once(self, given: Sequence[Given]) -> Sequence[Exception | None]:
        async with self.database.begin() as connection:
            ordering = Ordering(connection, self.ticketing, self.tell, now=self.now())
            ends = await ordering.carry_out(given)
        ordering.committed()
        return ends

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

"""Officers' and units' orders (派单, 签收, 答复, 审核 …): each whole or not at all, its notices to the citizen with it.

Orders that arrive together share one transaction, as messages do; one that is refused fails alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from bot.accounts import Accounts
from bot.lanes import Lanes, Waiting
from bot.numbers import Numbers
from bot.ordering import Given, Ordering
from bot.outbox.priority import Priority
from bot.store.conversations import Conversation
from bot.store.engine import Database
from bot.store.trouble import again_if_crossed, storage_is_down
from bot.telling import Telling, tell
from bot.ticketing import Ticketing
from bot.work import Changes
from channels.message import Address, Notice
from tickets.deadlines import after_quiet
from tickets.orders import Advance, Order
from tickets.watch import needs_number, numbered

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
    _lanes: Lanes[Given, None] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        lanes = Lanes[Given, None](
            self._settle, owner=lambda one: one.number, lanes=self.database.writers, at_most=AT_MOST
        )
        object.__setattr__(self, "_lanes", lanes)

    async def order(self, number: str, order: Order) -> None:
        """One order; returns after the commit; a supervision gets its number. Raises NoSuchTicket, or NotAllowed with
        nothing changed."""
        if needs_number(order):
            await self.supervisions.stock(1, today=self.ticketing.today(self.now()))
            order = numbered(order, self.supervisions.take)
        await self._lanes.take([Given(number, order)])

    async def drain(self) -> None:
        """Wait until every order that was given is carried out."""
        await self._lanes.drained()

    def tell(
        self, changes: Changes, mine: Conversation, row: Mapping[str, Any], done: Advance, *, now: datetime
    ) -> None:
        """Tell the citizen what ``done`` means for him, in the channel he wrote on, outside quiet hours, each thing once."""
        if not done.notices:
            return
        account = self.accounts.get(mine.address.channel, mine.address.account)
        brief = account is not None and account.capabilities.segments
        policy = self.ticketing.policies.get(row["policy"])
        for place, one in enumerate(done.notices):
            telling = Telling(
                key=f"t:{row['number']}:{one.key}:{row['events']}.{place}",
                body=self.words(one.key, one.params, brief=brief, locale=mine.memory.locale),
                priority=Priority.NOTICE,
                ticket=row["number"],
                not_before=after_quiet(policy.quiet, self.ticketing.calendar, now),
            )
            tell(changes, account, mine, telling, now=now)
        changes.then(partial(self.grew, mine.address, mine.last_seq))
        changes.then(self.wake)

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

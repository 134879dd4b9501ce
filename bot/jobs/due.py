"""The way of every job over tickets: find what is due by an index, lock it, look again, and act, a few at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Select, select

from bot.desk import SYSTEM
from bot.logs import logger
from bot.orders.office import Office
from bot.orders.ticketing import Overlay
from bot.store import ticket_rows
from bot.store.conversations import Conversation, claim_ids
from bot.store.manners.trouble import again_if_crossed
from bot.store.tables import conversation, ticket
from bot.work import Changes, Row
from tickets.orders import Command, NotAllowed, Order

log = logger(__name__)

AT_MOST = 50_000
"""Tickets found for one run; the next run comes soon."""
AT_ONCE = 64
"""Tickets handled in one transaction: few enough that citizens who are writing now never wait for a job."""


@dataclass(slots=True)
class Due:
    """One ticket whose hour has come, under the locks of its conversation and itself."""

    office: Office = field(repr=False)
    changes: Changes = field(repr=False)
    overlay: Overlay = field(repr=False)
    conversation: Conversation = field(repr=False)
    number: str
    now: datetime

    @property
    def row(self) -> Row:
        """The ticket as it stands."""
        return self.overlay[self.number]

    def order(self, command: Command, **data: object) -> bool:
        """The clock's own order to this ticket, its notices and alerts with it; False where it is refused."""
        return self.give(Order(command, SYSTEM, data))

    def give(self, order: Order) -> bool:
        """The same, for an order that is made already."""
        try:
            done = self.office.ticketing.order(self.changes, self.overlay, self.number, order, now=self.now)
        except NotAllowed:
            return False  # somebody was faster between the look and the lock, or its hour is not come
        self.office.tell(self.changes, self.conversation, self.row, done, now=self.now)
        return True


async def each(office: Office, due: Select[Any], act: Callable[[Due], object]) -> int:
    """Apply ``act`` to every ticket ``due`` finds (:func:`tickets_where`). Returns how many there were.

    All are found in one look: a ticket that refuses its order stays due, and keeps no other from its turn."""
    async with office.database.read() as connection:
        rows = await connection.execute(due.limit(AT_MOST))
        found = [(row.number, row.conversation_id) for row in rows]
    for at in range(0, len(found), AT_ONCE):
        await again_if_crossed(partial(together, office, found[at : at + AT_ONCE], act))
    return len(found)


def tickets_where(*when: ColumnElement[bool]) -> Select[Any]:
    """Tickets that are due ``when``."""
    return select(ticket.c.number, ticket.c.conversation_id).where(*when)


async def together(office: Office, found: Sequence[tuple[str, int]], act: Callable[[Due], object]) -> int:
    """Apply ``act`` to these tickets (number, conversation) in one transaction, each under its locks, each for itself.
    Returns how many there were."""
    now, changes = office.now(), Changes()
    async with office.database.begin() as connection:
        mine = await claim_ids(connection, [conversation_id for _, conversation_id in found])
        rows = await ticket_rows.lock(connection, [number for number, _ in found])
        for number, conversation_id in found:
            try:
                one = Due(office, Changes(), Overlay({number: rows[number]}), mine[conversation_id], number, now)
                act(one)
            except LookupError as error:  # its policy file is gone: an operator's slip must not stop the others
                log.error("ticket passed over", action="job.ticket_skipped", number=number, reason=str(error))
                continue
            changes.absorb(one.changes)
        for talk in mine.values():
            # The clock says something; of what the citizen and the bot last said nothing changes.
            changes.update(conversation, "id", talk.id, last_seq=talk.last_seq, updated_at=now)
        await changes.write(connection)
    changes.committed()
    return len(found)

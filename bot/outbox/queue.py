"""Which messages may leave next: the first of each conversation, the most urgent conversation first.

Two workers never send for one conversation at once and never overtake: a conversation is locked before its head is
looked for, and whoever leases holds that lock. A head that is on its way, or that waits for another try, hides what
comes after it; one put off on purpose (until the morning) hides nothing. On PostgreSQL locked conversations are
skipped; on SQLite the one writer is the lock.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, literal_column, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.accounts import Accounts
from bot.outbox.letter import Row, letters
from bot.outbox.resting import Key, resting
from bot.store.tables import conversation, outbox

_earlier = outbox.alias("earlier")
_OPEN: ColumnElement[bool] = _earlier.c.state.in_(
    [literal_column(f"'{state}'") for state in ("queued", "leased", "offered")]
)


def state_is(table: Any, state: str) -> ColumnElement[bool]:
    """The state written into the statement itself, in the very words of the partial indexes: SQLite uses them for
    neither a bound parameter nor a list of one."""
    known: ColumnElement[bool] = table.c.state == literal_column(f"'{state}'")
    return known


def _hidden(comes_first: ColumnElement[bool]) -> ColumnElement[bool]:
    """Another message of the conversation is on its way, or waits in an earlier place and ``comes_first``."""
    return exists().where(
        _earlier.c.conversation_id == outbox.c.conversation_id,
        _earlier.c.id != outbox.c.id,
        _OPEN,
        or_(
            state_is(_earlier, "leased"),
            and_(
                _earlier.c.seq < outbox.c.seq,
                or_(state_is(_earlier, "offered"), and_(state_is(_earlier, "queued"), comes_first)),
            ),
        ),
    )


async def waiting(connection: AsyncConnection, room: Mapping[Key, int], *, now: datetime) -> Sequence[int]:
    """Conversations with something to send, the most urgent first, as many per account as ``room`` says.

    A message lends its urgency to those before it: an answer does not wait until the notice before it has its turn
    among ten thousand. Looks without a lock; :func:`heads` looks again under it.
    """
    due = _earlier.c.not_before <= now
    retried = and_(_earlier.c.attempts > 0, ~due)
    hidden = _hidden(or_(retried, and_(due, _earlier.c.priority <= outbox.c.priority)))
    rested = await resting(connection, now=now)
    looks = [
        select(
            select(outbox.c.priority, outbox.c.not_before, outbox.c.conversation_id)
            .where(
                outbox.c.channel == channel,
                outbox.c.account == account,
                state_is(outbox, "queued"),
                outbox.c.not_before <= now,
                ~hidden,
            )
            .order_by(outbox.c.priority, outbox.c.not_before)
            .limit(count)
            .subquery()
        )
        for (channel, account), count in room.items()
        if count > 0 and (channel, account) not in rested
    ]
    if not looks:
        return ()
    found = sorted((await connection.execute(union_all(*looks))).all())
    return list(dict.fromkeys(row[2] for row in found))


async def heads(
    connection: AsyncConnection, conversations: Sequence[int], accounts: Accounts, *, now: datetime
) -> Sequence[Row]:
    """The first message of each of these ``conversations`` nobody else holds, in their order; they stay locked."""
    lock = select(conversation.c.id).where(conversation.c.id.in_(conversations)).order_by(conversation.c.id)
    locked = await connection.scalars(lock.with_for_update(key_share=True, skip_locked=True))
    statement = (
        letters(accounts)
        .where(
            outbox.c.conversation_id.in_(locked.all()),
            state_is(outbox, "queued"),
            outbox.c.not_before <= now,
            ~_hidden(or_(_earlier.c.not_before <= now, _earlier.c.attempts > 0)),
        )
        .with_for_update(of=outbox, skip_locked=True)
    )
    place = {id: n for n, id in enumerate(conversations)}
    rows = (await connection.execute(statement)).mappings().all()
    return sorted(rows, key=lambda row: place[row["conversation_id"]])

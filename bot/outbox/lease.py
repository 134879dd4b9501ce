"""Takes the messages that may leave now, plans each and marks those that will be sent: lock first, then look.

Two workers never send for one conversation at once and never overtake: a conversation is locked while its head (its
first message that waits) is taken, and a head that is leased, or waits for another try, hides what comes after it. A
message put off on purpose (quiet hours) hides nothing. On PostgreSQL locked conversations are skipped; on SQLite the
one writer is the lock.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, exists, literal, or_, select, union_all, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.outbox.account import Key
from bot.outbox.letter import Letter, letters_with_conversation, read_letter
from bot.store.tables import conversation, outbox

_before = outbox.alias("before")


@dataclass(frozen=True, slots=True)
class Taken:
    """A message leased to be sent now by ``route``."""

    letter: Letter
    route: str


def state_is(column: Any, value: str) -> ColumnElement[bool]:
    """``column = 'value'`` written into the statement itself, so that partial indexes are used."""
    return column == literal(value, literal_execute=True)  # type: ignore[no-any-return]


def _hidden(now: datetime, *, by_less_urgent: bool) -> ColumnElement[bool]:
    """Another message of the same conversation comes first."""
    waits = _before.c.not_before <= now
    first = or_(waits, _before.c.attempts > 0)
    if not by_less_urgent:
        first = or_(and_(waits, _before.c.priority <= outbox.c.priority), and_(~waits, _before.c.attempts > 0))
    return exists().where(
        _before.c.conversation_id == outbox.c.conversation_id,
        _before.c.state.in_([literal(state, literal_execute=True) for state in ("queued", "leased", "offered")]),
        _before.c.id != outbox.c.id,
        or_(
            state_is(_before.c.state, "leased"),
            and_(
                _before.c.seq < outbox.c.seq,
                or_(state_is(_before.c.state, "offered"), and_(state_is(_before.c.state, "queued"), first)),
            ),
        ),
    )


async def waiting(connection: AsyncConnection, room: Mapping[Key, int], *, now: datetime) -> Sequence[int]:
    """Conversations with something to send, the most urgent first, as many per account as it has room for.

    A message lends its urgency to those before it: the conversation is chosen by the most urgent that waits in it, and
    its head is what :func:`heads` takes. A look without locks: what it finds is looked at again under the lock.
    """
    searches = [
        select(
            select(outbox.c.conversation_id, outbox.c.priority, outbox.c.not_before)
            .where(
                outbox.c.channel == channel,
                outbox.c.account == account,
                state_is(outbox.c.state, "queued"),
                outbox.c.not_before <= now,
                ~_hidden(now, by_less_urgent=False),
            )
            .order_by(outbox.c.priority, outbox.c.not_before)
            .limit(count)
            .subquery()
        )
        for (channel, account), count in room.items()
        if count > 0
    ]
    if not searches:
        return ()
    rows = (await connection.execute(union_all(*searches))).all()
    return list(dict.fromkeys(row[0] for row in sorted(rows, key=lambda row: (row[1], row[2]))))


async def heads(
    connection: AsyncConnection, conversations: Sequence[int], *, texts: Key, now: datetime
) -> Sequence[Letter]:
    """The first waiting message of each of the ``conversations`` that nobody else holds, in their order."""
    lock = select(conversation.c.id).where(conversation.c.id.in_(conversations)).order_by(conversation.c.id)
    held = (await connection.execute(lock.with_for_update(key_share=True, skip_locked=True))).scalars().all()
    statement = (
        letters_with_conversation(texts=texts)
        .where(
            outbox.c.conversation_id.in_(held),
            state_is(outbox.c.state, "queued"),
            outbox.c.not_before <= now,
            ~_hidden(now, by_less_urgent=True),
        )
        .with_for_update(of=outbox, skip_locked=True)
    )
    place = {id: n for n, id in enumerate(conversations)}
    letters = [read_letter(row) for row in await connection.execute(statement)]
    return sorted(letters, key=lambda letter: place[letter.conversation_id])


MOVE = (
    update(outbox)
    .where(outbox.c.id == bindparam("row_id"), state_is(outbox.c.state, "queued"))
    .values(
        {
            name: bindparam(f"new_{name}")
            for name in (
                "channel", "account", "peer", "state", "route", "why", "not_before", "stage", "attempts",
                "lease_owner", "lease_until",
            )
        }
    )
)  # fmt: skip
"""Every change the planner may make to a waiting row, so that one statement carries them all."""


def move(letter: Letter, **changes: Any) -> dict[str, Any]:
    """The parameters of :data:`MOVE`: the row as it is, but for ``changes``."""
    row: dict[str, Any] = {
        "channel": letter.address.channel,
        "account": letter.address.account,
        "peer": letter.address.peer,
        "state": "queued",
        "route": letter.route,
        "why": letter.why,
        "not_before": letter.not_before,
        "stage": "",
        "attempts": letter.attempts,
        "lease_owner": "",
        "lease_until": None,
    } | changes
    return {"row_id": letter.id} | {f"new_{name}": value for name, value in row.items()}

"""What was said: found again by its dedupe key, and read back as the lines of a conversation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.manners.several import among, insert_new
from bot.store.sealed import KeyTag, tagged
from bot.store.tables import message, outbox
from bot.store.wording import read_body
from channels.message import Inbound, Letter, Notice, Say

Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Seen:
    """A message we already have, and the inline reply recorded for it (None when nothing may be carried inline)."""

    id: int
    seq: int
    at: datetime
    digest: str = field(repr=False)
    stuck: bool
    reply: Say | Notice | None = field(default=None, repr=False)
    reply_id: int | None = None


_SEEN = select(
    message.c.id, message.c.seq, message.c.received_at, message.c.digest, message.c.state, message.c.dedupe_key
).where(
    message.c.channel == bindparam("channel_"),
    message.c.account == bindparam("account_"),
    among(message.c.dedupe_key, "keys"),
)


async def remember(connection: AsyncConnection, rows: Sequence[Mapping[str, Any]]) -> dict[int, int]:
    """Store messages of different conversations; conversation -> message id of those we did not have yet."""
    stored = await insert_new(connection, message, rows, unless=("dedupe_key", "account", "channel"))
    return {row.conversation_id: row.id for row in stored}


def key_of(one: Inbound) -> Key:
    """What makes a message the same message again: channel, account, dedupe key."""
    return one.address.channel, one.address.account, one.id


async def seen(connection: AsyncConnection, messages: Sequence[Inbound]) -> dict[Key, Seen]:
    """Those of these messages that are stored already."""
    by_account: dict[tuple[str, str], list[str]] = {}
    ids = {}
    for one in messages:
        by_account.setdefault((one.address.channel, one.address.account), []).append(one.id)
        ids[tagged(connection.dialect, one.id, KeyTag.shape)] = one.id
    found: dict[Key, Any] = {}
    for (channel, account), keys in by_account.items():
        for row in await connection.execute(_SEEN, {"channel_": channel, "account_": account, "keys": keys}):
            found[channel, account, ids[row.dedupe_key]] = row
    if not found:
        return {}
    replies = await _replies(connection, [row.id for row in found.values()])
    return {key: _seen(row, replies.get(row.id)) for key, row in found.items()}


async def _replies(connection: AsyncConnection, ids: Sequence[int]) -> dict[int, Any]:
    """Inline replies that may still be carried: once one went another way it must not be given twice."""
    statement = select(outbox.c.id, outbox.c.in_reply_to, outbox.c.body).where(
        outbox.c.in_reply_to.in_(ids), outbox.c.route == "inline", outbox.c.state.in_(("offered", "sent", "held"))
    )
    return {row.in_reply_to: row for row in await connection.execute(statement)}


def _seen(row: Any, reply: Any) -> Seen:
    return Seen(
        id=row.id,
        seq=row.seq,
        at=row.received_at,
        digest=row.digest,
        stuck=row.state == "stuck",
        reply=None if reply is None else read_body(reply.body),
        reply_id=None if reply is None else reply.id,
    )


async def answered_tickets(connection: AsyncConnection, letters: Mapping[int, Letter | None]) -> dict[int, str]:
    """Conversation -> the ticket that the message of ours spoke of which its letter answers. Only messages of the
    same conversation count: who was forwarded one of ours does not get into another citizen's ticket."""
    named = {id_: letter.replies_to for id_, letter in letters.items() if letter is not None and letter.replies_to}
    if not named:
        return {}
    ids = {one for replies_to in named.values() for one in replies_to}
    statement = select(outbox.c.conversation_id, outbox.c.provider_id, outbox.c.ticket).where(
        outbox.c.provider_id != "", outbox.c.provider_id.in_(ids), outbox.c.conversation_id.in_(named)
    )
    found = {(row.conversation_id, row.provider_id): row.ticket for row in await connection.execute(statement)}
    answered: dict[int, str] = {}
    for id_, replies_to in named.items():
        tickets = (found.get((id_, one)) for one in replies_to)
        if ticket := next((one for one in tickets if one), None):
            answered[id_] = ticket
    return answered


async def answers_since(
    connection: AsyncConnection, conversations: Iterable[int], *, since: datetime
) -> dict[int, int]:
    """Conversation -> how many answers of the bot it got after ``since``."""
    statement = (
        select(outbox.c.conversation_id, func.count())
        .where(outbox.c.conversation_id.in_(list(conversations)), outbox.c.sender == "bot", outbox.c.created_at > since)
        .group_by(outbox.c.conversation_id)
    )
    return {conversation_id: count for conversation_id, count in await connection.execute(statement)}


async def lines(
    connection: AsyncConnection, conversation_id: int, *, after: int, limit: int
) -> list[tuple[int, Mapping[str, Any]]]:
    """Rows of both directions with ``seq > after``, oldest first, as (seq, row); outgoing rows carry ``sender``.

    What waits for its hour (``not_before``) or was cancelled is not shown.
    """
    heard = select(message).where(message.c.conversation_id == conversation_id, message.c.seq > after)
    told = select(outbox).where(
        outbox.c.conversation_id == conversation_id, outbox.c.seq > after, outbox.c.state.not_in(("cancelled", "dead"))
    )
    rows: list[tuple[int, Mapping[str, Any]]] = []
    for statement, table in ((heard, message), (told, outbox)):
        result = await connection.execute(statement.order_by(table.c.seq).limit(limit))
        rows.extend((row["seq"], dict(row)) for row in result.mappings())
    rows.sort(key=lambda pair: pair[0])
    return rows[:limit]

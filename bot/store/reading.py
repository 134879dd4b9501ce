"""How far each side has come: what a citizen's device has and shows, and what the officer has read."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.pushes import armed
from bot.store.tables import conversation, outbox, push
from channels.message import Address, Stage
from dialog.view import Owner

_BELOW: dict[Stage, tuple[str, ...]] = {
    Stage.DELIVERED: ("", Stage.ACCEPTED.value),
    Stage.READ: ("", Stage.ACCEPTED.value, Stage.DELIVERED.value),
}
"""The stages a message may rise from."""


def of(address: Address) -> ColumnElement[bool]:
    """The conversation of this address."""
    return and_(
        conversation.c.channel == address.channel,
        conversation.c.account == address.account,
        conversation.c.peer == address.peer,
    )


async def note(connection: AsyncConnection, address: Address, *, seq: int, stage: Stage, now: datetime) -> int:
    """Everything of ours up to ``seq`` came to the citizen (``DELIVERED``) or was seen by him (``READ``); no mark goes
    back. Returns up to where he has read now where that rose before a person who waits for it, else 0."""
    columns = conversation.c.id, conversation.c.read_seq, conversation.c.last_seq, conversation.c.owner
    # Locked first, as everybody does: who tells something holds it while he arms a push.
    found = await connection.execute(select(*columns).where(of(address)).with_for_update(key_share=True))
    mine = found.one_or_none()
    if mine is None or (seq := min(seq, mine.last_seq)) <= mine.read_seq:
        return 0
    rises = (
        outbox.c.conversation_id == mine.id,
        outbox.c.seq > mine.read_seq,
        outbox.c.seq <= seq,
        outbox.c.state == "sent",
        outbox.c.stage.in_(_BELOW[stage]),
    )
    await connection.execute(update(outbox).where(*rises).values(stage=stage.value))
    if stage is not Stage.READ:
        return 0
    await connection.execute(update(conversation).where(conversation.c.id == mine.id).values(read_seq=seq))
    announced = push.c.conversation_id == mine.id, push.c.seq <= seq
    if seq < mine.last_seq:
        await connection.execute(update(push).where(*announced).values(armed(mine.id, seq=seq + 1, not_before=now)))
    else:
        await connection.execute(delete(push).where(*announced))
    return 0 if mine.owner == Owner.BOT else seq


async def read_by_officer(connection: AsyncConnection, conversation_id: int, *, seq: int) -> bool:
    """The officer who holds the conversation has read up to ``seq``. Returns whether he had not before."""
    mine = conversation.c.id == conversation_id, conversation.c.officer_seq < seq
    changed = await connection.execute(update(conversation).where(*mine).values(officer_seq=seq))
    return bool(changed.rowcount)

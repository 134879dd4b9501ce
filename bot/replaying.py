"""Thinks again about messages that got stuck, once the fault is mended; their citizens get the answer they waited for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from bot.journey.batch import HubBatch
from bot.journey.batching import Batching
from bot.services import Services
from bot.store.conversations import claim_ids
from bot.store.engine import Database
from bot.store.tables import message
from bot.store.wording import read_inbound


async def replay(services: Services, ids: Sequence[int] = ()) -> tuple[int, int]:
    """Replay these stuck messages (all of them without ids), oldest first. Returns (done, still stuck)."""
    statement = select(message.c.id).where(message.c.state == "stuck").order_by(message.c.id)
    if ids:
        statement = statement.where(message.c.id.in_(ids))
    async with services.database.read() as connection:
        found = list(await connection.scalars(statement))
    done = 0
    for one in found:
        done += await _replay(services.hub.batching, services.database, one, now=services.now())
    return done, len(found) - done


async def _replay(batching: Batching, database: Database, message_id: int, *, now: datetime) -> bool:
    """One of them; its citizen gets the answer through the outbox. True when it worked."""
    await batching.prepare(1, now=now)
    async with database.begin() as connection:
        row = (await connection.execute(select(message).where(message.c.id == message_id))).one_or_none()
        if row is None or row.state != "stuck":
            return False
        mine = (await claim_ids(connection, [row.conversation_id]))[row.conversation_id]
        inbound = read_inbound(
            mine.address, id=row.dedupe_key, sent_at=row.sent_at, kind=row.kind, text=row.text, body=row.body
        )
        batch = HubBatch(batching, connection, now=now)
        done = await batch.again(inbound, mine, message_id=row.id, seq=row.seq)
    batch.committed()
    return done

"""The providers' receipts: a message's stage only rises, and a failed one is shown to a person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert, select, update

from bot.outbox.why import Why
from bot.store.engine import Database
from bot.store.tables import late_receipt, outbox
from channels.message import Receipt, Stage

RANK = {"": 0, Stage.ACCEPTED: 1, Stage.DELIVERED: 2, Stage.READ: 3, Stage.FAILED: 4}


async def apply(database: Database, channel: str, receipts: Sequence[Receipt], *, now: datetime) -> int:
    """Note these receipts; returns how many were new. One for a message we do not know yet waits for it."""
    changed = 0
    async with database.begin() as connection:
        for one in receipts:
            mine = (
                outbox.c.channel == channel,
                outbox.c.account == one.account,
                outbox.c.provider_id == one.provider_id[:128],
            )
            row = (await connection.execute(select(outbox.c.id, outbox.c.stage).where(*mine).limit(1))).one_or_none()
            if row is None:
                await connection.execute(insert(late_receipt), _late(channel, one, now))
                continue
            if RANK[one.stage] <= RANK.get(row.stage, 0):
                continue
            columns = {"stage": one.stage.value}
            if one.stage is Stage.FAILED:
                columns |= {"state": "dead", "why": Why.REPORTED_FAILED.value, "error_code": one.reason[:64]}
            await connection.execute(update(outbox).where(outbox.c.id == row.id).values(columns))
            changed += 1
    return changed


def _late(channel: str, one: Receipt, now: datetime) -> dict[str, object]:
    return {
        "channel": channel,
        "account": one.account,
        "provider_id": one.provider_id[:128],
        "stage": one.stage.value,
        "reason": one.reason[:64],
        "at": one.at or now,
    }

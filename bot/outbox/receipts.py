"""The providers' receipts: a message's stage only rises, and one reported failed goes another way or to a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, insert, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.outbox.why import Why
from bot.store.engine import Database
from bot.store.tables import conversation, late_receipt, outbox
from bot.store.wording import storable
from channels.message import Receipt, Stage

RANK = {"": 0, Stage.ACCEPTED: 1, Stage.FAILED: 2, Stage.DELIVERED: 3, Stage.READ: 4}
"""What was delivered cannot fail any more: such a report is about something else."""
_SAME = and_(
    late_receipt.c.channel == outbox.c.channel,
    late_receipt.c.account == outbox.c.account,
    late_receipt.c.provider_id == outbox.c.provider_id,
    outbox.c.provider_id != "",
)
# Asked from the few receipts' side: the outbox holds years.
_LATE = select(outbox.c.id).where(
    outbox.c.provider_id != "",
    tuple_(outbox.c.channel, outbox.c.account, outbox.c.provider_id).in_(
        select(late_receipt.c.channel, late_receipt.c.account, late_receipt.c.provider_id)
    ),
)
KEEP = timedelta(days=3)
"""How long a receipt for a message we do not know waits for it."""


@dataclass(frozen=True, slots=True)
class _Said:
    account: str
    provider_id: str
    stage: str
    reason: str
    at: datetime

    @property
    def name(self) -> tuple[str, str]:
        return self.account, self.provider_id


async def apply(database: Database, channel: str, receipts: Sequence[Receipt], *, now: datetime) -> int:
    """Note these receipts in a transaction of their own; returns how many messages changed. A receipt for a message we
    do not know yet waits for it."""
    named = [one for one in receipts if one.provider_id]
    if not named:
        return 0
    said = [
        _Said(one.account, one.provider_id[:128], one.stage.value, storable(one.reason)[:64], one.at or now)
        for one in named
    ]
    ours = tuple_(outbox.c.account, outbox.c.provider_id).in_([one.name for one in said])
    async with database.begin() as connection:
        # Conversations first, as everywhere.
        await _close(connection, channel, [one for one in named if one.gone], now)
        known = await _known(connection, and_(outbox.c.channel == channel, outbox.c.provider_id != "", ours))
        late = [asdict(one) | {"channel": channel} for one in said if one.name not in known]
        if late:
            await connection.execute(insert(late_receipt), late)
        return await _raise(connection, known, said, now)


async def _close(connection: AsyncConnection, channel: str, receipts: Sequence[Receipt], now: datetime) -> None:
    """Nothing more goes to the addresses these messages went to, until something comes from them."""
    for one in receipts:
        its = (
            outbox.c.channel == channel,
            outbox.c.account == one.account,
            outbox.c.provider_id == one.provider_id[:128],
        )
        for peer in await connection.scalars(select(outbox.c.peer).where(*its)):
            there = (conversation.c.channel == channel, conversation.c.account == one.account)
            closed = update(conversation).where(*there, conversation.c.peer == peer)
            await connection.execute(closed.values(unreachable_at=now))


async def match_late(connection: AsyncConnection, ids: Sequence[int], *, now: datetime) -> None:
    """Give these messages the receipts that came before their send was settled."""
    statement = select(late_receipt).join(outbox, _SAME).where(outbox.c.id.in_(ids))
    found = (await connection.execute(statement.order_by(late_receipt.c.id))).all()
    if not found:
        return
    known = await _known(connection, and_(outbox.c.id.in_(ids), outbox.c.provider_id != ""))
    said = [_Said(row.account, row.provider_id, row.stage, row.reason, row.at) for row in found]
    await _raise(connection, known, said, now)
    await connection.execute(delete(late_receipt).where(late_receipt.c.id.in_([row.id for row in found])))


async def sweep(connection: AsyncConnection, *, now: datetime) -> None:
    """Match what slipped by while a send was being settled; forget what nobody claimed."""
    ids = (await connection.scalars(_LATE)).all()
    if ids:
        await match_late(connection, ids, now=now)
    await connection.execute(delete(late_receipt).where(late_receipt.c.at < now - KEEP))


async def _known(connection: AsyncConnection, which: Any) -> dict[tuple[str, str], tuple[int, str]]:
    """(account, provider id) -> (row, stage) of sent messages, locked in one order."""
    statement = select(outbox.c.account, outbox.c.provider_id, outbox.c.id, outbox.c.stage).where(which)
    rows = await connection.execute(statement.order_by(outbox.c.id).with_for_update())
    return {(account, provider_id): (id, stage) for account, provider_id, id, stage in rows}


async def _raise(
    connection: AsyncConnection,
    known: dict[tuple[str, str], tuple[int, str]],
    said: Sequence[_Said],
    now: datetime,
) -> int:
    """Lift the stages; returns how many messages changed."""
    lifted: dict[int, _Said] = {}
    for one in said:
        if one.name not in known:
            continue
        id, before = known[one.name]
        if RANK[one.stage] > RANK.get(lifted[id].stage if id in lifted else before, 0):
            lifted[id] = one
    for id, one in lifted.items():
        columns: dict[str, Any] = {"stage": one.stage, "stage_at": one.at}
        if one.stage == Stage.FAILED:
            # Back to the planner: its route was refused, the next one is taken, or a person is shown it.
            columns |= {"state": "queued", "stage": "", "provider_id": "", "not_before": now, "sent_at": None}
            columns |= {"why": Why.REPORTED_FAILED.value, "error_class": "ReportedFailed", "error_code": one.reason}
        await connection.execute(update(outbox).where(outbox.c.id == id).values(columns))
    return len(lifted)

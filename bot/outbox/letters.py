"""Letters that did not go out (死信): listed without their words, and sent again on a person's order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from bot.outbox.why import Why
from bot.store.engine import Database
from bot.store.tables import outbox

UNSENT = ("held", "dead")


@dataclass(frozen=True, slots=True)
class Letter:
    """One message that waits for a person: "held" may have arrived, "dead" did not."""

    id: int
    state: str
    channel: str
    account: str
    ticket: str | None
    error_class: str
    error_code: str
    why: str
    created_at: datetime


async def letters(database: Database, *, limit: int = 500) -> list[Letter]:
    """The oldest first."""
    columns = [outbox.c[name] for name in Letter.__dataclass_fields__]
    statement = select(*columns).where(outbox.c.state.in_(UNSENT)).order_by(outbox.c.id).limit(limit)
    async with database.read() as connection:
        return [Letter(*row) for row in await connection.execute(statement)]


async def resend(database: Database, ids: Sequence[int], *, now: datetime) -> int:
    """Queue these letters again; returns how many were letters at all."""
    statement = (
        update(outbox)
        .where(outbox.c.id.in_(ids), outbox.c.state.in_(UNSENT))
        .values(
            state="queued",
            route="",
            why=Why.RESENT.value,
            attempts=0,
            provider_id="",
            stage="",
            error_class="",
            error_code="",
            lease_owner="",
            not_before=now,
        )
    )
    async with database.begin() as connection:
        return (await connection.execute(statement)).rowcount

"""Codes that prove something, as they lie in the store: found, compared by their keyed hash, counted when wrong."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.sealed import vault_of
from bot.store.tables import guess, proof
from bot.work import insert_or_keep

Row = Mapping[Any, Any]
A_DAY = timedelta(hours=24)


def mark_of(connection: AsyncConnection, proof_id: int, code: str) -> str:
    """The keyed hash of a code, another one for each asking."""
    return vault_of(connection.dialect).tag(f"code:{proof_id}:{code}")


def fits(connection: AsyncConnection, row: Row, code: str) -> bool:
    """Whether ``code`` is the one that was sent."""
    return bool(row["code"]) and compare_digest(row["code"], mark_of(connection, row["id"], code))


async def of_phone(connection: AsyncConnection, conversation_id: int) -> Row | None:
    """The last code this conversation asked for, used or not."""
    mine = proof.c.conversation_id == conversation_id, proof.c.kind == "phone"
    return await _last(connection, *mine)


async def of_ticket(connection: AsyncConnection, number: str) -> Row | None:
    """The last claim code of a ticket."""
    return await _last(connection, proof.c.ticket == number, proof.c.kind == "claim")


async def _last(connection: AsyncConnection, *which: Any) -> Row | None:
    statement = select(proof).where(*which).order_by(proof.c.id.desc()).limit(1).with_for_update()
    return (await connection.execute(statement)).mappings().one_or_none()


async def sent_lately(connection: AsyncConnection, *, phone: str, citizen: int, now: datetime) -> tuple[int, int, Any]:
    """How many codes were asked for in a day: to this phone, by this citizen; and when the last one to the phone."""
    since = proof.c.asked_at > now - A_DAY
    to_phone = select(func.count(), func.max(proof.c.asked_at)).where(proof.c.phone == phone, since)
    count, last = (await connection.execute(to_phone)).one()
    asked = select(func.count()).where(proof.c.citizen == citizen, proof.c.kind == "phone", since)
    return count, await connection.scalar(asked) or 0, last


async def wrong_lately(connection: AsyncConnection, conversation_id: int, *, now: datetime) -> int:
    """How many wrong codes came from this conversation since its day began."""
    row = (await connection.execute(select(guess).where(guess.c.conversation_id == conversation_id))).one_or_none()
    return 0 if row is None or row.since <= now - A_DAY else int(row.wrong)


async def was_wrong(connection: AsyncConnection, conversation_id: int, row: Row | None, *, now: datetime) -> None:
    """Count a wrong code, against what it was for and against who typed it."""
    if row is not None:
        await connection.execute(update(proof).where(proof.c.id == row["id"]).values(tries=proof.c.tries + 1))
    count = await wrong_lately(connection, conversation_id, now=now)
    mine = guess.c.conversation_id == conversation_id
    fresh = {"conversation_id": conversation_id, "wrong": 0, "since": now}
    await connection.execute(insert_or_keep(connection, guess), fresh)
    again = {"wrong": count + 1} if count else {"wrong": 1, "since": now}
    await connection.execute(update(guess).where(mine).values(**again))

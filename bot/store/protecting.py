"""Brings what was written before there were keys under them, and what older keys sealed under the newest."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Text, or_, select, type_coerce, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.engine import Database
from bot.store.sealed import MARK, KeyTag, NoKeys, vault_of
from bot.store.tables import conversation, message, outbox, secret_mark
from bot.work import insert_or_keep

AT_ONCE = 500
_KNOWN = "minsheng@12345"
_PEER, _PHONE = (type_coerce(conversation.c[name], Text) for name in ("peer", "phone"))
_SEALED = tuple(type_coerce(conversation.c[name], Text) for name in ("peer_sealed", "phone_sealed"))


async def protect(database: Database) -> None:
    """At every start: are these the keys the database was written with? Once: hash and seal what lies there in clear.
    Raises NoKeys for the wrong keys, before anything is written with them."""
    async with database.begin() as connection:
        right = vault_of(connection.dialect).tag(_KNOWN)
        await connection.execute(insert_or_keep(connection, secret_mark), {"name": "keys", "mark": right})
        marks = {name: mark for name, mark in await connection.execute(select(secret_mark.c.name, secret_mark.c.mark))}
    if marks["keys"] != right:
        raise NoKeys("the contact keys are not those the database was written with; put those back")
    if "sealed" in marks:
        return
    for step in (_conversations, _letters, _messages):
        last = 0
        while (reached := await _once(database, step, last)) is not None:
            last = reached
    async with database.begin() as connection:
        await connection.execute(insert_or_keep(connection, secret_mark), {"name": "sealed", "mark": "yes"})


async def _once(database: Database, step: Any, last: int) -> int | None:
    async with database.begin() as connection:
        reached: int | None = await step(connection, last)
    return reached


async def _conversations(connection: AsyncConnection, last: int) -> int | None:
    rows = await _next(connection, select(conversation.c.id, _PEER.label("peer"), _PHONE.label("phone")), last)
    for row in rows:
        values = {"peer": row.peer, "phone": row.phone}
        for name, value in values.items():
            if value and not value.startswith(MARK):
                # The types of the columns hash and seal it, where it is personal.
                to = {name: value, f"{name}_sealed": value}
                await connection.execute(update(conversation).where(conversation.c.id == row.id).values(**to))
    return rows[-1].id if rows else None


async def _letters(connection: AsyncConnection, last: int) -> int | None:
    rows = await _next(connection, select(outbox.c.id, type_coerce(outbox.c.peer, Text).label("peer")), last)
    for row in rows:
        await connection.execute(update(outbox).where(outbox.c.id == row.id).values(peer=row.peer))
    return rows[-1].id if rows else None


async def _messages(connection: AsyncConnection, last: int) -> int | None:
    columns = message.c.id, type_coerce(message.c.dedupe_key, Text).label("key"), message.c.body
    rows = await _next(connection, select(*columns), last)
    for row in rows:
        body = {name: value for name, value in (row.body or {}).items() if name != "verified_phone"} or None
        if body != row.body or KeyTag.shape.match(row.key):
            to = {"dedupe_key": row.key, "body": body}
            await connection.execute(update(message).where(message.c.id == row.id).values(**to))
    return rows[-1].id if rows else None


async def _next(connection: AsyncConnection, statement: Any, last: int) -> Any:
    id = next(iter(statement.selected_columns))
    return (await connection.execute(statement.where(id > last).order_by(id).limit(AT_ONCE))).all()


async def reseal(database: Database) -> int:
    """Seal again, with the newest key, what older ones sealed. Returns how many conversations it was."""
    done = 0
    while True:
        async with database.begin() as connection:
            newest = f"{vault_of(connection.dialect).current}:"
            older = or_(*((one.is_not(None)) & ~one.startswith(newest) for one in _SEALED))
            columns = conversation.c.id, conversation.c.peer_sealed, conversation.c.phone_sealed
            rows = (await connection.execute(select(*columns).where(older).limit(AT_ONCE).with_for_update())).all()
            for row in rows:
                again = {"peer_sealed": row.peer_sealed, "phone_sealed": row.phone_sealed}
                await connection.execute(update(conversation).where(conversation.c.id == row.id).values(**again))
        if not rows:
            return done
        done += len(rows)

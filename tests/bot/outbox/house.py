"""A database with conversations and messages to send, and a worker that is run until nothing moves."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update

from bot.accounts import Accounts
from bot.metrics import Metrics
from bot.outbox.worker import Worker, always_awake
from bot.store.engine import Database
from bot.store.tables import conversation, outbox
from bot.store.wording import write_body
from bot.work import Changes
from channels.message import Notice, Say

NOON = datetime(2026, 3, 4, 4, 0, tzinfo=UTC)
"""Noon in China."""


@dataclass
class Clock:
    """Stands still until it is moved."""

    at: datetime = NOON

    def __call__(self) -> datetime:
        return self.at

    def pass_(self, **span: float) -> None:
        self.at += timedelta(**span)


@dataclass
class House:
    database: Database
    clock: Clock = field(default_factory=Clock)
    seqs: dict[int, int] = field(default_factory=dict)

    async def talk(self, peer: str, *, channel: str = "free", **columns: Any) -> int:
        """A new conversation's id."""
        row = {"channel": channel, "account": "city", "peer": peer, "memory": {}}
        row |= {"created_at": self.clock(), "updated_at": self.clock()} | columns
        row |= {"peer_sealed": peer, "phone_sealed": columns.get("phone")}
        row |= (
            {"elsewhere": True, "elsewhere_at": self.clock()}
            if "phone" in columns and "elsewhere" not in columns
            else {}
        )
        async with self.database.begin() as connection:
            return await connection.scalar(insert(conversation).values(row).returning(conversation.c.id))

    async def queue(self, *rows: dict[str, Any]) -> list[int]:
        """Rows of :func:`row` into the outbox; their ids."""
        async with self.database.begin() as connection:
            changes = Changes()
            for row in rows:
                changes.insert(outbox, **row)
            await changes.write(connection)
            keys = [row["key"] for row in rows]
            found = await connection.execute(select(outbox.c.key, outbox.c.id).where(outbox.c.key.in_(keys)))
            ids = {key: id for key, id in found}
        return [ids[key] for key in keys]

    def row(self, talk: int, peer: str, key: str, body: Say | Notice | None = None, **columns: Any) -> dict[str, Any]:
        """A waiting message, the next of its conversation."""
        self.seqs[talk] = self.seqs.get(talk, 0) + 1
        row = {
            "key": key, "conversation_id": talk, "seq": self.seqs[talk], "channel": "free", "account": "city",
            "peer": peer, "body": write_body(body or Say("您好")), "sender": "bot", "priority": 1, "state": "queued",
            "not_before": self.clock(), "created_at": self.clock(),
        }  # fmt: skip
        return row | columns

    async def see(self, key: str) -> Any:
        async with self.database.read() as connection:
            return (await connection.execute(select(outbox).where(outbox.c.key == key))).one()

    async def see_talk(self, talk: int) -> Any:
        async with self.database.read() as connection:
            return (await connection.execute(select(conversation).where(conversation.c.id == talk))).one()

    async def change(self, table: Any, id: int, **columns: Any) -> None:
        async with self.database.begin() as connection:
            await connection.execute(update(table).where(table.c.id == id).values(**columns))

    def worker(self, accounts: Accounts, *, awake: Any = always_awake) -> Worker:
        return Worker(self.database, accounts, now=self.clock, metrics=Metrics(), awake=awake)


async def settle_down(worker: Worker, *, seconds: float = 20.0) -> None:
    """Turn the worker until nothing is due and nothing is on its way."""
    async with asyncio.timeout(seconds):
        while await worker.once() or worker._sending:
            if worker._sending:
                await asyncio.wait(set(worker._sending), return_when=asyncio.FIRST_COMPLETED)

"""Takes codes to citizens' phones: drawn here, sent through the outbox, kept as keyed hashes, forgotten when over."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.accounts import Accounts
from bot.outbox import secret
from bot.outbox.letter import line_of
from bot.outbox.priority import Priority
from bot.outbox.telling import Telling, tell
from bot.store.citizens.proof_rows import mark_of
from bot.store.conversations import Conversation, claim
from bot.store.engine import Database
from bot.store.sealed import vault_of
from bot.store.tables import conversation, outbox, proof
from bot.store.tables.linking import UNTEXTED
from bot.work import Changes
from channels.message import Address, Notice

AT_ONCE = 50
"""Codes drawn in one transaction."""
CODES = {"phone": ("proof.code", 6), "claim": ("proof.claim", 8)}
"""The notice a code of each kind goes out with, and its digits."""
KEPT = timedelta(days=1)
"""How long a code's row outlives it: so long limits count it."""
_MINUTE = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeTexts:
    """One per process; runs as a job."""

    database: Database = field(repr=False)
    accounts: Accounts = field(repr=False)
    words: Callable[..., Notice] = field(repr=False)
    wake: Callable[[], None] = field(repr=False)
    now: Callable[[], datetime] = field(repr=False)

    async def send(self) -> int:
        """Draw and queue every code that waits. Returns how many there were."""
        due, done = select(proof.c.id).where(UNTEXTED).order_by(proof.c.id).limit(AT_ONCE), 0
        while True:
            async with self.database.read() as connection:
                ids = (await connection.scalars(due)).all()
            if not ids:
                return done
            done += await self._together(ids)

    async def forget(self) -> int:
        """Codes that are over, and what the outbox still holds of them. Returns how many there were."""
        old = select(proof.c.id).where(proof.c.until < self.now() - KEPT).order_by(proof.c.until).limit(AT_ONCE)
        done = 0
        while True:
            async with self.database.begin() as connection:
                ids = (await connection.scalars(old)).all()
                texts = update(outbox).where(outbox.c.key.in_([key_of(id) for id in ids]))
                over = case((outbox.c.state == "sent", "sent"), else_="cancelled")
                await connection.execute(texts.values(body=secret.GONE, state=over))
                await connection.execute(delete(proof).where(proof.c.id.in_(ids)))
            if not ids:
                return done
            done += len(ids)

    async def _together(self, ids: Sequence[int]) -> int:
        now, changes = self.now(), Changes()
        account = self.accounts.by_phone()
        if account is None:
            raise LookupError("codes wait to be texted, and no account can write to phones")
        waiting = select(proof).where(proof.c.id.in_(ids)).order_by(proof.c.id)
        async with self.database.begin() as connection:
            found = (await connection.execute(waiting)).mappings().all()
            to = {row["id"]: Address(account.channel.name, account.name, row["phone_sealed"]) for row in found}
            # Conversations first, as everywhere; whoever has them looks again at what still waits.
            talks = await claim(connection, to.values(), now=now)
            for row in (await connection.execute(waiting.where(UNTEXTED).with_for_update())).mappings().all():
                mine = talks[to[row["id"]]]
                telling = self._telling(connection, changes, row, mine, brief=account.capabilities.segments, now=now)
                tell(changes, account, mine, telling, now=now)
            for one in talks.values():
                changes.update(conversation, "id", one.id, **one.columns(now))
            await changes.write(connection)
        changes.committed()
        self.wake()
        return len(ids)

    def _telling(
        self, connection: AsyncConnection, changes: Changes, row: Any, mine: Conversation, *, brief: bool, now: datetime
    ) -> Telling:
        key, digits = CODES[row["kind"]]
        code = f"{secrets.randbelow(10**digits):0{digits}d}"
        changes.update(proof, "id", row["id"], code=mark_of(connection, row["id"], code))
        minutes = round((row["until"] - row["asked_at"]).total_seconds() / _MINUTE)
        params = {"code": secret.HIDDEN, "minutes": str(minutes)} | ({"number": row["ticket"]} if row["ticket"] else {})
        return Telling(
            key=key_of(row["id"]),
            body=self.words(key, params, brief=brief, locale=mine.memory.locale),
            # He waits for it: it goes at night too.
            priority=Priority.ANSWER,
            ticket=row["ticket"],
            sealed=vault_of(connection.dialect).seal(code),
        )


def can_text(accounts: Accounts, kind: str) -> bool:
    """Whether a code of this kind can leave at all: by a line that carries any words, or as a registered template."""
    account = accounts.by_phone()
    if account is None:
        return False
    line = line_of(account)
    return line.free_text or CODES[kind][0] in line.templates


def key_of(proof_id: int) -> str:
    """The outbox key of a code's message."""
    return f"proof:{proof_id}"

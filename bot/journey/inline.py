"""Keeps the promise of inline replies: offered, then known to be written, or known to have failed.

Confirmations are gathered and written together: one transaction for each reply would cost more than the reply.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import bindparam, update

from bot.logs import logger
from bot.store.engine import Database
from bot.store.manners.several import among
from bot.store.tables import outbox
from bot.store.tables.talk import OPEN_OUTBOX
from channels.adapter import Taken

log = logger(__name__)

PROVIDER_RETRIES = timedelta(seconds=20)
"""WeChat asks three times within 15 s: only then is the reply sent another way."""
PAUSE = 0.25
UNCONFIRMED = timedelta(seconds=60)

_SENT = (
    update(outbox)
    .where(
        among(outbox.c.in_reply_to, "messages"),
        (outbox.c.state == "offered") | (outbox.c.state == "held"),
        outbox.c.route == "inline",
    )
    .values(state="sent", sent_at=bindparam("at"), stage="accepted")
)
_FAILED = (
    update(outbox)
    .where(outbox.c.in_reply_to == bindparam("message"), outbox.c.state == "offered")
    # It was tried: what comes after it in the conversation waits for it.
    .values(state="queued", route="", why="inline_failed", attempts=1, not_before=bindparam("at"))
)


class Inline:
    """One per process; ``run`` writes what was gathered until it is cancelled, ``flush`` writes the rest."""

    def __init__(self, database: Database, *, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now
        self._sent: list[int] = []
        self._failed: list[dict[str, object]] = []
        self._gathered = asyncio.Event()

    async def sent(self, taken: Taken) -> None:
        """The response that carried the reply was written."""
        self._sent.append(taken.id)
        self._gathered.set()

    async def failed(self, taken: Taken) -> None:
        """The provider hung up first: it will ask again, and if it does not, the reply goes another way."""
        self._failed.append({"message": taken.id, "at": self._now() + PROVIDER_RETRIES})
        self._gathered.set()

    async def run(self) -> None:
        """Write what was gathered, a few times a second."""
        while True:
            await self._gathered.wait()
            await asyncio.sleep(PAUSE)
            self._gathered.clear()
            try:
                await self.flush()
            except Exception as error:
                log.error("inline not confirmed", action="inline.unconfirmed", error=type(error).__name__)

    async def flush(self) -> None:
        """Write everything gathered so far; what could not be written stays gathered."""
        sent, failed = self._sent, self._failed
        if not sent and not failed:
            return
        self._sent, self._failed = [], []
        try:
            async with self._database.begin() as connection:
                if sent:
                    await connection.execute(_SENT, {"messages": sent, "at": self._now()})
                if failed:
                    await connection.execute(_FAILED, failed)
        except BaseException:
            self._sent[:0], self._failed[:0] = sent, failed
            raise

    async def hold_unconfirmed(self) -> None:
        """Replies offered by a process that died: perhaps the citizen has them, so a person decides (decision 8)."""
        statement = update(outbox).where(
            OPEN_OUTBOX, outbox.c.state == "offered", outbox.c.created_at < self._now() - UNCONFIRMED
        )
        async with self._database.begin() as connection:
            await connection.execute(statement.values(state="held", why="inline_unconfirmed"))

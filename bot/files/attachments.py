"""Citizens' photos and files: kept once by what they contain, fetched from the provider after the commit."""

from __future__ import annotations

import asyncio
import hashlib
import os
import uuid
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import filetype
from sqlalchemy import select, update

from bot.accounts import Accounts
from bot.logs import logger
from bot.store.engine import Database
from bot.store.tables import attachment
from channels.adapter import Media
from channels.errors import Later, Never, SendError, TooLarge
from channels.message import Attachment, Kind

log = logger(__name__)

LEASE = timedelta(seconds=120)
AT_ONCE = 4
BACKOFF = (10, 60, 300, 1800, 7200)
MAX_ATTEMPTS = 8
POLL = 2.0
LONGEST_WAIT = timedelta(days=1)
LONGEST_FETCH = 60.0
PATIENCE = 10.0
"""Seconds a stop waits for what is being fetched; whoever starts next fetches the rest."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A file in the store."""

    sha256: str
    media_type: str
    size: int
    path: Path = field(repr=False)


class Store:
    """Files under ``folder/ab/cd/<sha256>``; the same content is kept once."""

    def __init__(self, folder: Path, *, max_bytes: int) -> None:
        self._folder = folder
        self._max_bytes = max_bytes

    def path(self, sha256: str) -> Path:
        """Where content with this digest lies."""
        return self._folder / sha256[:2] / sha256[2:4] / sha256

    def keep(self, content: bytes, *, media_type: str) -> Kept:
        """Write the content so that a crash leaves all of it or nothing. Raises TooLarge.

        The type is what the bytes say; ``media_type`` counts only where they say nothing.
        """
        if len(content) > self._max_bytes:
            raise TooLarge(f"a file of {len(content)} bytes is larger than the {self._max_bytes} allowed")
        digest = hashlib.sha256(content).hexdigest()
        path = self.path(digest)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            _write_whole(path, content)
        sniffed = filetype.guess_mime(content[:8192])
        return Kept(digest, sniffed or media_type or "application/octet-stream", len(content), path)


def _write_whole(path: Path, content: bytes) -> None:
    """A draft beside it, on the disk before it takes the name; the folder too, or a power cut forgets the name."""
    draft = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        with draft.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)
    finally:
        draft.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


class Fetcher:
    """Fetches what providers hold for us, a few at a time, under a lease."""

    def __init__(self, database: Database, accounts: Accounts, store: Store, *, now: Callable[[], datetime]) -> None:
        self._database = database
        self._accounts = accounts
        self._store = store
        self._now = now
        self._stopping = asyncio.Event()
        self._ended = asyncio.Event()
        self._ended.set()

    async def run(self) -> None:
        """Work until :meth:`stop`."""
        self._ended.clear()
        try:
            while not self._stopping.is_set():
                try:
                    found = await self.once()
                except Exception as error:
                    log.error("fetching failed", action="attachment.failed", error=type(error).__name__)
                    found = 0
                if not found:
                    await self._rest()
        finally:
            self._ended.set()

    async def stop(self) -> None:
        """Lease nothing more, and give what is being fetched a while to end: a file cut off in the middle would wait
        until its lease lapses."""
        self._stopping.set()
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                await self._ended.wait()

    async def _rest(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(POLL):
                await self._stopping.wait()

    async def once(self) -> int:
        """Fetch a few pending files; returns how many were tried."""
        rows = await self._lease()
        await asyncio.gather(*(self._fetch(row) for row in rows))
        return len(rows)

    async def _lease(self) -> Sequence[Any]:
        now = self._now()
        free = (attachment.c.lease_until.is_(None)) | (attachment.c.lease_until < now)
        statement = (
            select(attachment)
            .where(attachment.c.state == "pending", attachment.c.not_before <= now, free)
            .order_by(attachment.c.not_before)
            .limit(AT_ONCE)
            .with_for_update(skip_locked=True)
        )
        async with self._database.begin() as connection:
            rows = (await connection.execute(statement)).all()
            if rows:
                mine = attachment.c.id.in_([row.id for row in rows])
                await connection.execute(update(attachment).where(mine).values(lease_until=now + LEASE))
        return rows

    async def _fetch(self, row: Any) -> None:
        account = self._accounts.get(row.channel, row.account)
        try:
            if account is None:
                raise Later("nobody configured this account now")  # a slip of an operator's must not lose a photo
            if not isinstance(account.adapter, Media):
                raise Never("this channel cannot fetch files")
            wanted = Attachment(row.ref, Kind(row.kind), row.media_type, row.name)
            async with asyncio.timeout(LONGEST_FETCH):
                content, media_type = await account.adapter.fetch(wanted)
            kept = await asyncio.to_thread(self._store.keep, content, media_type=media_type)
        except Exception as error:  # a full disk, an adapter's slip: the next file must not wait for it
            await self._note(row, _after(row, error, self._now()))
            return
        await self._note(
            row, {"state": "stored", "sha256": kept.sha256, "media_type": kept.media_type, "size": kept.size}
        )

    async def _note(self, row: Any, columns: dict[str, object]) -> None:
        statement = update(attachment).where(attachment.c.id == row.id).values(lease_until=None, **columns)
        async with self._database.begin() as connection:
            await connection.execute(statement)


def _after(row: Any, error: Exception, now: datetime) -> dict[str, object]:
    code = (error.code if isinstance(error, SendError) else "") or type(error).__name__
    attempts = row.attempts + 1
    if isinstance(error, Never | TooLarge) or attempts >= MAX_ATTEMPTS:
        log.warning("file lost", action="attachment.gone", channel=row.channel, code=code)
        return {"state": "gone", "attempts": attempts, "error_code": code[:64]}
    wait = timedelta(seconds=BACKOFF[min(attempts, len(BACKOFF)) - 1])
    if isinstance(error, Later) and error.after is not None:
        wait = timedelta(seconds=min(max(error.after, 1.0), LONGEST_WAIT.total_seconds()))
    return {"attempts": attempts, "error_code": code[:64], "not_before": now + wait}

"""Takes mail out of one mailbox, for ever: batch by batch, each marked as taken only once the hub has it."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from typing import TypeVar

from channels.errors import Credential, Later, Malformed
from channels.mailbox import cursor as cursors
from channels.mailbox.imap import BROKEN, Fetched, IdleBroken, Session, connect
from channels.mailbox.keys import Keys
from channels.mailbox.parse import Reader
from channels.mailbox.settings import MailboxSettings
from channels.message import Batch, Inbound, Receipt

IDLE_AGAIN = 3600.0
"""Seconds we do without IDLE after a server broke its word."""

R = TypeVar("R")


@dataclass(slots=True)
class Polling:
    """One account's way in."""

    settings: MailboxSettings = field(repr=False)
    keys: Keys = field(repr=False)
    reader: Reader
    tls: ssl.SSLContext = field(repr=False)
    now: Callable[[], datetime] = field(repr=False)
    _no_idle_until: float = 0.0

    async def poll(self, cursor: str) -> AsyncIterator[tuple[Batch, str]]:
        """See :meth:`channels.adapter.Pollable.poll`."""
        thread = ThreadPoolExecutor(1, thread_name_prefix="mailbox")
        opened: list[Session] = []
        try:
            token = await self.keys.token()
            session = await _in(thread, lambda: self._connect(token, opened))
            at = session.begin(cursors.read(cursor))
            while True:
                batches = session.batches(at)
                while (found := await _in(thread, lambda b=batches: self._next(b))) is not None:  # type: ignore[misc]
                    batch, uids = found
                    at = at.after(uids[-1])
                    yield batch, str(at)
                    # Asked for more: this one is committed. A crash before this line leaves it unmarked, no more.
                    await _in(thread, lambda u=uids, s=session: s.taken(u))  # type: ignore[misc]
                await _in(thread, lambda s=session: self._wait(s))  # type: ignore[misc]
        except BROKEN as problem:
            raise Later(f"the mail server went away: {type(problem).__name__}") from None
        finally:
            for one in opened:
                one.abort()
            thread.submit(_close, opened)  # after what the thread is at: it may just be opening the connection
            thread.shutdown(wait=False)

    def _connect(self, token: str, opened: list[Session]) -> Session:
        try:
            opened.append(connect(self.settings, password=self.keys.password, token=token, tls=self.tls))
        except Credential:
            self.keys.forget()
            raise
        return opened[0]

    def _next(self, batches: Iterator[list[Fetched]]) -> tuple[Batch, Sequence[int]] | None:
        for mails in batches:
            if mails:
                return self._read(mails), [mail.uid for mail in mails]
        return None

    def _read(self, mails: Sequence[Fetched]) -> Batch:
        """Their batch. A mail nothing can be read of costs its neighbours nothing, and is kept itself."""
        messages: list[Inbound] = []
        receipts: list[Receipt] = []
        ignored: list[str] = []
        at = self.now()
        for mail in mails:
            try:
                one = self.reader.read(mail.raw, at=at, size=mail.size)
            except Malformed:
                messages.append(self.reader.unreadable(mail.raw, at=at))
                continue
            messages += one.messages
            receipts += one.receipts
            ignored += one.ignored
        return Batch(tuple(messages), tuple(receipts), tuple(ignored))

    def _wait(self, session: Session) -> None:
        """IDLE where the server offers it and keeps its word, and a look by ourselves in any case."""
        seconds = self.settings.poll_seconds
        if session.can_idle and monotonic() >= self._no_idle_until:
            try:
                session.wait(seconds)
            except IdleBroken:
                self._no_idle_until = monotonic() + IDLE_AGAIN
                raise Later("the server does not keep to IDLE: polling for now", after=0.0) from None
        else:
            session.rest(seconds)
        session.check()


async def _in(thread: ThreadPoolExecutor, call: Callable[[], R]) -> R:
    """Run a blocking call in the mailbox's own thread."""
    return await asyncio.get_running_loop().run_in_executor(thread, call)


def _close(opened: Sequence[Session]) -> None:
    for one in opened:
        one.close()

"""A line held open as the hub's poller holds it: what it yields is kept, and the cursor with it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any

from channels.adapter import Tools
from channels.errors import SendError
from channels.message import Address, Inbound, Outbound, Receipt, Say
from channels.sms.building import build
from channels.sms.line.account import Line
from channels.sms.settings import SmsSettings

NOW = datetime(2026, 1, 1, 8, 0, tzinfo=UTC)
PHONE = "13800138000"


class Held:
    """The poller's side: one session after the other, beginning from the last cursor that was committed."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self.line = build("city", SmsSettings.model_validate(settings), Tools(now=lambda: self.now, http=lambda: None))
        assert isinstance(self.line, Line)
        self.now = NOW
        self.cursor = ""
        self.messages: list[Inbound] = []
        self.receipts: list[Receipt] = []
        self.ignored: list[str] = []
        self.broken = False
        """Whether the store is away: what is yielded is not kept, and the polling ends."""
        self.fault: SendError | None = None

    async def run(self) -> None:
        """One session."""
        try:
            async with aclosing(self.line.poll(self.cursor)) as batches:
                async for batch, cursor in batches:
                    if self.broken:
                        return
                    self.messages += batch.messages
                    self.receipts += batch.receipts
                    self.ignored += batch.ignored
                    self.cursor = cursor
        except SendError as fault:
            self.fault = fault

    async def until(self, what: Any, *, seconds: float = 10) -> None:
        """Wait until ``what()`` holds."""
        async with asyncio.timeout(seconds):
            while not what():
                await asyncio.sleep(0.01)

    async def send(self, text: str) -> str:
        """Send one text."""
        return await self.line.send(Outbound(key="k", address=Address("sms", "city", PHONE), body=Say(text)))

    @property
    def texts(self) -> list[str]:
        return [one.text for one in self.messages]


@asynccontextmanager
async def session(held: Held) -> AsyncIterator[Held]:
    """One session of a line, bound when the block begins, ended as the poller ends it."""
    task = asyncio.create_task(held.run())
    try:
        await held.until(lambda: held.line.ready or task.done())
        yield held
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await held.line.close()


@asynccontextmanager
async def holding(settings: Mapping[str, Any], **over: Any) -> AsyncIterator[Held]:
    """A new line with one session."""
    async with session(Held({**settings, **over})) as held:
        yield held

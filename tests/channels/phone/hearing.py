"""Listens to a line on a switchboard, as the hub's poller does, and waits for what a test expects."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from typing import Any

from channels.calls import CallStep


@asynccontextmanager
async def heard(line: Any, listening: asyncio.Event) -> AsyncIterator[list[CallStep]]:
    """What the polling of ``line`` tells, while the block runs; ``listening`` is set once the switchboard has it."""
    steps: list[CallStep] = []

    async def poll() -> None:
        async with aclosing(line.poll("")) as batches:
            async for batch, _ in batches:
                steps.extend(batch.calls)

    task = asyncio.create_task(poll())
    try:
        await asyncio.wait_for(listening.wait(), 5)
        await asyncio.sleep(0.05)
        yield steps
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(there: Callable[[], Any]) -> None:
    """Wait until it is there."""
    async with asyncio.timeout(5):
        while not there():
            await asyncio.sleep(0.01)

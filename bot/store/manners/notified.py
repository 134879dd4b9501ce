"""Hears what is said by NOTIFY on a PostgreSQL database, over a connection of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

HELD = 1000
"""Payloads that wait to be taken; more are dropped."""


async def notified(url: URL, channel: str) -> AsyncIterator[str]:
    """Yields each payload said on ``channel``. Raises ConnectionError when the connection ends, and whatever opening it
    raises."""
    engine = create_async_engine(url, poolclass=NullPool)
    said: asyncio.Queue[str | None] = asyncio.Queue(HELD)

    def heard(_connection: Any, _pid: int, _channel: str, payload: str) -> None:
        if not said.full():
            said.put_nowait(payload)

    def ended(_connection: Any) -> None:
        if said.full():
            said.get_nowait()
        said.put_nowait(None)

    try:
        async with engine.connect() as connection:
            driver: Any = (await connection.get_raw_connection()).driver_connection
            driver.add_termination_listener(ended)
            await driver.add_listener(channel, heard)
            try:
                while (payload := await said.get()) is not None:
                    yield payload
                raise ConnectionError("the database closed the connection that listened")
            finally:
                if not driver.is_closed():
                    await driver.remove_listener(channel, heard)
                driver.remove_termination_listener(ended)
    finally:
        await engine.dispose()

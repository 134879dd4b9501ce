"""The hub's heart over a real database, with one web chat account and the demonstration city; nothing else runs."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path

from bot.services import Services, build
from bot.settings import load
from channels.message import Address, Batch, Inbound, Kind

NOW = datetime(2026, 9, 18, 12, 33, tzinfo=UTC)
_KEYS = itertools.count(1)


def still() -> datetime:
    """A clock that stands."""
    return NOW


def house(
    url: str,
    folder: Path,
    *,
    batch_max: int = 64,
    queue_max: int = 2048,
    now: Callable[[], datetime] = still,
) -> Services:
    """Everything built, nothing started."""
    default = {
        "store": {"url": url, "connections": 4},
        "files": {"folder": str(folder)},
        "hub": {"batch_max": batch_max, "queue_max": queue_max},
        "channels": {"app": {"web": {"jwt_secret": "an example secret of the tests, 32 bytes+"}}},
    }
    return build(load(None, {}, default=default), now=now)


@contextlib.asynccontextmanager
async def at_work(services: Services) -> AsyncIterator[Services]:
    """It takes messages until the block ends."""
    try:
        yield services
    finally:
        await services.http.close()
        await services.database.close()


def words(peer: str, text: str, *, key: str = "") -> Inbound:
    """A text a citizen of the web chat writes."""
    return Inbound(
        address=Address("app", "web", peer), id=key or f"k{next(_KEYS)}", sent_at=NOW, kind=Kind.TEXT, text=text
    )


def one(peer: str, text: str, *, key: str = "") -> Batch:
    """A call that brings one message."""
    return Batch((words(peer, text, key=key),))

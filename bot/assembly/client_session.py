"""The one client session with which a process asks others over HTTP."""

from __future__ import annotations

from dataclasses import dataclass

import aiohttp


@dataclass(slots=True)
class Http:
    """The process's one client session, opened on first use."""

    session: aiohttp.ClientSession | None = None

    def __call__(self) -> aiohttp.ClientSession:
        if self.session is None or self.session.closed:
            self.session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30, connect=5))
        return self.session

    async def close(self) -> None:
        """Close it if it was ever opened."""
        if self.session is not None:
            await self.session.close()

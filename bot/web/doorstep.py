"""Closes connections that never finish a first request: without it a few thousand of them lock the citizens out.

The web server bounds idle time between requests, not the time a caller takes over his first headers.
"""

from __future__ import annotations

import asyncio

from aiohttp import web
from aiohttp.typedefs import Handler

PATIENCE = 20.0
"""Seconds a caller has for his first request's headers."""
SWEEP = 2.0


class Doorstep:
    """Knows which connections have spoken. One per application."""

    def __init__(self, *, patience: float = PATIENCE, sweep: float = SWEEP) -> None:
        self._patience = patience
        self._sweep = sweep
        self._spoken: set[object] = set()
        self._since: dict[object, float] = {}

    @web.middleware
    async def heard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """The headers of a request are complete."""
        self._spoken.add(request.protocol)
        return await handler(request)

    async def watch(self, server: web.Server) -> None:
        """Close who has been silent for too long, until cancelled."""
        clock = asyncio.get_running_loop().time
        while True:
            await asyncio.sleep(self._sweep)
            now, connections = clock(), server.connections
            self._since = {one: self._since.get(one, now) for one in connections}
            self._spoken.intersection_update(connections)
            for one in connections:
                if one not in self._spoken and now - self._since[one] >= self._patience:
                    one.force_close()

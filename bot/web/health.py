"""Whether the hub lives, whether it can work, and its figures: for the city's own monitoring."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy import text

from bot.clock import CITY_TIME
from bot.services import Services

PATIENCE = 3.0


@dataclass(frozen=True, slots=True)
class Health:
    """``/healthz`` the process, ``/readyz`` everything it needs, ``/metrics`` its figures."""

    services: Services = field(repr=False)

    def routes(self) -> list[web.RouteDef]:
        """The three addresses."""
        return [
            web.get("/healthz", self.alive),
            web.get("/readyz", self.ready),
            web.get("/metrics", self.figures),
        ]

    async def alive(self, _request: web.Request) -> web.Response:
        """The process answers."""
        return web.json_response({"status": "ok"})

    async def ready(self, _request: web.Request) -> web.Response:
        """503 while anything needed is missing; ``warnings`` do not count against it."""
        checks = {
            "database": await self._database(),
            "outbox": self.services.outbox.alive,
            "scheduler": self.services.scheduler.alive,
        }
        warnings = []
        year = self.services.now().astimezone(CITY_TIME).year
        if self.services.city.calendar.uncertain(year):
            warnings.append(f"{year} 年放假安排未导入,按周末推算工作日 (no State Council notice: weekends assumed)")
        body = {"status": "ok" if all(checks.values()) else "not ready", "checks": checks, "warnings": warnings}
        return web.json_response(body, status=200 if all(checks.values()) else 503)

    async def figures(self, _request: web.Request) -> web.Response:
        """Prometheus text."""
        return web.Response(body=self.services.metrics.page(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def _database(self) -> bool:
        try:
            async with asyncio.timeout(PATIENCE), self.services.database.read() as connection:
                await connection.execute(text("SELECT 1"))
        except Exception:
            return False
        return True

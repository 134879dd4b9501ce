"""A provider on loopback that misbehaves on order, and an adapter that talks to it over real HTTP."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import aiohttp
from aiohttp import web

from bot.accounts import Account, Accounts
from channels.adapter import Channel
from channels.capabilities import Capabilities, Permit, Rate, Route, Unit, Window
from channels.errors import Away, Credential, Later, Never, OptedOut, SendError, Unknown, WindowClosed
from channels.message import Outbound, Trigger

ERRORS: dict[str, type[SendError]] = {
    "never": Never, "opted_out": OptedOut, "window": WindowClosed, "credential": Credential, "later": Later
}  # fmt: skip


@dataclass
class Provider:
    """What arrived, in order; ``orders`` are answered first: an error's name, "hang_up" (after taking it), "lost"."""

    arrived: list[tuple[float, str, str, str]] = field(default_factory=list)
    """(when, peer, key, route)"""
    orders: dict[str, deque[str]] = field(default_factory=lambda: defaultdict(deque))
    delay: float = 0.0
    under_way: int = 0
    most_under_way: int = 0
    port: int = 0
    _runner: web.AppRunner | None = None

    async def start(self, port: int = 0) -> None:
        app = web.Application()
        app.router.add_post("/send", self._send)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    def told(self, peer: str | None = None) -> list[str]:
        return [key for _, to, key, _ in self.arrived if peer is None or to == peer]

    async def _send(self, request: web.Request) -> web.Response:
        said = await request.json()
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            if self.delay:
                await asyncio.sleep(self.delay)
            orders = self.orders[said["key"]] or self.orders["*"]
            order = orders.popleft() if orders else ""
            if order.split(":")[0] in ERRORS:
                return web.json_response({"error": order})
            self.arrived.append((time.monotonic(), said["peer"], said["key"], said["route"]))
            if order == "hang_up" and request.transport is not None:
                request.transport.abort()
            return web.json_response({"id": f"p-{said['key']}"})
        finally:
            self.under_way -= 1


@dataclass
class HttpAdapter:
    """Knows the provider's address and nothing else."""

    port: int
    account: str
    templates: frozenset[str] = frozenset()
    free_text: bool = True
    permits: Mapping[str, Permit] = field(default_factory=dict)
    permit_page: str = ""
    _session: aiohttp.ClientSession | None = None

    async def send(self, out: Outbound) -> str:
        if self._session is None:
            self._session = aiohttp.ClientSession()
        body = {"peer": out.address.peer, "key": out.key, "route": str(out.route)}
        try:
            async with self._session.post(f"http://127.0.0.1:{self.port}/send", json=body) as response:
                said = await response.json()
        except aiohttp.ClientConnectorError:
            raise Away("no connection") from None
        except aiohttp.ClientError:
            raise Unknown("the line broke after the request left") from None
        if order := said.get("error"):
            name, _, detail = order.partition(":")
            if name == "later" and detail:
                raise Later("the account must rest", after=float(detail), whole_account=True)
            raise ERRORS[name](name, code="4711")
        return str(said["id"])

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()


FREE = Capabilities(
    text_limit=500, text_unit=Unit.CHARACTERS, routes=(Route.DIRECT,), rate=Rate(per_second=2000, burst=500)
)
REPEATABLE = Capabilities(
    text_limit=500,
    text_unit=Unit.CHARACTERS,
    routes=(Route.DIRECT,),
    rate=Rate(per_second=2000, burst=500),
    idempotent=True,
)
WINDOWED = Capabilities(
    text_limit=500,
    text_unit=Unit.CHARACTERS,
    routes=(Route.INLINE, Route.DIRECT, Route.SUBSCRIPTION, Route.TEMPLATE),
    windows={
        Trigger.MESSAGE: Window(5, timedelta(hours=48)),
        Trigger.MENU: Window(3, timedelta(minutes=1)),
    },
    rate=Rate(per_second=2000, burst=500),
)
UNCOUNTED_DAYS = Capabilities(
    text_limit=500,
    text_unit=Unit.CHARACTERS,
    routes=(Route.INLINE, Route.DIRECT),
    windows={Trigger.MESSAGE: Window(None, timedelta(hours=48)), Trigger.MENTION: Window(1, timedelta(hours=48))},
    rate=Rate(per_second=2000, burst=500),
)
"""As many as we like for two days, or one."""
TEXTS = Capabilities(
    text_limit=70,
    text_unit=Unit.UTF16_UNITS,
    routes=(Route.DIRECT, Route.TEMPLATE),
    segments=True,
    phone_addressed=True,
    rate=Rate(per_second=2000, burst=500),
)


def account(
    name: str,
    capabilities: Capabilities,
    port: int,
    *,
    templates: frozenset[str] = frozenset(),
    free_text: bool = True,
    permits: Mapping[str, Permit] | None = None,
) -> Account:
    """One account, city, of a channel called ``name``."""
    adapter = HttpAdapter(port, "city", templates, free_text, permits or {})
    channel = Channel(name, name, capabilities, dict, lambda _name, _settings, _tools: adapter)
    return Account(channel, "city", adapter)


def accounts(*each: Account) -> Accounts:
    return Accounts({(one.channel.name, one.name): one for one in each})


async def close(all_: Accounts) -> None:
    """Close what the adapters hold open."""
    for one in all_:
        await one.adapter.close()

"""The whole hub in one process, on a real port, with a clock the test moves and providers played on loopback."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from sqlalchemy import Table, select

from bot.jobs import callbacks, clocks
from bot.running import working
from bot.scheduler import Scheduler
from bot.services import Services, build
from bot.settings import load
from bot.store.tables import attachment, conversation, message, outbox, ticket
from bot.web.app import make_app
from tests.channels.wechat.case import ACCOUNT
from tests.channels.wechat.peer import WeChatPeer
from tests.journeys.chat import ChatCitizen
from tests.journeys.clock import CITY_TIME, Clock
from tests.journeys.sms import HOOK_SECRET, TEMPLATES, SmsCitizen, SmsPeer
from tests.journeys.wechat import WeChatCitizen
from tickets.orders import Command, Order
from tickets.ticket import Actor, Role

EVENING = datetime(2026, 9, 18, 20, 33, tzinfo=CITY_TIME)
"""The Friday evening on which the scripts of the domain begin."""
PATIENCE = 10.0
UNIT = "D04C"
"""天桥区城管局."""
_BY = {
    Command.DISPATCH: Actor(Role.DISPATCHER, "0101"),
    Command.REVIEW_PASS: Actor(Role.REVIEWER, "0202"),
    Command.REVIEW_REJECT: Actor(Role.REVIEWER, "0202"),
    Command.RAISE_URGENCY: Actor(Role.AGENT, "0128"),
    Command.APPROVE_EXTENSION: Actor(Role.DISPATCHER, "0101"),
    Command.APPROVE_SUSPEND: Actor(Role.OFFICE_LEADER, "0001"),
}


@dataclass(frozen=True, slots=True)
class Town:
    """The running hub and who lives around it."""

    services: Services
    base: str
    clock: Clock
    http: aiohttp.ClientSession
    wechat_peer: WeChatPeer
    sms_peer: SmsPeer
    wechat: WeChatCitizen = field(init=False)
    sms: SmsCitizen = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "wechat", self.wechat_citizen("oABCD1234567890abcdefghijklm"))
        object.__setattr__(self, "sms", SmsCitizen(self.http, f"{self.base}/hooks/sms/city", self.sms_peer, self.clock))

    def wechat_citizen(self, openid: str) -> WeChatCitizen:
        """Somebody else on WeChat."""
        return WeChatCitizen(self.http, f"{self.base}/hooks/wechat/city", self.wechat_peer, self.clock, openid)

    async def chat(self) -> ChatCitizen:
        """Somebody who opens the web chat."""
        citizen = ChatCitizen(self.http, f"{self.base}/api/chat/v1")
        await citizen.arrive()
        return citizen

    async def call_back(self) -> int:
        """What the scheduler would run: ask for ratings."""
        return await callbacks.call_back(self.services.office)

    async def keep_time(self) -> int:
        """What the scheduler would run: look at every ticket whose hour has come."""
        return await clocks.keep_time(self.services.office)

    async def text_officers(self) -> int:
        """What the scheduler would run: take grave alerts to officers' phones."""
        assert self.services.texts.alerts
        return await self.services.texts.alerts.send()

    async def order(self, number: str, command: Command, **data: object) -> None:
        """An officer's order; the unit's where no officer gives it."""
        await self.services.office.order(number, Order(command, _BY.get(command, Actor(Role.UNIT, UNIT)), data))

    async def handle(self, number: str, reply: str, *, contact: bool = True) -> None:
        """派单 to 审核通过: everything between the citizen's 提交 and the callback."""
        await self.order(number, Command.DISPATCH, lead=UNIT)
        await self.order(number, Command.SIGN)
        await self.settle(number, reply, contact=contact)

    async def settle(self, number: str, reply: str, *, contact: bool = True) -> None:
        """The unit's part once it has signed, and the reviewer's."""
        if contact:
            await self.order(number, Command.CONTACT, method="phone")
        await self.order(number, Command.SUBMIT_REPLY, public_reply=reply, closing_kind="solved")
        await self.order(number, Command.REVIEW_PASS)

    async def rows(self, table: Table, **where: object) -> list[Mapping[str, Any]]:
        """Rows of a table, oldest first."""
        statement = select(table).where(*(table.c[name] == value for name, value in where.items()))
        first = next(iter(table.primary_key.columns))
        async with self.services.database.read() as connection:
            return [dict(row) for row in (await connection.execute(statement.order_by(first))).mappings()]

    async def ticket(self) -> Mapping[str, Any]:
        """The only ticket there is."""
        (row,) = await self.rows(ticket)
        return row

    async def fetched(self, id_: str) -> Mapping[str, Any]:
        """The citizen's file, once the hub has got it from the provider."""
        async with asyncio.timeout(PATIENCE):
            while (row := (await self.rows(attachment, id=id_))[0])["state"] == "pending":
                await asyncio.sleep(0.05)
        assert row["state"] == "stored", row["error_code"]
        assert self.services.files.path(row["sha256"]).stat().st_size == row["size"]
        return row

    async def story(self) -> list[tuple[int, str]]:
        """(seq, what) of every line of the only conversation, in its order."""
        (mine,) = await self.rows(conversation)
        heard = [(row["seq"], "heard") for row in await self.rows(message, conversation_id=mine["id"])]
        told = [(row["seq"], row["key"]) for row in await self.rows(outbox, conversation_id=mine["id"])]
        return sorted(heard + told)


async def until(there: Callable[[], bool]) -> None:
    """Wait for something another task does; fails after ten seconds."""
    async with asyncio.timeout(PATIENCE):
        while not there():
            await asyncio.sleep(0.02)


@asynccontextmanager
async def running(
    url: str,
    clock: Clock,
    wechat_peer: WeChatPeer,
    sms_peer: SmsPeer,
    *,
    folder: Path,
    city: dict[str, str],
    more: Mapping[str, Any] | None = None,
) -> AsyncIterator[Town]:
    """The hub over the database ``url`` until the block ends. Jobs run when the test says so, not by the clock.
    ``more`` are further channels."""
    default = _settings(url, wechat_peer, sms_peer, folder, city)
    default["channels"] |= more or {}
    settings = load(None, {}, default=default)
    services = build(settings, now=clock.now)
    idle = Scheduler(services.database, now=clock.now, metrics=services.metrics)
    async with working(replace(services, scheduler=idle)), aiohttp.ClientSession() as http:
        runner = web.AppRunner(make_app(services), access_log=None, handler_cancellation=False, shutdown_timeout=1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        try:
            yield Town(services, f"http://127.0.0.1:{runner.addresses[0][1]}", clock, http, wechat_peer, sms_peer)
        finally:
            await runner.cleanup()


def _settings(
    url: str, wechat_peer: WeChatPeer, sms_peer: SmsPeer, folder: Path, city: dict[str, str]
) -> dict[str, Any]:
    sms = {
        "provider": "aliyun",
        "access_key_id": "id",
        "access_key_secret": "a-key-of-the-tests",
        "sign_name": "泉城12345",
        "hook_secret": HOOK_SECRET,
        "api_base": sms_peer.base,
        "templates": TEMPLATES,
    }
    return {
        "store": {"url": url, "connections": 4},
        "files": {"folder": str(folder)},
        "city": city,
        "channels": {
            "wechat": {"city": {**ACCOUNT, **wechat_peer.settings, "timeout_seconds": 5}},
            "sms": {"city": sms},
            "app": {"web": {"jwt_secret": "an example secret of the tests, 32 bytes+"}},
        },
    }

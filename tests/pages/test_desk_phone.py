"""来电弹屏 in a real browser: the call pops up on whatever page is open, the form opens a ticket, axe-core finds nothing."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import ClientSession
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, Page, expect
from sqlalchemy import select

from bot.services import Services
from bot.store.migrating import migrate
from bot.store.tables import ticket
from bot.web.app import make_app
from channels.signature import signature
from tests.bot.phone.house import AT, CITIZEN, KEY, SECRET, house
from tests.journeys.clock import Clock
from tests.pages.conftest import shoot
from tests.pages.test_callback_pages import faults

pytestmark = pytest.mark.asyncio(loop_scope="session")


@dataclass
class Hotline:
    """A hub with a hotline, and its address."""

    services: Services
    base: str

    async def tells(self, what: str, *, call: str = "c1") -> None:
        """The switchboard's bridge calls."""
        event = {
            "event_id": f"{call}-{what}", "type": f"call.{what}", "call_id": call, "direction": "in",
            "caller": CITIZEN, "callee": "12345", "agent_ext": "1001", "ts": AT.isoformat(),
        }  # fmt: skip
        body, stamp = json.dumps(event).encode(), str(int(AT.timestamp()))
        headers = {"X-Hub-Timestamp": stamp, "X-Hub-Signature": signature(SECRET, ts=stamp, body=body)}
        async with (
            ClientSession() as http,
            http.post(f"{self.base}/hooks/phone/city", data=body, headers=headers) as told,
        ):
            assert told.status == 200


@pytest_asyncio.fixture(loop_scope="session")
async def hotline(tmp_path: Path) -> AsyncIterator[Hotline]:
    url = f"sqlite+aiosqlite:///{tmp_path}/minsheng.db"
    await migrate(url)
    services = house(url, tmp_path, now=Clock(AT).now)
    server = TestServer(make_app(services))
    await server.start_server()
    yield Hotline(services, str(server.make_url("/")).rstrip("/"))
    await server.close()
    await services.http.close()
    await services.database.close()


async def seated(browser: Browser, hotline: Hotline) -> Page:
    context = await browser.new_context(locale="zh-CN", viewport={"width": 1280, "height": 900})
    page = await context.new_page()
    page.set_default_timeout(8000)
    page.on("pageerror", lambda error: pytest.fail(f"page error: {error}"))
    await page.goto(f"{hotline.base}/desk/login")
    await page.get_by_label("姓名").fill("王敏")
    await page.get_by_label("口令").fill(KEY)
    await page.get_by_role("button").click()
    await page.get_by_role("link", name="话务").click()
    await page.get_by_label("分机号").fill("1001")
    await page.get_by_role("button", name="确定").click()
    return page


async def test_a_call_pops_up_and_becomes_a_ticket(browser: Browser, hotline: Hotline, axe: str) -> None:
    page = await seated(browser, hotline)
    await page.goto(f"{hotline.base}/desk")
    pop = page.get_by_role("complementary", name="来电")
    await hotline.tells("ringing")
    await expect(pop).to_contain_text("来电振铃 138****8000")
    await shoot(page, "desk-phone-pop")
    second = await page.context.new_page()
    await second.goto(f"{hotline.base}/desk/talks")
    await expect(second.get_by_role("complementary", name="来电")).to_contain_text("来电振铃")
    await page.goto(f"{hotline.base}/desk")  # who listened is gone: the other page takes over
    await hotline.tells("held")
    assert await faults(page, axe) == []
    await hotline.tells("answered")
    await expect(second.get_by_role("complementary", name="来电")).to_contain_text("通话中")
    await second.close()
    await expect(pop).to_contain_text("通话中")
    await pop.get_by_role("link", name="打开话务登记").click()
    await expect(pop).to_be_hidden()
    await page.get_by_label("事件").fill("天桥区明湖西路12号门口的路灯坏了一个星期了，晚上很黑")
    await page.get_by_label("时间").fill("一周前")
    await page.get_by_label("诉求（").fill("尽快修好")
    await shoot(page, "desk-phone-form")
    assert await faults(page, axe) == []
    await page.get_by_role("button", name="登记工单").click()
    async with hotline.services.database.read() as connection:
        number = await connection.scalar(select(ticket.c.number))
    await expect(page.get_by_role("status").filter(has_text="请告知市民")).to_contain_text(str(number))
    await shoot(page, "desk-phone-done")
    assert await faults(page, axe) == []
    await hotline.tells("ended")
    await hotline.tells("ringing", call="c2")
    await expect(pop).to_contain_text(f"在办：{number}")
    await page.set_viewport_size({"width": 360, "height": 740})
    await shoot(page, "desk-phone-small")
    assert await page.evaluate("document.documentElement.scrollWidth") <= 360
    for path in ("/desk/phone", "/desk/calls"):
        await page.goto(f"{hotline.base}{path}")
        assert await faults(page, axe) == []
    await page.context.close()

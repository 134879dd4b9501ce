"""The desk's pages of alerts and supervisions in a real browser: what axe-core finds, on a screen and on a phone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestServer
from playwright.async_api import expect

from bot.running import working
from bot.services import build
from bot.store.migrating import migrate
from bot.web.app import make_app
from tests.bot.web.desk.test_desk import KEY, reported, settings
from tests.pages.conftest import PHONE, shoot
from tests.pages.test_access import TAGS
from tickets.orders import Command, Order
from tickets.ticket import Actor, Role

pytestmark = pytest.mark.asyncio(loop_scope="session")
ISSUED = Order(Command.SUPERVISE, Actor(Role.SUPERVISOR, "督"), {"level": "L4", "ground": "instruction"})


@pytest_asyncio.fixture(loop_scope="session")
async def desk_url(tmp_path: Path) -> AsyncIterator[str]:
    """A hub with one dispatched ticket under supervision."""
    url = f"sqlite+aiosqlite:///{tmp_path}/desk.db"
    await migrate(url)
    async with working(build(settings(url, tmp_path, desk_key=KEY))) as services:
        number = await reported(services)
        dispatch = Order(Command.DISPATCH, Actor(Role.DISPATCHER, "白"), {"lead": "D01C"})
        for order in (dispatch, ISSUED):
            await services.office.order(number, order)
        server = TestServer(make_app(services))
        await server.start_server()
        yield str(server.make_url("/"))
        await server.close()


@pytest.mark.parametrize("size", ["wide", "phone"])
async def test_alerts_and_supervisions_are_for_everybody(browser, desk_url, axe, size) -> None:
    viewport = PHONE if size == "phone" else {"width": 1280, "height": 800}
    context = await browser.new_context(viewport=viewport, locale="zh-CN")
    page = await context.new_page()
    await page.goto(f"{desk_url}desk/login")
    await page.get_by_label("姓名").fill("王敏")
    await page.get_by_label("口令").fill(KEY)
    await page.get_by_role("button", name="登录").click()
    for path, heading in (("alerts", "单位提醒"), ("supervision", "督办")):
        await page.goto(f"{desk_url}desk/{path}")
        await expect(page.get_by_role("heading", level=1, name=heading)).to_be_visible()
        await shoot(page, f"desk-{path}-{size}")
        await page.evaluate(axe)
        found = await page.evaluate("tags => axe.run(document, {runOnly: tags})", TAGS)
        assert [(fault["id"], [node["html"] for node in fault["nodes"]]) for fault in found["violations"]] == []
    await page.goto(f"{desk_url}desk/alerts")
    rows = page.locator("tbody tr")
    before = await rows.count()
    await page.get_by_role("button", name="已阅提醒").first.click()
    await expect(rows).to_have_count(before - 1)
    await page.get_by_role("button", name="本页全部已阅").click()
    await expect(page.get_by_text("没有未阅的提醒")).to_be_visible()
    await context.close()

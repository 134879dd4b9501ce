"""The desk's pages of privacy in a browser: what axe-core finds, on a wide and a narrow screen, and the way through them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, Page, expect
from sqlalchemy import update

from bot.running import working
from bot.services import build
from bot.store.migrating import migrate
from bot.store.tables import conversation
from bot.web.app import make_app
from tests.bot.web.desk.test_desk import reported, settings
from tests.pages.conftest import shoot
from tests.pages.test_access import TAGS
from tickets.privacy.access import FieldClass
from tickets.privacy.revealing import Purpose

pytestmark = pytest.mark.asyncio(loop_scope="session")
KEY = "desk-key-of-the-tests"


class Desk:
    """A hub with one ticket, a reveal to agree to, one to review, and a citizen who wants his data erased."""

    def __init__(self, url: str, number: str) -> None:
        self.url, self.number = url, number


@pytest_asyncio.fixture(loop_scope="session")
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    url = f"sqlite+aiosqlite:///{tmp_path}/m.db"
    await migrate(url)
    async with AsyncExitStack() as stack:
        running = await stack.enter_async_context(working(build(settings(url, tmp_path / "files", desk_key=KEY))))
        number = await reported(running)
        phone = {"phone": "13700137000", "phone_sealed": "13700137000", "owner": "agent", "agent": "li"}
        async with running.database.begin() as connection:
            await connection.execute(update(conversation).values(**phone))
        roster = running.roster
        for account, role in (("li", "agent"), ("zhao", "reviewer")):
            await roster.add(account, "李", roles=(role,), unit="", password="a long password", by="cli")
        li = await roster.get("li")
        await running.reveals.ask(li, number, FieldClass.IDENTITY, Purpose.LIFE, "扬言轻生")
        await running.own_data.ask("erase", 1, by=li, reason="本人到窗口申请")
        server = TestServer(make_app(running))
        await server.start_server()
        stack.push_async_callback(server.close)
        yield Desk(str(server.make_url("")).rstrip("/"), number)


async def enter(browser: Browser, desk: Desk, stack: AsyncExitStack, name: str, key: str, **options: Any) -> Page:
    context = await browser.new_context(locale="zh-CN", **options)
    stack.push_async_callback(context.close)
    page = await context.new_page()
    page.set_default_timeout(15000)
    await page.goto(f"{desk.url}/desk/login")
    await page.get_by_label("账号或姓名").fill(name)
    await page.get_by_label("口令").fill(key)
    await page.get_by_role("button", name="登录").click()
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    return page


@pytest.mark.parametrize("width", [360, 1280])
async def test_axe_finds_nothing_and_nothing_sticks_out(browser: Browser, desk: Desk, axe: str, width: int) -> None:
    async with AsyncExitStack() as stack:
        page = await enter(browser, desk, stack, "王敏", KEY, viewport={"width": width, "height": 800})
        private = f"/desk/private/{desk.number}"
        for path in (private, "/desk/reveals", "/desk/requests", "/desk/audit", f"/desk/tickets/{desk.number}"):
            await page.goto(desk.url + path)
            await shoot(page, f"desk{path.replace('/', '-')}-{width}")
            await page.evaluate(axe)
            found = await page.evaluate("tags => axe.run(document, {runOnly: tags})", TAGS)
            faults = [(fault["id"], [node["html"] for node in fault["nodes"]]) for fault in found["violations"]]
            assert faults == [], path
            assert await page.evaluate("document.documentElement.scrollWidth") <= width, path


async def test_an_agent_asks_and_sees_and_a_reviewer_finds_no_way(browser: Browser, desk: Desk) -> None:
    async with AsyncExitStack() as stack:
        agent = await enter(browser, desk, stack, "li", "a long password")
        await agent.get_by_role("link", name=desk.number).click()
        await agent.get_by_role("link", name="联系市民、查看信息").click()
        await agent.get_by_label("查看内容").select_option("P1")
        await agent.get_by_label("用途").select_option("call")
        await agent.get_by_label("理由").fill("消息无法送达")
        await agent.get_by_role("button", name="申请查看").click()
        await expect(agent.get_by_text("13700137000")).to_be_visible()
        reviewer = await enter(browser, desk, stack, "zhao", "a long password")
        await reviewer.goto(f"{desk.url}/desk/private/{desk.number}")
        await expect(reviewer.get_by_text("您的岗位不能查看市民的个人信息")).to_be_visible()
        await reviewer.goto(f"{desk.url}/desk/audit")
        await expect(reviewer.get_by_role("heading", name="您的岗位不能打开这一页")).to_be_visible()

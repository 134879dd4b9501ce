"""The desk's pages of dispatch in a real browser: a proposal taken with one click, panels, the catalogue; and axe-core."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, Page, expect

from bot.running import working
from bot.services import build
from bot.store.migrating import migrate
from bot.web.app import make_app
from channels.message import Batch
from tests.bot.house import words
from tests.bot.web.desk.test_desk import KEY, settings
from tests.pages.conftest import PHONE, shoot
from tests.pages.test_access import TAGS

pytestmark = pytest.mark.asyncio(loop_scope="session")
LAMP = ("天桥区明湖西路12号门口的路灯不亮了，三天了", "提交")


@pytest_asyncio.fixture(loop_scope="session")
async def desk(tmp_path: Path) -> AsyncIterator[str]:
    """The address of a hub's desk, where one ticket waits for dispatch."""
    url = f"sqlite+aiosqlite:///{tmp_path}/minsheng.db"
    await migrate(url)
    async with working(build(settings(url, tmp_path, desk_key=KEY))) as services:
        await services.hub.receive(Batch(tuple(words("p1", text) for text in LAMP)))
        server = TestServer(make_app(services))
        await server.start_server()
        yield str(server.make_url("/desk"))
        await server.close()


@pytest_asyncio.fixture(loop_scope="session")
async def officer(browser: Browser, desk: str) -> AsyncIterator[Callable[..., Any]]:
    """``await officer(name)`` -> the desk's first page, logged in, in a browser profile of his own."""
    contexts = []

    async def sit_down(name: str, **options: Any) -> Page:
        context = await browser.new_context(locale="zh-CN", reduced_motion="reduce", **options)
        contexts.append(context)
        page = await context.new_page()
        page.set_default_timeout(8000)
        await page.goto(desk)
        await page.get_by_label("姓名").fill(name)
        await page.get_by_label("口令").fill(KEY)
        await page.get_by_role("button").click()
        return page

    yield sit_down
    for context in contexts:
        await context.close()


async def faultless(page: Page, axe: str) -> None:
    """Axe finds nothing on the page as it stands."""
    await page.evaluate(axe)
    found = await page.evaluate("tags => axe.run(document, {runOnly: tags})", TAGS)
    assert [(fault["id"], [node["html"] for node in fault["nodes"]]) for fault in found["violations"]] == []


async def order(page: Page, name: str, **fields: str) -> None:
    """Open a form by its summary, fill it by labels, send it."""
    form = page.locator("details.order", has=page.locator("summary", has_text=re.compile(rf"^\s*{name}\s")))
    if await form.get_attribute("open") is None:
        await form.locator("summary").click()
    for label, value in fields.items():
        box = form.get_by_label(label)
        if await box.evaluate("one => one.tagName") == "SELECT":
            await box.select_option(value.split(","))
        else:
            await box.fill(value)
    await form.get_by_role("button").click()
    await expect(page.get_by_role("status").first).to_contain_text(name)


@pytest.mark.parametrize("size", ["wide", "phone"])
async def test_from_a_proposal_to_the_changed_catalogue(officer, axe, size):
    screen = {"viewport": PHONE} if size == "phone" else {"viewport": {"width": 1280, "height": 900}}
    page = await officer("王敏", **screen)
    await page.locator("a[href^='/desk/tickets/']").click()
    await expect(page.get_by_role("heading", name="派单建议")).to_be_visible()
    await faultless(page, axe)
    await shoot(page, f"dispatch-proposals-{size}")
    await page.get_by_role("link", name="按此填写派单").first.click()
    await expect(page.get_by_label("首接责任单位")).to_have_value("E04")
    await expect(page.get_by_label("派单依据")).to_have_value("派单目录 0203")
    await order(page, "派单")
    await order(page, "申请退单", 职责依据="养护清单", 建议承办单位="M03")
    await order(page, "驳回退单", 理由="由你单位养护")
    await order(page, "提出派单异议", 签发的主要负责人="赵", 理由="不在清单", 认为应当承办的单位="M03,D04")
    await page.get_by_role("link", name="会商", exact=True).click()
    await expect(page.locator("tbody tr")).to_have_count(1)
    await faultless(page, axe)
    await shoot(page, f"consultations-{size}")
    await page.locator("td.number a").first.click()
    await order(page, "裁定承办单位", 裁定的承办单位="M03", 会商纪要="由市城管局牵头")
    await page.get_by_role("link", name="派单目录").click()
    await expect(page.get_by_role("heading", name="待审核（1）")).to_be_visible()
    for summary in await page.locator("main summary").all():
        await summary.click()
    await faultless(page, axe)
    await shoot(page, f"catalogue-{size}")
    other = await officer("李强", **screen)
    await other.get_by_role("link", name="派单目录").click()
    await other.locator("article summary").click()
    await other.get_by_role("button", name="同意写入目录").click()
    await expect(other.get_by_role("status").first).to_contain_text("已审核同意")
    await expect(other.get_by_role("heading", name="修改记录")).to_be_visible()
    await faultless(other, axe)

"""The desk's knowledge and expert pages in a real Chromium: axe finds nothing, nothing sticks out, and work gets done."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, Page, expect

from bot.jobs import gaps
from bot.running import working
from bot.services import Services, build
from bot.talks.duty import look
from bot.web.app import make_app
from tests.bot.web.desk.test_desk import KEY, hears, settings
from tests.pages.conftest import note, shoot
from tests.pages.test_access import TAGS

pytestmark = pytest.mark.asyncio(loop_scope="session")
ASKED = "请问残疾人去市游泳馆办健身卡能打几折？"
PAGES = (
    "knowledge",
    "knowledge?state=draft",
    "knowledge/entries/KB-0412",
    "knowledge/entries/KB-0412/edit",
    "knowledge/new?task=1",
    "knowledge/tasks",
    "knowledge/tasks/1",
    "experts",
    "experts/1",
    "talks/1",
    "calls",
)


@pytest_asyncio.fixture(loop_scope="session")
async def services(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[Services]:
    path = tmp_path / "minsheng.db"
    shutil.copy(sqlite_template, path)
    async with working(build(settings(f"sqlite+aiosqlite:///{path}", tmp_path, desk_key=KEY))) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def desk(services: Services, browser: Browser) -> AsyncIterator[Page]:
    """An officer, logged in; whatever the pages report as an error fails the test."""
    server = TestServer(make_app(services))
    await server.start_server()
    context = await browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", base_url=str(server.make_url("/")))
    page = await context.new_page()
    page.set_default_timeout(8000)
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda told: note(faults, told.type, told.text))
    await enter(page, "李编辑")
    yield page
    await context.close()
    await server.close()
    assert not faults


async def enter(page: Page, name: str) -> None:
    await page.goto("/desk/login")
    await page.get_by_label("姓名").fill(name)
    await page.get_by_label("口令").fill(KEY)
    await page.locator("button.main").click()
    await expect(page.locator(".who span")).to_have_text(name)


async def town(services: Services, page: Page) -> None:
    """A gap, a draft of a new version, an expert on duty, an invitation."""
    await hears(services, ASKED, "要", "转人工")
    await gaps.gather_gaps(services.learning.keeper)
    entry = {"question": "每年什么时候供暖？", "answer": "以当年公告为准。", "owner_unit": "E02"}
    await services.learning.upkeep.draft(entry, by="张编辑", entry_id="KB-0412")
    await page.goto("/desk/experts")
    await page.get_by_label("我代表的单位").select_option("M21")
    await page.get_by_role("button", name="保存").click()
    await look(services.database, services.hub.batching.duty, services.metrics, now=datetime.now(UTC))
    await services.takeover.take(1, "李编辑")
    await page.goto("/desk/talks/1")
    await page.get_by_label("邀请单位专家").select_option("M21")
    await page.get_by_role("button", name="邀请").click()
    await expect(page.get_by_text("市体育局专家尚未加入")).to_be_visible()


async def test_axe_finds_nothing_and_nothing_sticks_out(services: Services, desk: Page, axe: str) -> None:
    await town(services, desk)
    for path in PAGES:
        for width in (360, 1280):
            await desk.set_viewport_size({"width": width, "height": 800})
            await desk.goto(f"/desk/{path}")
            await shoot(desk, f"desk-{path.replace('/', '-').replace('?', '-')}-{width}")
            assert await desk.evaluate("document.documentElement.scrollWidth") <= width, (path, width)
        # Evaluated by the debugger, which the page's content security policy does not bind.
        await desk.evaluate(axe)
        found = await desk.evaluate("tags => axe.run(document, {runOnly: tags})", TAGS)
        faults = [(fault["id"], [node["html"] for node in fault["nodes"]]) for fault in found["violations"]]
        assert faults == [], path


async def test_an_answer_is_written_and_approved_by_two_officers(services: Services, desk: Page) -> None:
    await hears(services, ASKED, "要")
    await gaps.gather_gaps(services.learning.keeper)
    await desk.goto("/desk/knowledge")
    await desk.get_by_role("link", name="缺口、纠错与核验").click()
    await desk.get_by_role("link", name="知识缺口 1").click()
    await desk.get_by_role("button", name="指定").click()
    await desk.get_by_role("link", name="起草答案").click()
    await expect(desk.get_by_label("标题（问题）")).to_have_value(ASKED)
    await desk.locator("#answer").fill("凭残疾人证办卡五折。")
    await desk.get_by_role("button", name="保存草稿").click()
    await desk.get_by_role("button", name="提交审核").click()
    await desk.get_by_role("button", name="审核发布").click()
    await expect(desk.get_by_role("alert")).to_contain_text("须为不同的人")
    path = desk.url
    await enter(desk, "王审核")
    await desk.goto(path.removesuffix("/approve"))
    await desk.get_by_role("button", name="审核发布").click()
    await expect(desk.locator(".state.published").first).to_be_visible()
    assert await gaps.tell_askers(services.learning.keeper) == 1

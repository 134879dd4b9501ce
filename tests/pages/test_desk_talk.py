"""An officer's and a citizen's browser in one conversation: each sees that the other is there, writes and has read."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, Locator, Page, expect

from bot.running import working
from bot.services import build
from bot.store.migrating import migrate
from bot.web.app import make_app
from tests.bot.web.desk.test_desk import settings
from tests.pages.conftest import PHONE, shoot
from tests.pages.test_access import TAGS
from tests.pages.test_chat import line, online, say
from tests.pages.test_desk import KEY, Desk, enter

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def hub(tmp_path: Path) -> AsyncIterator[Desk]:
    url = f"sqlite+aiosqlite:///{tmp_path}/m.db"
    await migrate(url)
    async with AsyncExitStack() as stack:
        running = await stack.enter_async_context(working(build(settings(url, tmp_path / "files", desk_key=KEY))))
        server = TestServer(make_app(running))
        await server.start_server()
        stack.push_async_callback(server.close)
        yield Desk(str(server.make_url("")).rstrip("/"), "")


async def _types(page: Page, where: str, sign: Locator) -> None:
    """Somebody goes on typing until the other sees it: a sign that met nobody listening is not kept."""
    for _ in range(10):
        await page.get_by_label(where).press_sequentially("路灯")
        with suppress(AssertionError):
            await expect(sign).to_be_visible(timeout=3_000)
            return
    await expect(sign).to_be_visible()


async def test_two_people_in_one_conversation(browser: Browser, hub: Desk, axe: str) -> None:
    async with AsyncExitStack() as stack:
        context = await browser.new_context(locale="zh-CN", viewport=PHONE)
        stack.push_async_callback(context.close)
        citizen = await context.new_page()
        await citizen.goto(f"{hub.url}/chat")
        await online(citizen)
        await say(citizen, "转人工")
        await expect(citizen.locator(".line")).to_have_count(2)
        officer = await enter(browser, hub, stack, "0128", KEY, viewport={"width": 1100, "height": 900})
        await officer.goto(f"{hub.url}/desk/talks/1")
        async with officer.expect_response("**/desk/talks/1/live"):
            await officer.get_by_role("button", name="接管会话").click()
        await expect(line(citizen, "工作人员（工号0128）已加入")).to_be_visible()
        await expect(line(citizen, "转人工").first.locator(".read")).to_have_text("已读")

        await _types(citizen, "写下您的问题", officer.get_by_text("市民正在输入…"))
        await shoot(officer, "talk-typing")
        await _types(officer, "对市民说", citizen.get_by_text("受理员正在输入…"))

        await officer.get_by_label("对市民说").fill("您好，请讲。")
        await officer.get_by_role("button", name="发送").click()
        await expect(line(citizen, "您好，请讲。")).to_be_visible()
        mine = officer.locator("li.agent", has_text="您好，请讲。")
        await expect(mine.locator(".stage")).to_have_text("已读")
        await say(citizen, "路灯不亮")
        await expect(officer.locator("li.citizen", has_text="路灯不亮")).to_be_visible()
        await expect(citizen.locator('[data-who="citizen"]', has_text="路灯不亮").locator(".read")).to_have_text("已读")
        await shoot(officer, "talk-read")
        await shoot(citizen, "chat-read")
        await officer.evaluate(axe)
        found = await officer.evaluate("tags => axe.run(document, {runOnly: tags})", TAGS)
        assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found["violations"]] == []

        await officer.get_by_role("button", name="结束人工，交还机器人").click()
        await expect(line(citizen, "工作人员（工号0128）已离开")).to_be_visible()

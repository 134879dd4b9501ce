"""The desk's page of families in a browser: the evidence is there, joining is two clicks, and everybody can use it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, Page, expect

from bot.jobs import families
from bot.services import Services, build
from bot.store.migrating import migrate
from bot.web.app import make_app
from tests.bot.house import at_work
from tests.bot.orders.test_families import LAMPS, report, row
from tests.bot.web.desk.test_desk import KEY, settings
from tests.pages.conftest import shoot
from tests.pages.test_access import TAGS

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def services(tmp_path: Path) -> AsyncIterator[Services]:
    url = f"sqlite+aiosqlite:///{tmp_path}/minsheng.db"
    await migrate(url)
    async with at_work(build(settings(url, tmp_path, desk_key=KEY))) as one:
        yield one


@pytest_asyncio.fixture(loop_scope="session")
async def lamps(services: Services) -> list[str]:
    """Three citizens report one lamp; two proposals wait."""
    numbers = [await report(services, f"p{n}", text) for n, text in enumerate(LAMPS)]
    await families.propose(services.families)
    return numbers


@pytest_asyncio.fixture(loop_scope="session", params=[1280, 360])
async def page(request: pytest.FixtureRequest, services: Services, browser: Browser) -> AsyncIterator[Page]:
    """An officer's browser, logged in, wide or narrow; an error on a page fails the test."""
    server = TestServer(make_app(services))
    await server.start_server()
    faults: list[str] = []
    context = await browser.new_context(
        locale="zh-CN", viewport={"width": request.param, "height": 800}, base_url=str(server.make_url("/"))
    )
    opened = await context.new_page()
    opened.set_default_timeout(8000)
    opened.on("pageerror", lambda error: faults.append(str(error)))
    await opened.goto("/desk/login")
    await opened.get_by_label("姓名").fill("王敏")
    await opened.get_by_label("口令").fill(KEY)
    await opened.keyboard.press("Enter")
    await expect(opened.get_by_role("heading", name="工单", exact=True)).to_be_visible()
    yield opened
    await context.close()
    await server.close()
    assert faults == []


async def sound(page: Page, axe: str, name: str) -> None:
    """axe-core finds nothing, and nothing sticks out."""
    await shoot(page, f"{name}-{page.viewport_size['width']}")  # type: ignore[index]
    # Evaluated by the debugger, which the page's content security policy does not bind.
    await page.evaluate(axe)
    found = await page.evaluate("tags => axe.run(document, {runOnly: tags})", TAGS)
    assert [(fault["id"], [node["html"] for node in fault["nodes"]]) for fault in found["violations"]] == []
    width = page.viewport_size["width"]  # type: ignore[index]
    assert await page.evaluate("document.documentElement.scrollWidth") <= width


async def test_a_family_is_joined_split_and_dissolved(
    page: Page, services: Services, lamps: list[str], axe: str
) -> None:
    await page.reload()
    await page.get_by_role("link", name="同类诉求 2").click()
    await sound(page, axe, "matters")
    await page.get_by_role("link", name="反映路灯不亮").first.click()
    await expect(page.get_by_text("同一地点").first).to_be_visible()
    await sound(page, axe, "matter-proposed")
    await page.get_by_role("button", name="确认并入").first.click()
    await expect(page.get_by_role("status").filter(has_text="已并入")).to_be_visible()
    await page.get_by_role("button", name="确认并入").click()
    await expect(page.get_by_role("heading", name="已并入 2 件")).to_be_visible()
    await expect(page.get_by_text("3位市民")).to_be_visible()
    await sound(page, axe, "matter-joined")
    for child in lamps[1:]:
        assert (await row(services, child))["merged_into"] == lamps[0]
    await page.get_by_label(f"选择 {lamps[2]}").check()
    await page.get_by_role("button", name="把选中的拆为另一件事").click()
    await expect(page.get_by_text("已拆分为新的一件事")).to_be_visible()
    await page.goto("/desk/matters/1")
    await page.get_by_role("button", name="解散").click()
    await expect(page.get_by_text("已解散，各自单独办理")).to_be_visible()
    await sound(page, axe, "matter-dissolved")
    assert [(await row(services, number))["state"] for number in lamps] == ["to_dispatch"] * 3


async def test_a_ticket_names_its_like(page: Page, lamps: list[str], axe: str) -> None:
    await page.goto(f"/desk/tickets/{lamps[1]}")
    beside = page.get_by_role("region", name="重复与同类")
    await expect(beside).to_contain_text("建议并入")
    await expect(beside.get_by_role("link", name=lamps[0]).first).to_be_visible()
    await sound(page, axe, "ticket-beside")

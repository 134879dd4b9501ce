"""The letter form in a real browser: without scripts, by keyboard, small and large, light and dark, and what axe finds."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, Page, expect
from sqlalchemy import select

from bot.services import build
from bot.settings import load
from bot.store.migrating import migrate
from bot.store.tables import attachment, ticket
from bot.web.app import make_app
from tests.channels.mailbox.case import ACCOUNT
from tests.pages.conftest import PHONE, shoot
from tests.pages.test_access import TAGS

pytestmark = pytest.mark.asyncio(loop_scope="session")
TITLE, BODY = "关于明湖小区二次供水浑浊的反映", "历下区明湖小区3号楼，从9月10日开始自来水一直浑浊。"
PNG = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010806000000") + b"\0" * 60
NOW = datetime(2026, 9, 18, 4, 0, tzinfo=UTC)


class Office:
    """The hub behind the form."""

    def __init__(self, services: Any, url: str) -> None:
        self.services, self.url = services, url

    async def rows(self, table: Any) -> list[Any]:
        async with self.services.database.read() as connection:
            return list((await connection.execute(select(table))).mappings())


@pytest_asyncio.fixture(loop_scope="session")
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    url = f"sqlite+aiosqlite:///{tmp_path}/minsheng.db"
    await migrate(url)
    default = {
        "store": {"url": url},
        "files": {"folder": str(tmp_path / "files")},
        "channels": {"mailbox": {"mayor": ACCOUNT}},
    }
    services = build(load(None, {}, default=default), now=lambda: NOW)
    server = TestServer(make_app(services))
    await server.start_server()
    yield Office(services, str(server.make_url("/mailbox")))
    await server.close()
    await services.hub.drain()
    await services.database.close()


async def visit(browser: Browser, office: Office, **options: Any) -> Page:
    context = await browser.new_context(
        **({"locale": "zh-CN", "viewport": PHONE, "java_script_enabled": False} | options)
    )
    page = await context.new_page()
    page.set_default_timeout(8000)
    await page.goto(office.url)
    return page


async def fill(page: Page) -> None:
    await page.get_by_label("求助").check()
    await page.get_by_label("标题").fill(TITLE)
    await page.get_by_label("内容").fill(BODY)
    await page.get_by_label("真实姓名").fill("李明")
    await page.get_by_label("联系电话").fill("13800138000")


async def test_a_letter_is_written_and_looked_up_without_scripts(browser: Browser, office: Office) -> None:
    page = await visit(browser, office)
    await fill(page)
    await page.get_by_label("附件").set_input_files([{"name": "现场.png", "mimeType": "image/png", "buffer": PNG}])
    await page.get_by_role("button", name="提交来信").click()
    (row,) = await office.rows(ticket)
    await expect(page.get_by_role("status")).to_contain_text(f"编号{row['number']}，查询码{row['query_code']}")
    (file,) = await office.rows(attachment)
    assert (file["media_type"], file["state"]) == ("image/png", "stored")
    await shoot(page, "letter-sent")
    await page.get_by_role("link", name="查询进度").first.click()
    await page.get_by_label("编号").fill(row["number"])
    await page.get_by_label("查询码").fill("0000000000")
    await page.get_by_role("button", name="查询").click()
    await expect(page.get_by_role("alert")).to_contain_text("没有查到")
    await page.get_by_label("查询码").fill(row["query_code"])
    await page.get_by_role("button", name="查询").click()
    await expect(page.get_by_role("heading", name=f"《{TITLE}》")).to_be_visible()
    assert row["query_code"] not in page.url
    await page.context.close()


async def test_a_draft_is_kept_in_the_browser_and_forgotten_when_sent(browser: Browser, office: Office) -> None:
    page = await visit(browser, office)
    await page.get_by_label("标题").fill(TITLE)
    await page.get_by_label("内容").fill(BODY)
    await page.get_by_role("button", name="保存草稿").click()
    await expect(page.get_by_role("status")).to_contain_text("草稿已保存")
    await page.goto(office.url)
    await expect(page.get_by_label("内容")).to_have_value(BODY)
    (cookie,) = await page.context.cookies()
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["path"]) == (True, "Strict", "/mailbox")
    await fill(page)
    await page.get_by_role("button", name="提交来信").click()
    await expect(page.get_by_role("heading", name="来信已收到")).to_be_visible()
    assert await page.context.cookies() == []
    assert len(await office.rows(ticket)) == 1
    await page.context.close()


async def test_what_is_wrong_stands_beside_its_field(browser: Browser, office: Office) -> None:
    page = await visit(browser, office)
    await fill(page)
    await page.get_by_label("附件").set_input_files([{"name": "a.png", "mimeType": "image/png", "buffer": b"MZ" * 50}])
    await page.get_by_label("联系电话").fill("12345")
    await page.get_by_role("button", name="提交来信").click()
    await expect(page.get_by_role("alert")).to_contain_text("2处需要修改")
    await expect(page.get_by_label("联系电话")).to_have_attribute("aria-invalid", "true")
    await expect(page.get_by_text("不能上传程序或脚本")).to_be_visible()
    await expect(page.get_by_label("内容")).to_have_value(BODY)
    await shoot(page, "letter-problems")
    assert await office.rows(ticket) == []
    await page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing(browser: Browser, office: Office, axe: str, scheme: str) -> None:
    page = await visit(browser, office, java_script_enabled=True, color_scheme=scheme)
    for step in ("form", "problems", "progress", "sent"):
        if step == "problems":
            await page.evaluate("document.querySelector('form').noValidate = true")
            await page.get_by_role("button", name="提交来信").click()
            await expect(page.get_by_role("alert")).to_be_visible()
        elif step == "progress":
            await page.get_by_role("link", name="查询进度").click()
        elif step == "sent":
            await page.goto(office.url)
            await fill(page)
            await page.get_by_role("button", name="提交来信").click()
            await expect(page.get_by_role("heading", name="来信已收到")).to_be_visible()
        await shoot(page, f"letter-{step}-{scheme}")
        await page.evaluate(axe)
        found = await page.evaluate("tags => axe.run(document, {runOnly: tags})", TAGS)
        faults = [(fault["id"], [node["html"] for node in fault["nodes"]]) for fault in found["violations"]]
        assert faults == [], step
    await page.context.close()


@pytest.mark.parametrize("width", [320, 360, 768, 1280])
async def test_nothing_sticks_out_and_targets_are_large_enough(browser: Browser, office: Office, width: int) -> None:
    page = await visit(browser, office, viewport={"width": width, "height": 740}, java_script_enabled=True)
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    places = (
        "button:visible, nav a, .emergency a, .sort, textarea, input:not([type=radio]):not([type=checkbox]):visible"
    )
    boxes = [await one.bounding_box() for one in await page.locator(places).all()]
    assert [box for box in boxes if box and box["height"] < 43.5] == []
    await shoot(page, f"letter-{width}")
    await page.context.close()


async def test_all_by_keyboard(browser: Browser, office: Office) -> None:
    page = await visit(browser, office)
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    for _ in range(6):
        await page.keyboard.press("Tab")
    await page.keyboard.press("Space")
    await page.keyboard.press("Tab")
    await expect(page.get_by_label("标题")).to_be_focused()
    await page.context.close()

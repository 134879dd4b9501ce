"""The rating page of letters and the officers' callback pages in a real browser: without scripts, small and large, axe."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, Page, expect
from sqlalchemy import select, update

from benchmarks.due import fill
from bot.jobs import callbacks, draws
from bot.orders.rating_link import Pass
from bot.services import Services, build
from bot.settings import load
from bot.store.migrating import migrate
from bot.store.tables import ticket
from bot.web.app import make_app
from tests.bot.orders.test_calls import NINE
from tests.journeys.clock import Clock
from tests.pages.conftest import PHONE, shoot
from tests.pages.test_access import TAGS
from tickets.command import Command
from tickets.orders import Order
from tickets.state import Actor, Role

pytestmark = pytest.mark.asyncio(loop_scope="session")
KEY = "desk-key-of-the-tests"


@dataclass
class Office:
    """A hub with three asked citizens, and its address."""

    services: Services
    clock: Clock
    base: str

    async def tickets(self) -> list[str]:
        async with self.services.database.read() as connection:
            return list(await connection.scalars(select(ticket.c.number).order_by(ticket.c.number)))

    async def link(self) -> str:
        assert self.services.office.links is not None
        number = (await self.tickets())[0]
        token = self.services.office.links.token(Pass(number, 0, self.clock.now() + timedelta(days=1)))
        return f"{self.base}/rate/{token}"


@pytest_asyncio.fixture(loop_scope="session")
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    url = f"sqlite+aiosqlite:///{tmp_path}/minsheng.db"
    default = {
        "store": {"url": url},
        "files": {"folder": str(tmp_path / "files")},
        "web": {"desk_key": KEY, "link_key": "k" * 40, "public_url": "http://127.0.0.1"},
        "channels": {"app": {"web": {"jwt_secret": "j" * 40}}},
    }
    await migrate(url)
    clock = Clock(NINE)
    services = build(load(None, {}, default=default), now=clock.now)
    await fill(services.database, 3, at=NINE)
    async with services.database.begin() as connection:
        await connection.execute(update(ticket).values(urgency="urgent"))
    await callbacks.call_back(services.office)
    await draws.draw_calls(services.office)
    clock.advance(timedelta(hours=3))
    server = TestServer(make_app(services))
    await server.start_server()
    yield Office(services, clock, str(server.make_url("/")).rstrip("/"))
    await server.close()
    await services.http.close()
    await services.database.close()


async def faults(page: Page, axe: str) -> list[Any]:
    await page.evaluate(axe)
    found = await page.evaluate("tags => axe.run(document, {runOnly: tags})", TAGS)
    assert len(found["passes"]) > 10
    return [(fault["id"], [node["html"] for node in fault["nodes"]]) for fault in found["violations"]]


async def opened(browser: Browser, url: str, **options: Any) -> Page:
    context = await browser.new_context(**({"locale": "zh-CN", "viewport": PHONE} | options))
    page = await context.new_page()
    page.set_default_timeout(8000)
    await page.goto(url)
    return page


async def test_a_letters_reader_rates_without_any_script(browser: Browser, office: Office) -> None:
    page = await opened(browser, await office.link(), java_script_enabled=False)
    await shoot(page, "rate-open")
    await page.get_by_role("radio", name="部分解决").check()
    await page.get_by_role("radio", name="基本满意").check()
    await page.get_by_label("还想说的话").fill("比上次好点")
    await page.get_by_role("button", name="提交评价").click()
    await expect(page.get_by_role("heading", name="感谢您的评价")).to_be_visible()
    await page.reload()  # the browser offers to send the form again
    await expect(page.get_by_role("heading", name="已经评价过了")).to_be_visible()
    async with office.services.database.read() as connection:
        row = (await connection.execute(select(ticket).order_by(ticket.c.number))).mappings().first()
    assert row
    assert (row["state"], row["solved"], row["satisfaction"]) == ("closed", "partly", "basic")
    await page.context.close()


@pytest.mark.parametrize("width", [320, 1280])
async def test_the_rating_page_is_for_everybody(browser: Browser, office: Office, axe: str, width: int) -> None:
    page = await opened(browser, await office.link(), viewport={"width": width, "height": 740})
    assert await faults(page, axe) == []
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    boxes = [await one.bounding_box() for one in await page.locator(".pick, button").all()]
    assert all(box and box["height"] >= 44 for box in boxes)
    await page.goto(f"{office.base}/rate/nonsense")
    await expect(page.get_by_role("heading", name="链接无效")).to_be_visible()
    assert await faults(page, axe) == []
    await page.context.close()


async def test_an_officer_calls_and_a_reviewer_looks(browser: Browser, office: Office, axe: str) -> None:
    page = await opened(browser, f"{office.base}/desk/login", viewport={"width": 1280, "height": 900})
    await page.get_by_label("姓名").fill("王敏")
    await page.get_by_label("口令").fill(KEY)
    await page.get_by_role("button").click()
    await page.goto(f"{office.base}/desk/callbacks")
    await shoot(page, "desk-callbacks")
    assert await faults(page, axe) == []
    await page.get_by_role("button", name="领取").first.click()
    await expect(page.get_by_text("1390000000")).to_be_visible()
    await shoot(page, "desk-callback")
    assert await faults(page, axe) == []
    await page.get_by_role("radio", name="没有联系").check()
    await page.get_by_role("radio", name="不满意", exact=True).check()
    await page.get_by_role("checkbox", name="对政策不认可").check()
    await page.get_by_label("市民的意见").fill("标准不合理")
    await page.get_by_role("button", name="记录回答").click()
    await expect(page).to_have_url(f"{office.base}/desk/callbacks")
    last = (await office.tickets())[-1]
    unhappy = Order(Command.RATE, Actor(Role.CITIZEN), {"satisfaction": "dissatisfied"})
    await office.services.office.order(last, unhappy)
    await page.goto(f"{office.base}/desk/triage")
    await expect(page.get_by_text("市民：标准不合理")).to_be_visible()
    await page.get_by_text("补充核查结论").first.click()
    await shoot(page, "desk-triage")
    assert await faults(page, axe) == []
    await page.context.close()

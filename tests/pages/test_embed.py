"""The chat inside a page of another site: a real browser, two origins, and a third that may not."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, FrameLocator, Page, expect

from channels.message import Stage
from tests.channels.app.house import House
from tests.pages.conftest import FLAGS, PHONE, chat_app, note, shoot
from tests.pages.test_access import TAGS

pytestmark = pytest.mark.asyncio(loop_scope="session")
WIDE = {"width": 1100, "height": 800}
HOST_PAGE = """<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>泉城区政务服务</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>button {{ background: red; font-size: 40px }} section {{ display: none }} * {{ letter-spacing: 9px }}</style>
<link rel="icon" href="data:,"></head>
<body><main><h1>泉城区政务服务</h1><p>这是另一个网站的页面。</p></main>
<script src="{hub}/embed.js" data-account="city" async></script>
<script src="{hub}/embed.js" data-account="city" async></script></body></html>"""
STRICT = "default-src 'none'; script-src {hub}; style-src 'sha256-none'; frame-src {hub}; img-src data:"
"""A careful site's policy: it names the hub for the script and the frame, and allows no styles of its own pages'."""


class Site:
    """Another site, on an origin of its own."""

    def __init__(self) -> None:
        self.hub, self.policy = "", ""
        app = web.Application()
        app.router.add_get("/", self.page)
        self.server = TestServer(app)

    async def page(self, _request: web.Request) -> web.Response:
        headers = {"Content-Security-Policy": self.policy} if self.policy else {}
        text = HOST_PAGE.format(hub=self.hub)
        return web.Response(text=text, content_type="text/html", headers=headers)

    @property
    def origin(self) -> str:
        # By name: the hub's origin is the number, so that the two are different sites to the browser.
        return f"http://localhost:{self.server.port}"


@pytest_asyncio.fixture(loop_scope="session")
async def sites(house: House) -> AsyncIterator[tuple[Site, Site]]:
    """A site that may show the chat, and one that may not."""
    async with AsyncExitStack() as stack:
        allowed, foreign = Site(), Site()
        for site in (allowed, foreign):
            await site.server.start_server()
            stack.push_async_callback(site.server.close)
        hub = TestServer(chat_app(house, embed_origins=[allowed.origin, "https://www.city.example"]))
        await hub.start_server()
        stack.push_async_callback(hub.close)
        for site in (allowed, foreign):
            site.hub = str(hub.make_url("")).rstrip("/")
        yield allowed, foreign


Visit = Callable[..., Any]


@pytest_asyncio.fixture(loop_scope="session")
async def visit_site(browser: Browser) -> AsyncIterator[Visit]:
    """``await visit_site(site)`` -> its page in a new profile; what goes wrong there is in ``faults``."""
    async with AsyncExitStack() as stack:

        async def go(site: Site, **options: Any) -> Page:
            wanted = {"locale": "zh-CN", "timezone_id": "Asia/Shanghai", "viewport": WIDE, "reduced_motion": "reduce"}
            context = await browser.new_context(**(wanted | options))
            stack.push_async_callback(context.close)
            page = await context.new_page()
            page.set_default_timeout(8000)
            page.faults = []
            page.on("pageerror", lambda error: page.faults.append(f"page error: {error}"))
            page.on("console", lambda told: note(page.faults, told.type, told.text))
            await page.goto(site.origin)
            return page

        yield go


def chat(page: Page) -> FrameLocator:
    return page.frame_locator("iframe")


async def say(page: Page, text: str) -> None:
    await chat(page).get_by_label("写下您的问题").fill(text)
    await chat(page).get_by_role("button", name="发送", exact=True).click()


async def until(page: Page, there: Callable[[], bool]) -> None:
    for _ in range(160):
        if there():
            return
        await page.wait_for_timeout(50)
    raise AssertionError("it did not happen in 8 seconds")


@pytest.mark.parametrize("policy", ["", STRICT], ids=["no policy", "strict policy"])
async def test_on_an_allowed_site_the_chat_works(visit_site, sites, house, policy):
    site, _ = sites
    site.policy = policy.format(hub=site.hub)
    page = await visit_site(site)
    launch = page.get_by_role("button", name="在线咨询")
    await expect(launch).to_have_count(1)
    await expect(launch).to_have_attribute("aria-expanded", "false")
    assert await page.locator("iframe").get_attribute("src") is None, "nothing is loaded before it is wanted"
    await launch.click()
    await expect(chat(page).get_by_text("已连接")).to_be_visible()
    await say(page, "路灯不亮")
    await expect(chat(page).locator(".line", has_text="已收到：路灯不亮")).to_be_visible()
    await until(page, lambda: house.seen_up_to.get((house.peer, Stage.READ)) == 2)
    await shoot(page, f"embed-wide-{'strict' if policy else 'open'}")
    assert page.faults == [] if not policy else all("Content Security Policy" in one for one in page.faults)
    assert await page.context.cookies() == []


async def test_unread_lines_are_counted_while_it_is_closed(visit_site, sites, house):
    site, _ = sites
    page = await visit_site(site)
    await page.get_by_role("button", name="在线咨询").click()
    await expect(chat(page).get_by_text("已连接")).to_be_visible()
    await say(page, "路灯不亮")
    await expect(chat(page).locator(".line")).to_have_count(2)
    await page.get_by_role("button", name="收起").click()
    await expect(page.locator("iframe")).to_be_hidden()
    house.say(house.peer, who="agent", text="您好，我来处理。")
    house.say(house.peer, who="agent", text="今晚就修。")
    await expect(page.locator(".badge")).to_have_text("2")
    await expect(page.get_by_role("status")).to_have_text("有 2 条新消息")
    await until(page, lambda: house.seen_up_to.get((house.peer, Stage.DELIVERED)) == 4)
    assert house.seen_up_to[house.peer, Stage.READ] == 2, "come, but not seen"
    await shoot(page, "embed-unread")
    await page.get_by_role("button", name="在线咨询").click()
    await expect(chat(page).locator(".line")).to_have_count(4)
    await expect(page.locator(".badge")).to_be_hidden()
    await until(page, lambda: house.seen_up_to[house.peer, Stage.READ] == 4)
    assert page.faults == []


@pytest.mark.parametrize("frames_may", ["keep nothing", "keep their own"])
async def test_on_the_next_page_the_conversation_goes_on(browser, chromium, sites, house, frames_may):
    site, _ = sites
    async with AsyncExitStack() as stack:
        if frames_may == "keep their own":
            kind, flags = browser.browser_type, [*FLAGS, "--disable-features=TrackingProtection3pcd"]
            browser = await kind.launch(executable_path=chromium, args=flags)
            stack.push_async_callback(browser.close)
        context = await browser.new_context(locale="zh-CN")
        stack.push_async_callback(context.close)
        page = await context.new_page()
        await page.goto(site.origin)
        await page.get_by_role("button", name="在线咨询").click()
        await say(page, "路灯不亮")
        await expect(chat(page).locator(".line")).to_have_count(2)
        await page.get_by_role("button", name="收起").click()
        await page.goto(f"{site.origin}/?next")
        house.say(house.peer, who="agent", text="今晚就修。")
        await expect(page.locator(".badge")).to_have_text("1")  # without opening anything
        await page.get_by_role("button", name="在线咨询").click()
        await expect(chat(page).locator(".line")).to_have_count(3)
        await expect(page.locator(".badge")).to_be_hidden()
        assert await context.cookies() == []
        given = await page.evaluate("Object.keys(sessionStorage)")
        assert given == ([] if frames_may == "keep their own" else ["minsheng.chat.kept"])


async def test_a_foreign_site_gets_no_chat_and_says_where_else(visit_site, sites, house):
    _, foreign = sites
    page = await visit_site(foreign)
    await page.get_by_role("button", name="在线咨询").click()
    await expect(page.get_by_role("alert")).to_contain_text("请拨打 12345")
    away = page.get_by_role("link", name="在新窗口打开")
    await expect(away).to_have_attribute("href", f"{foreign.hub}/chat")
    await expect(page.locator("iframe")).to_be_hidden()
    assert any("frame-ancestors" in fault for fault in page.faults)
    await shoot(page, "embed-refused")
    await page.get_by_role("button", name="收起").click()
    await expect(page.get_by_role("button", name="在线咨询")).to_be_focused()


async def test_words_of_other_windows_are_not_believed(visit_site, sites, house):
    """The page around may open and close the frame; it cannot make itself heard as the hub, nor read a word."""
    site, _ = sites
    page = await visit_site(site)
    await page.get_by_role("button", name="在线咨询").click()
    await expect(chat(page).get_by_text("已连接")).to_be_visible()
    await say(page, "路灯不亮")
    await expect(chat(page).locator(".line")).to_have_count(2)
    heard = await page.evaluate(
        """async () => {
            const heard = [];
            addEventListener("message", ({ data }) => heard.push(JSON.stringify(data)));
            postMessage({ minsheng: "news", unread: 7, talked: true }, "*");
            postMessage({ minsheng: "close" }, "*");
            await new Promise((done) => setTimeout(done, 300));
            return heard;
        }"""
    )
    assert len(heard) >= 2
    assert not any("路灯" in one for one in heard)
    await expect(page.locator("iframe")).to_be_visible()
    await expect(page.locator(".badge")).to_be_hidden()


async def test_all_by_keyboard(visit_site, sites, house):
    site, _ = sites
    page = await visit_site(site)
    await page.keyboard.press("Tab")
    launch = page.get_by_role("button", name="在线咨询")
    await expect(launch).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(chat(page).get_by_label("写下您的问题")).to_be_focused()
    await page.keyboard.type("menu")
    await page.keyboard.press("Enter")
    await expect(chat(page).locator(".choice")).to_have_count(3)
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_be_hidden()
    await expect(launch).to_be_focused()


@pytest.mark.parametrize("size", [PHONE, WIDE], ids=["phone", "wide"])
async def test_axe_finds_nothing_and_nothing_sticks_out(visit_site, sites, house, axe, size):
    site, _ = sites
    page = await visit_site(site, viewport=size, has_touch=size is PHONE)
    await page.evaluate(axe)
    for state in ("closed", "open"):
        if state == "open":
            await page.get_by_role("button", name="在线咨询").click()
            await expect(chat(page).get_by_text("已连接")).to_be_visible()
            await say(page, "菜单")
            await expect(chat(page).locator(".choice")).to_have_count(3)
        await shoot(page, f"embed-{state}-{size['width']}")
        found = await page.evaluate("tags => axe.run(document, {runOnly: tags, iframes: false})", TAGS)
        assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found["violations"]] == []
        assert await page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    inside = page.frames[1]
    await inside.evaluate(axe)
    found = await inside.evaluate("tags => axe.run(document, {runOnly: tags})", TAGS)
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found["violations"]] == []
    assert await inside.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0

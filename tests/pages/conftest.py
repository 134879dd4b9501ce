"""A citizen's browser before the chat page: Debian's Chromium, driven by Playwright, against a web chat on loopback."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from bot.web.guards import secure
from channels.adapter import Tools
from channels.app.adapter import WebChat
from channels.app.settings import AppSettings
from tests.absent import absent
from tests.channels.app.house import House
from tests.npm import installed

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE = "axe-core@4.14.1"
PHONE = {"width": 360, "height": 740}
SHOTS = os.environ.get("MINSHENG_SHOTS", "")
"""A folder for screenshots, for a person to look at; none are taken when empty."""
expect.set_options(timeout=20_000)  # what does not come fails all the same, on a busy machine too


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


@pytest_asyncio.fixture(loop_scope="session")
async def chat_url(house: House) -> AsyncIterator[str]:
    """The address of a hub's chat page."""
    server = TestServer(chat_app(house))
    await server.start_server()
    yield str(server.make_url("/chat"))
    await server.close()


def chat_app(house: House, **settings: Any) -> web.Application:
    """A web chat before this house."""
    whole = AppSettings.model_validate({"jwt_secret": "an example secret of the page tests, 32+"} | settings)
    chat = WebChat("city", whole, Tools(now=house.now, http=aiohttp.ClientSession))
    app = web.Application()
    app.add_routes(chat.routes(house))
    app.on_response_prepare.append(secure)
    app.on_shutdown.append(lambda _: chat.close())
    return app


@pytest.fixture(scope="session")
def chromium() -> str:
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not found:
        absent("NO CHROMIUM: the chat page was not tried; install Debian's chromium or set CHROMIUM")
    return found


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def browser(chromium: str) -> AsyncIterator[Browser]:
    """One Chromium for all tests of the session; each test gets profiles of its own."""
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield launched
        await launched.close()


@pytest_asyncio.fixture(loop_scope="session")
async def visit(browser: Browser, chat_url: str) -> AsyncIterator[Callable[..., Any]]:
    """``await visit(...)`` -> the chat page in a new browser profile. Options go to Playwright's ``new_context``.

    Whatever the page reports as an error, or asks of any other host, fails the test.
    """
    faults: list[str] = []
    contexts: list[BrowserContext] = []

    async def open_page(*, before: str = "", **options: Any) -> Page:
        wanted = {"locale": "zh-CN", "timezone_id": "Asia/Shanghai", "viewport": PHONE, "has_touch": True}
        context: BrowserContext = await browser.new_context(**(wanted | options))
        contexts.append(context)
        if before:
            await context.add_init_script(before)
        page = await context.new_page()
        page.set_default_timeout(8000)
        page.on("pageerror", lambda error: faults.append(f"page error: {error}"))
        page.on("console", lambda told: note(faults, told.type, told.text))
        page.on("request", lambda asked: _local(faults, asked.url, chat_url))
        await page.goto(chat_url)
        return page

    yield open_page
    for context in contexts:
        await context.close()
    assert not faults


def note(faults: list[str], kind: str, text: str) -> None:
    """Keep what the page's console says is wrong."""
    # The browser itself logs each request that failed; tests that cut the network expect those.
    if kind == "error" and not text.startswith(("Failed to load resource", "WebSocket connection to")):
        faults.append(f"console: {text}")


def _local(faults: list[str], url: str, chat_url: str) -> None:
    home = chat_url.removesuffix("/chat").partition("://")[2]
    if url.partition("://")[0] in {"http", "https", "ws", "wss"} and not url.partition("://")[2].startswith(home):
        faults.append(f"asked another host: {url}")


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core, fetched once."""
    return (installed("npm-axe", (AXE,)) / "node_modules" / "axe-core" / "axe.min.js").read_text()


async def shoot(page: Page, name: str) -> None:
    """Keep a picture for a person to look at."""
    if SHOTS:
        await page.screenshot(path=str(Path(SHOTS) / f"{name}.png"))

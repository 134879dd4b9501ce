"""Guards and health: headers on every answer, honest problems, the caller's true address, slow callers."""

from __future__ import annotations

import asyncio

import pytest
from aiohttp import ClientSession, web
from hypothesis import given
from hypothesis import strategies as st

from bot.services import Services
from bot.web.doorstep import Doorstep
from bot.web.guards import farthest_trusted


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/", "/no/such/page", "/chat"])
async def test_every_answer_carries_the_security_headers(client: ClientSession, path: str) -> None:
    async with client.get(path, allow_redirects=False) as response:
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert "Referrer-Policy" in response.headers
        assert "Server" not in response.headers


async def test_ready_says_what_it_looked_at(client: ClientSession) -> None:
    async with client.get("/readyz") as response:
        told = await response.json()
    assert response.status == 200
    assert told["checks"] == {"database": True, "outbox": True, "scheduler": True}


async def test_not_ready_when_the_scheduler_stopped(client: ClientSession, services: Services) -> None:
    await services.scheduler.stop()
    async with client.get("/readyz") as response:
        assert response.status == 503
        assert (await response.json())["checks"]["scheduler"] is False


async def test_a_wrong_method_is_told_which_are_right(client: ClientSession) -> None:
    async with client.delete("/healthz") as response:
        assert response.status == 405
        assert response.content_type == "application/problem+json"
        assert "GET" in response.headers["Allow"]


@pytest.mark.parametrize(
    ("told", "proxies", "remote"),
    [
        ("203.0.113.9", 1, "203.0.113.9"),
        ("198.51.100.1, 203.0.113.9", 1, "203.0.113.9"),  # the left one was written by the caller
        ("203.0.113.9, 10.0.0.2", 2, "203.0.113.9"),
        ("203.0.113.9", 2, "203.0.113.9"),  # one proxy less than configured
        ("", 1, "10.0.0.1"),
        ("unknown", 1, "10.0.0.1"),
        ("2001:db8::1", 1, "2001:db8::1"),
    ],
)
def test_only_our_own_proxies_are_believed(told: str, proxies: int, remote: str) -> None:
    assert farthest_trusted(told, "10.0.0.1", proxies=proxies) == remote


@given(lie=st.text(), proxies=st.integers(1, 4))
def test_a_caller_cannot_choose_his_address(lie: str, proxies: int) -> None:
    ours = ["203.0.113.9", *(f"10.0.0.{n}" for n in range(2, proxies + 1))]
    assert farthest_trusted(",".join([lie, *ours]), "10.0.0.1", proxies=proxies) == "203.0.113.9"


async def test_a_caller_who_never_finishes_his_headers_is_shown_out() -> None:
    doorstep = Doorstep(patience=0.3, sweep=0.05)
    app = web.Application(middlewares=[doorstep.heard])
    released = asyncio.Event()

    async def slow(_request: web.Request) -> web.Response:
        await released.wait()
        return web.Response(text="done")

    app.router.add_get("/", slow)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    assert runner.server is not None
    watching = asyncio.create_task(doorstep.watch(runner.server))
    port = runner.addresses[0][1]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n")
    honest_reader, honest = await asyncio.open_connection("127.0.0.1", port)
    honest.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    async with asyncio.timeout(5):
        assert await reader.read() == b""
    released.set()
    assert (await honest_reader.readline()).startswith(b"HTTP/1.1 200")
    for one in (writer, honest):
        one.close()
    watching.cancel()
    await runner.cleanup()


async def test_every_page_has_an_icon(client: ClientSession) -> None:
    async with client.get("/favicon.ico") as response:
        assert (response.status, response.content_type) == (200, "image/svg+xml")
        assert (await response.text()).startswith("<svg")

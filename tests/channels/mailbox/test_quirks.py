"""A server played as NetEase's is (163), one whose IDLE is broken, and one that wants XOAUTH2."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager, suppress
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from channels.errors import Credential, Later
from channels.mailbox.adapter import Mailbox
from tests.channels.mailbox.letters import mailbox

MAIL = b"From: li@x.test\r\nSubject: a\r\nMessage-ID: <1@x.test>\r\n\r\nwords\r\n"


class Server:
    """Enough IMAP for one mail: ``idle`` is "works", "silent" or "refused"; a client must say who it is where
    ``netease`` is set."""

    def __init__(self, *, idle: str = "works", netease: bool = False, token: str = "") -> None:
        self.idle, self.netease, self.token = idle, netease, token
        self.said: list[str] = []
        self.lines: set[asyncio.Task[Any] | None] = set()
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.lines.add(asyncio.current_task())
        try:
            await self._talk(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"* OK ready\r\n")
        known = False
        while line := (await reader.readline()).decode().strip():
            tag, _, command = line.partition(" ")
            word = command.split()[0].upper()
            self.said.append(word)
            known = known or word == "ID"
            if word == "LOGOUT":
                break
            writer.write(await self._answer(tag, word, command, reader, writer, known=known))

    async def _answer(self, tag: str, word: str, command: str, reader: Any, writer: Any, *, known: bool) -> bytes:
        done = f"{tag} OK done\r\n"
        if word == "CAPABILITY":
            return f"* CAPABILITY IMAP4rev1 ID IDLE AUTH=XOAUTH2\r\n{done}".encode()
        if word == "AUTHENTICATE":
            writer.write(b"+ \r\n")
            given = base64.b64decode((await reader.readline()).strip()).decode()
            right = f"auth=Bearer {self.token}\x01" in given
            return (done if right else f"{tag} NO AUTHENTICATE failed\r\n").encode()
        if word == "SELECT" and self.netease and not known:
            return f"{tag} NO SELECT Unsafe Login. Please contact kefu@188.com for help\r\n".encode()
        if word == "SELECT":
            return f"* 1 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 2] ok\r\n{done}".encode()
        if word == "STATUS":
            return f"* STATUS INBOX (UIDVALIDITY 7 UIDNEXT 2)\r\n{done}".encode()
        if word == "UID" and "SEARCH" in command:
            return f"* SEARCH 1\r\n{done}".encode()
        if word == "UID" and "SIZE" in command:
            return f"* 1 FETCH (UID 1 RFC822.SIZE {len(MAIL)})\r\n{done}".encode()
        if word == "UID" and "BODY" in command:
            # As some servers do: the UID stands behind the mail.
            return f"* 1 FETCH (BODY[] {{{len(MAIL)}}}\r\n".encode() + MAIL + f" UID 1)\r\n{done}".encode()
        if word == "IDLE":
            return await self._idle(tag, reader, writer)
        return done.encode()

    async def _idle(self, tag: str, reader: Any, writer: Any) -> bytes:
        if self.idle == "silent":
            await asyncio.sleep(30)
        if self.idle == "refused":
            return f"{tag} BAD no\r\n".encode()
        writer.write(b"+ idling\r\n")
        await reader.readline()
        return f"{tag} OK done\r\n".encode()


@asynccontextmanager
async def playing(server: Server) -> AsyncIterator[dict[str, Any]]:
    """The settings of an account on it."""
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.port = listening.sockets[0].getsockname()[1]
    yield {
        "address": "hotline@163.test",
        "user": "hotline",
        "password": "an-app-password",
        "imap": {"host": "127.0.0.1", "port": server.port, "tls": "none", "timeout_seconds": 1},
        "smtp": {"host": "127.0.0.1", "port": 1, "tls": "none"},
        "poll_seconds": 1,
    }
    listening.close()
    lines = [one for one in server.lines if one is not None]
    for one in lines:
        one.cancel()
    await asyncio.gather(*lines, return_exceptions=True)


async def first(adapter: Mailbox) -> list[str]:
    async with asyncio.timeout(10), aclosing(adapter.poll("")) as batches:  # type: ignore[type-var]
        batch, _ = await anext(batches)
        return [one.text for one in batch.messages]


async def test_netease_is_told_who_we_are() -> None:
    server = Server(netease=True)
    async with playing(server) as settings:
        assert await first(mailbox(settings)) == ["words"]
    assert server.said.index("LOGIN") < server.said.index("ID") < server.said.index("SELECT")


@pytest.mark.parametrize("broken", ["silent", "refused"])
async def test_a_server_that_breaks_idle_is_polled(broken: str) -> None:
    server = Server(idle=broken)
    async with playing(server) as settings:
        adapter = mailbox(settings)
        async with asyncio.timeout(10), aclosing(adapter.poll("7:1:2:unseen")) as batches:  # type: ignore[type-var]
            with pytest.raises(Later):
                await anext(batches)
        server.said.clear()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(2.7), aclosing(adapter.poll("7:1:2:unseen")) as batches:  # type: ignore[type-var]
                await anext(batches)
    assert "IDLE" not in server.said
    assert server.said.count("NOOP") >= 2, "it is asked again and again"


@pytest.mark.parametrize(("given", "error"), [("right", None), ("wrong", Credential)])
async def test_xoauth2_with_a_token_that_is_bought(given: str, error: type[Exception] | None) -> None:
    bought: list[dict[str, Any]] = []

    async def token(request: web.Request) -> web.Response:
        bought.append(dict(await request.post()))
        return web.json_response({"access_token": f"{given}-token", "expires_in": 3600})

    app = web.Application()
    app.router.add_post("/token", token)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    oauth = {
        "token_url": f"http://127.0.0.1:{runner.addresses[0][1]}/token",
        "client_id": "hub", "client_secret": "s", "refresh_token": "r",
    }  # fmt: skip
    async with playing(Server(token="right-token")) as settings, aiohttp.ClientSession() as http:
        adapter = mailbox({**settings, "password": "", "oauth": oauth}, http=lambda: http)
        if error is None:
            assert await first(adapter) == ["words"]
            assert await first(adapter) == ["words"]
            assert len(bought) == 1, "a token is used until it ends"
        else:
            with pytest.raises(error):
                await first(adapter)
            with pytest.raises(error):
                await first(adapter)
            assert len(bought) == 2, "a refused token is not used again"
    assert bought[0] == {
        "grant_type": "refresh_token", "client_id": "hub", "client_secret": "s", "refresh_token": "r",
    }  # fmt: skip
    await runner.cleanup()

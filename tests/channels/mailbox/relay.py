"""A mail server played on loopback: takes mails, refuses them with any code, hangs, or cuts the line."""

from __future__ import annotations

import asyncio
import email
import email.policy
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from email.message import EmailMessage
from typing import Any

AT_LOGIN = ("454", "530", "534", "535", "538")
AFTER_DATA = ("452", "552", "554")


class Relay:
    """One SMTP server without TLS, which asks for a login only where it is to refuse one."""

    def __init__(self) -> None:
        self.settings: Mapping[str, Any] = {}
        self.taken: list[tuple[str, EmailMessage]] = []
        """(recipient, mail)"""
        self._behave, self._code = "accept", ""
        self._lines: list[asyncio.Task[Any] | None] = []

    def accept(self) -> None:
        self._behave, self._code = "accept", ""

    def refuse(self, code: str) -> None:
        self._behave, self._code = "refuse", code

    def hang(self) -> None:
        self._behave, self._code = "hang", ""

    def drop(self) -> None:
        self._behave, self._code = "drop", ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        self._lines.append(asyncio.current_task())
        try:
            await self._talk(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    async def end(self) -> None:
        """Cut every line that is still open."""
        lines = [one for one in self._lines if one is not None]
        for one in lines:
            one.cancel()
        await asyncio.gather(*lines, return_exceptions=True)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        recipient = ""
        writer.write(self._answer("", ("421",), "220 relay.test"))
        while line := (await reader.readline()).decode().strip():
            word = line.split()[0].upper()
            if word == "RCPT":
                recipient = line[line.find("<") + 1 : line.find(">")]
            writer.write(self._answer(word, (), "250 ok"))
            if word == "DATA" and not await self._words(reader, writer, recipient):
                return

    def _answer(self, word: str, only: tuple[str, ...], otherwise: str) -> bytes:
        """What a command is answered with; a code is refused where a real server refuses it."""
        code = self._code
        if word == "EHLO" and code.startswith(AT_LOGIN):
            return b"250-relay.test\r\n250 AUTH PLAIN\r\n"
        if word == "DATA":
            return b"354 go on\r\n"
        place = (
            "" if code.startswith("421") else "AUTH" if code.startswith(AT_LOGIN) else
            "DATA" if code.startswith(AFTER_DATA) else "RCPT"
        )  # fmt: skip
        refused = bool(code) and word == place and (not only or code.startswith(only))
        return f"{code} refused\r\n".encode() if refused else f"{otherwise}\r\n".encode()

    async def _words(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, recipient: str) -> bool:
        """Take the mail; False where the line is cut."""
        content = await reader.readuntil(b"\r\n.\r\n")
        if self._behave == "hang":
            await asyncio.sleep(5)
        if self._behave in ("hang", "drop"):
            return False
        if self._code:
            writer.write(f"{self._code} refused\r\n".encode())
            return True
        mail = email.message_from_bytes(content[:-5].replace(b"\r\n..", b"\r\n."), policy=email.policy.default)
        assert isinstance(mail, EmailMessage)
        self.taken.append((recipient, mail))
        writer.write(b"250 2.0.0 queued\r\n")
        return True


@asynccontextmanager
async def relaying() -> AsyncIterator[Relay]:
    """The server as long as the block lasts."""
    relay = Relay()
    server = await asyncio.start_server(relay.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    relay.settings = {"smtp": {"host": "127.0.0.1", "port": port, "tls": "none", "timeout_seconds": 0.5}}
    try:
        yield relay
    finally:
        server.close()
        await relay.end()

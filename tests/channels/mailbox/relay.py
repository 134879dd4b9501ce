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


class Relay:
    """One SMTP server without TLS, which asks for a login only where it is to refuse one."""

    def __init__(self) -> None:
        self.settings: Mapping[str, Any] = {}
        self.taken: list[tuple[str, str, EmailMessage]] = []
        """(envelope sender, recipient, mail)"""
        self._behave, self._code = "accept", ""

    def accept(self) -> None:
        self._behave = "accept"

    def refuse(self, code: str) -> None:
        self._behave, self._code = "refuse", code

    def hang(self) -> None:
        self._behave = "hang"

    def drop(self) -> None:
        self._behave = "drop"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            await self._talk(reader, writer)
        writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        def say(line: str) -> None:
            writer.write(f"{line}\r\n".encode())

        refusing = self._behave == "refuse"
        if refusing and self._code.startswith("421"):
            return say(f"{self._code} busy")
        say("220 relay.test")
        sender = recipient = ""
        while line := (await reader.readline()).decode().strip():
            word = line.split()[0].upper()
            if word == "EHLO":
                auth = refusing and self._code.startswith(AT_LOGIN)
                say("250-relay.test" if auth else "250 relay.test")
                if auth:
                    say("250 AUTH PLAIN")
            elif word == "AUTH":
                say(f"{self._code} refused")
            elif word == "MAIL":
                sender = line
                say("250 ok")
            elif word == "RCPT":
                recipient = line[line.find("<") + 1 : line.find(">")]
                at_rcpt = refusing and not self._code.startswith(("552", "554", "452"))
                say(f"{self._code} <{recipient}> refused" if at_rcpt else "250 ok")
            elif word == "DATA":
                say("354 go on")
                content = await reader.readuntil(b"\r\n.\r\n")
                if self._behave == "hang":
                    await asyncio.sleep(5)
                if self._behave in ("hang", "drop"):
                    return None
                if refusing:
                    say(f"{self._code} refused")
                    continue
                mail = email.message_from_bytes(content[:-5].replace(b"\r\n..", b"\r\n."), policy=email.policy.default)
                assert isinstance(mail, EmailMessage)
                self.taken.append((sender, recipient, mail))
                say("250 2.0.0 queued")
            elif word == "QUIT":
                return say("221 bye")
            else:
                say("250 ok")
        return None


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

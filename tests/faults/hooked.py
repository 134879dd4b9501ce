"""A provider that calls the hub: its calls made whole, cut in the middle, or without listening to the answer."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from tests.faults.case import Provider


@dataclass(frozen=True)
class Call:
    """One POST; ``path`` begins with a slash."""

    path: str
    body: bytes
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def octets(self, base: str) -> bytes:
        """As it lies on the wire."""
        where = self.path + (f"?{urlencode(self.query)}" if self.query else "")
        headers = {"Host": urlsplit(base).netloc, "Content-Length": str(len(self.body)), **self.headers}
        head = f"POST {where} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        return head.encode() + b"\r\n" + self.body


class Hooked(Provider):
    """Knows of each message how it is called in."""

    def call(self, message: Any) -> Call:
        """The call that brings it, made now."""
        raise NotImplementedError

    async def deliver(self, message: Any, base: str) -> None:
        """Call until it is taken, as providers do."""
        for _ in range(5):
            call = self.call(message)
            async with self.http.post(
                base + call.path, params=call.query, data=call.body, headers=call.headers
            ) as answer:
                await answer.read()
                if answer.status < 300:
                    return
            await asyncio.sleep(0.05)
        raise AssertionError(f"not taken: {answer.status}")

    async def deliver_unheard(self, message: Any, base: str) -> None:
        """The call arrives whole; nobody waits for the answer."""
        await _raw(self.call(message).octets(base), base)
        await self.deliver(message, base)

    async def deliver_half(self, message: Any, base: str) -> None:
        """The call breaks off in the middle of its body."""
        call = self.call(message)
        await _raw(call.octets(base)[: -len(call.body) // 2], base)
        await self.deliver(message, base)


async def _raw(octets: bytes, base: str) -> None:
    where = urlsplit(base)
    _, writer = await asyncio.open_connection(where.hostname, where.port)
    writer.write(octets)
    await writer.drain()
    await asyncio.sleep(0.02)
    writer.transport.abort()

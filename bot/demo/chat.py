"""A citizen at the web chat: opens a conversation over HTTP, writes, sends photos and places, reads the answers."""

from __future__ import annotations

import struct
import uuid
import zlib
from collections.abc import Mapping
from typing import Any

import aiohttp

API = "/api/chat/v1"


class Chat:
    """One conversation, through the same interface the chat page uses."""

    def __init__(self, http: aiohttp.ClientSession, *, token: str) -> None:
        self._http = http
        self._headers = {"Authorization": f"Bearer {token}"}
        self._seq = 0
        self.offered: list[Mapping[str, str]] = []
        """The choices under the last answer."""

    @classmethod
    async def open(cls, http: aiohttp.ClientSession) -> Chat:
        """A new anonymous conversation."""
        async with http.post(f"{API}/sessions", json={}) as answer:
            answer.raise_for_status()
            opened = await answer.json()
        return cls(http, token=opened["token"])

    async def write(self, text: str) -> str:
        """Say something; returns what is answered."""
        return await self._send({"type": "text", "text": text})

    async def tap(self, choice: Mapping[str, str]) -> str:
        """Tap one of the offered choices."""
        return await self._send({"type": "choice", "id": choice["id"], "text": choice["label"]})

    async def point(self, latitude: float, longitude: float, label: str) -> str:
        """Send a place."""
        place = {"latitude": latitude, "longitude": longitude, "label": label, "datum": "gcj02"}
        return await self._send({"type": "location", **place})

    async def photo(self, picture: bytes) -> str:
        """Send a photo."""
        form = aiohttp.FormData()
        form.add_field("file", picture, filename="photo.png", content_type="image/png")
        async with self._http.post(f"{API}/uploads", data=form, headers=self._headers) as answer:
            answer.raise_for_status()
            file_id = (await answer.json())["file_id"]
        return await self._send({"type": "file", "file_id": file_id})

    async def read(self, *, wait: int = 0) -> list[Mapping[str, Any]]:
        """The hub's new lines; with ``wait`` seconds, until the first comes."""
        query = {"after": str(self._seq), "wait": str(wait)}
        async with self._http.get(f"{API}/messages", params=query, headers=self._headers) as answer:
            answer.raise_for_status()
            lines = (await answer.json())["messages"]
        self._seq = max([self._seq, *(line["seq"] for line in lines)])
        return [line for line in lines if line["who"] != "citizen"]

    async def _send(self, body: Mapping[str, Any]) -> str:
        headers = self._headers | {"Idempotency-Key": str(uuid.uuid4())}
        async with self._http.post(f"{API}/messages", json=body, headers=headers) as answer:
            answer.raise_for_status()
        lines = await self.read()
        self.offered = [choice for line in lines for choice in line.get("choices", ())]
        return "\n".join(line.get("text", "") for line in lines)


def picture(*, shade: int) -> bytes:
    """A real PNG of 240 by 180 points: sky above, ground below, so that every citizen's photo looks like one."""
    width, height = 240, 180
    rows = b"".join(
        b"\0" + bytes((150 + shade % 60, 180, 210) if y < height * 0.55 else (110, 105 + shade % 40, 90)) * width
        for y in range(height)
    )
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )

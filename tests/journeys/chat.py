"""A citizen in the web chat, over its REST interface."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

import aiohttp


@dataclass(slots=True)
class ChatCitizen:
    """One session."""

    http: aiohttp.ClientSession
    api: str
    token: str = ""
    resume_token: str = ""

    @property
    def bearer(self) -> dict[str, str]:
        """Who we are."""
        return {"Authorization": f"Bearer {self.token}"}

    async def say(self, words: str) -> str:
        """Write a text; returns what the bot answered (it stands in the history at once)."""
        headers = self.bearer | {"Idempotency-Key": str(uuid.uuid4())}
        async with self.http.post(
            f"{self.api}/messages", headers=headers, json={"type": "text", "text": words}
        ) as response:
            assert response.status == 201, await response.text()
            seq = (await response.json())["seq"]
        told = [line for line in await self.lines(after=seq) if line["who"] == "bot"]
        return str(told[-1]["text"])

    async def lines(self, *, after: int = 0) -> list[dict[str, Any]]:
        """The conversation from ``after`` on."""
        async with self.http.get(f"{self.api}/messages", headers=self.bearer, params={"after": after}) as response:
            assert response.status == 200, await response.text()
            lines: list[dict[str, Any]] = (await response.json())["messages"]
            return lines

    async def arrive(self) -> None:
        """Open the chat as nobody in particular, or come back to one's conversation."""
        body = {"resume_token": self.resume_token} if self.resume_token else {}
        async with self.http.post(f"{self.api}/sessions", json=body) as response:
            assert response.status == 201, await response.text()
            session = await response.json()
        self.token, self.resume_token = session["token"], session["resume_token"]

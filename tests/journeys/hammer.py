"""WeChat under load: sixteen citizens at once, each one's messages in order, each call repeated until it is answered."""

from __future__ import annotations

import asyncio
import random
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

import aiohttp

from benchmarks.workload import said
from tests.journeys.wechat import opened, sealed, text

IN_FLIGHT = 16
PATIENCE = 0.2
"""Seconds before a call that nobody answered is made again."""
LENGTH = 10
"""Messages of one citizen before the next one writes."""


@dataclass(slots=True)
class Hammer:
    """What was sent, what was acknowledged, what was answered: the citizens' side of the story."""

    hook: str
    seed: int
    stopping: bool = False
    sent: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """Citizen -> the dedupe keys of his messages, in order."""
    answers: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Dedupe key -> the different answers that came with a 200."""
    repeated: int = 0
    """Calls made again because nobody answered."""

    async def run(self) -> None:
        """Until ``stopping``; whoever waits for an answer then still waits for it."""
        timeout = aiohttp.ClientTimeout(total=10)
        async with aiohttp.ClientSession(timeout=timeout) as http, asyncio.TaskGroup() as citizens:
            for lane in range(IN_FLIGHT):
                citizens.create_task(self._lane(http, lane))

    async def _lane(self, http: aiohttp.ClientSession, lane: int) -> None:
        rng = random.Random(f"{self.seed}:{lane}")
        for citizen, step in self._script(lane):
            if self.stopping:
                return
            openid, message_id = f"oHammer{citizen:021d}", 10**12 + citizen * LENGTH + step
            call = sealed(openid, text(said(citizen, step, rng)), at=int(time.time()), message_id=message_id)
            key = f"msg:{openid}:{message_id}"  # protocols.md: WeChat's msgid, per sender
            self.sent[openid].append(key)
            await self._until_answered(http, call.query, call.body, key)
            if rng.random() < 0.05:  # an answer lost on its way back: WeChat asks once more
                await self._until_answered(http, call.query, call.body, key)

    @staticmethod
    def _script(lane: int) -> Iterator[tuple[int, int]]:
        citizen = lane
        while True:
            yield from ((citizen, step) for step in range(LENGTH))
            citizen += IN_FLIGHT

    async def _until_answered(self, http: aiohttp.ClientSession, query: dict[str, str], body: bytes, key: str) -> None:
        while True:
            try:
                async with http.post(self.hook, params=query, data=body) as response:
                    answer = await response.read()
                    if response.status == 200:
                        self.answers[key].add(opened(answer))
                        return
                    assert response.status in (500, 503), response.status
            except (aiohttp.ClientError, TimeoutError):
                pass
            self.repeated += 1
            await asyncio.sleep(PATIENCE)

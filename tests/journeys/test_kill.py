"""Killed in the middle of its work, again and again, the hub loses nothing and says nothing twice."""

from __future__ import annotations

import asyncio
import os
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from benchmarks.servers import free_port
from bot.store.engine import Database
from bot.store.tables import message, outbox, ticket
from bot.store.wording import read_body
from channels.wechat.render import as_text
from tests.absent import absent
from tests.channels.wechat.case import AES_KEY, APP_ID, TOKEN
from tests.journeys.hammer import Hammer
from tests.postgres import NoPostgres, Postgres

KILLS = 20
SEED = int(os.environ.get("MINSHENG_TEST_SEED", "20260918"))
CONFIG = """
[web]
port = {port}
[store]
url = "{url}"
[files]
folder = "{folder}/files"
[log]
level = "error"
[channels.wechat.city]
app_id = "{app_id}"
app_secret = "a-secret-of-the-tests"
token = "{token}"
aes_key = "{aes_key}"
api_base = "http://127.0.0.1:9"
"""


@pytest.fixture(scope="module")
def durable_postgres() -> Iterator[Postgres]:
    """A server that syncs its log, as a city's does."""
    try:
        server = Postgres(options=())
    except NoPostgres as missing:
        absent(f"NO POSTGRESQL: {missing}")
    yield server
    server.stop()


class Hub:
    """``python -m bot run`` as an operator starts it; only ever ended by SIGKILL."""

    def __init__(self, config: Path, port: int) -> None:
        self._config = config
        self._port = port
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start it and wait until it listens."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("MINSHENG_")}
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "run", "--config", str(self._config)),
            cwd=Path(__file__).parents[2],
            env=environment,
            stdout=asyncio.subprocess.DEVNULL,
        )
        async with asyncio.timeout(60):
            while True:
                assert self._process.returncode is None, "the hub ended by itself"
                try:
                    _, writer = await asyncio.open_connection("127.0.0.1", self._port)
                except OSError:
                    await asyncio.sleep(0.02)
                    continue
                writer.close()
                return

    async def kill(self) -> None:
        """kill -9."""
        assert self._process is not None
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()


async def killed_under_load(url: str, folder: Path) -> Hammer:
    """The citizens' story after twenty kills and a last, quiet start."""
    port, rng = free_port(), random.Random(SEED)
    config = folder / "minsheng.toml"
    values = {"port": port, "url": url, "folder": folder, "app_id": APP_ID, "token": TOKEN, "aes_key": AES_KEY}
    config.write_text(CONFIG.format(**values), "utf-8")
    hub, hammer = Hub(config, port), Hammer(f"http://127.0.0.1:{port}/hooks/wechat/city", SEED)
    await hub.start()
    try:
        load = asyncio.create_task(hammer.run())
        for _ in range(KILLS):
            await asyncio.sleep(rng.uniform(0.3, 1.5))
            await hub.kill()
            await hub.start()
        await asyncio.sleep(0.5)
        hammer.stopping = True
        await load
    finally:
        await hub.kill()
    return hammer


async def check(url: str, hammer: Hammer) -> None:
    """The hub's own story, read from its database, must be the citizens' story."""
    database = Database(url)
    try:
        async with database.read() as connection:
            heard = [row._mapping for row in await connection.execute(select(message).order_by(message.c.seq))]
            told = [row._mapping for row in await connection.execute(select(outbox))]
            opened = await connection.scalar(select(func.count()).select_from(ticket))
    finally:
        await database.close()
    assert hammer.repeated > KILLS, "no call was ever cut off: nothing was tried"
    _nothing_lost(heard, hammer)
    _nothing_said_twice(heard, told, hammer)
    assert opened == sum("已受理" in words for words in _words(told).values())


def _nothing_lost(heard: list[Mapping[Any, Any]], hammer: Hammer) -> None:
    assert [row["dedupe_key"] for row in heard if row["state"] != "done"] == []
    stored = defaultdict(list)
    for row in heard:
        stored[row["conversation_id"]].append(row["dedupe_key"])
    by_first = {ids[0]: ids for ids in stored.values()}
    assert len(by_first) == len(hammer.sent)
    for ids in hammer.sent.values():
        assert by_first[ids[0]] == ids, "stored once each, in the order they were sent"
        assert all(one in hammer.answers for one in ids), "every call was answered in the end"


def _nothing_said_twice(heard: list[Mapping[Any, Any]], told: list[Mapping[Any, Any]], hammer: Hammer) -> None:
    assert max(Counter(row["in_reply_to"] for row in told).values()) == 1
    places = Counter((row["conversation_id"], row["seq"]) for row in [*heard, *told])
    assert max(places.values()) == 1
    words = _words(told)
    for row in heard:
        recorded = words.get(row["id"], "")
        assert hammer.answers[row["dedupe_key"]] == {recorded}, "every answer is the recorded one"


def _words(told: list[Mapping[Any, Any]]) -> dict[int, str]:
    return {row["in_reply_to"]: as_text(read_body(row["body"])) for row in told}


@pytest.mark.timeout(600)
async def test_twenty_kills_on_sqlite(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/minsheng.db"
    await check(url, await killed_under_load(url, tmp_path))


@pytest.mark.timeout(600)
async def test_twenty_kills_on_postgresql(durable_postgres: Postgres, tmp_path: Path) -> None:
    url = durable_postgres.url(await durable_postgres.fresh())
    await check(url, await killed_under_load(url, tmp_path))

"""Killed again and again while letters come in, the hub takes each of them once and answers each of them once."""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select

from benchmarks.servers import free_port
from bot.store.engine import Database
from bot.store.tables import message, outbox, ticket
from tests.channels.mailbox.letters import letter
from tests.journeys.test_kill import SEED, Hub
from tests.mail_servers import MailServers

LETTERS, KILLS = 120, 8
CONFIG = """
[web]
port = {port}
[store]
url = "sqlite+aiosqlite:///{folder}/minsheng.db"
[files]
folder = "{folder}/files"
[log]
level = "error"
[channels.mailbox.mayor]
"""


@pytest.mark.timeout(300)
async def test_kills_lose_no_letter_and_take_none_twice(mail: MailServers, tmp_path: Path) -> None:
    port, rng = free_port(), random.Random(SEED)
    # What waits to be sent stays: a dead relay, so that every answer can be counted.
    account = mail.account | {"smtp": {"host": "127.0.0.1", "port": 1, "tls": "none"}}
    lines = [f"{name} = {_toml(value)}" for name, value in account.items()]
    (config := tmp_path / "minsheng.toml").write_text(
        CONFIG.format(port=port, folder=tmp_path) + "\n".join(lines), "utf-8"
    )
    mails = [
        letter(f"第{n}封来信", f"天桥区明湖西路{n}号门口的路灯坏了一个星期。", sender=f"citizen{n}@citizen.test")
        for n in range(LETTERS)
    ]
    hub = Hub(config, port)
    await hub.start()
    try:
        for part in range(KILLS):
            mail.put([one.as_bytes() for one in mails[part::KILLS]])
            await asyncio.sleep(rng.uniform(0.1, 1.2))
            await hub.kill()
            await hub.start()
        database = Database(f"sqlite+aiosqlite:///{tmp_path}/minsheng.db")
        async with asyncio.timeout(150):
            while len(await _column(database, message.c.dedupe_key)) < LETTERS:
                await asyncio.sleep(0.5)
        await asyncio.sleep(1.5)
    finally:
        await hub.kill()
    heard = await _column(database, message.c.dedupe_key)
    assert len(heard) == len(set(heard)) == LETTERS
    assert len(await _column(database, ticket.c.number)) == LETTERS
    answered = Counter(await _column(database, outbox.c.in_reply_to))
    assert len(answered) == LETTERS
    assert set(answered.values()) == {1}
    await database.close()


def _toml(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{name} = {_toml(one)}" for name, one in value.items()) + " }"
    return json.dumps(value, ensure_ascii=False)


async def _column(database: Database, column: object) -> list[object]:
    async with database.read() as connection:
        return list(await connection.scalars(select(column)))  # type: ignore[call-overload]

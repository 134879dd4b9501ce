"""The hub as a benchmark runs it: one WeChat account in safe mode, a database of its own, as many entries as wanted."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

from benchmarks.servers import ROOT, free_port
from benchmarks.workload import AES_KEY, APP_ID, TOKEN, entries
from bot.city import load_city
from bot.knowledge.editors import Editors
from bot.orders.ticketing import Ticketing
from bot.store.engine import Database
from dialog.knowledge.entry import Entry, EntryState
from dialog.knowledge.index import KnowledgeIndex

PATH = "/hooks/wechat/city"


def prepare(folder: Path, url: str, *, knowledge: int = 0) -> tuple[list[str], int, Mapping[str, str]]:
    """Write the settings, migrate, import ``knowledge`` made-up entries; the command, the port, the environment."""
    port = free_port()
    config = folder / f"minsheng-{port}.toml"
    config.write_text(
        f"""
[web]
port = {port}
[store]
url = "{url}"
[files]
folder = "{folder}/attachments"
[log]
level = "warning"
[channels.wechat.city]
app_id = "{APP_ID}"
app_secret = "benchmark"
token = "{TOKEN}"
aes_key = "{AES_KEY}"
api_base = "http://127.0.0.1:9"
""",
        "utf-8",
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "MINSHENG_CONFIG": str(config)}
    command = [sys.executable, "-m", "bot"]
    subprocess.run([*command, "migrate"], env=environment, cwd=folder, check=True, capture_output=True)
    if knowledge:
        asyncio.run(_publish(url, knowledge))
    return [*command, "run"], port, environment


async def _publish(url: str, count: int) -> None:
    database = Database(url)
    day = date(2026, 1, 1)
    made = [
        Entry(
            f"B-{number}",
            question,
            answer,
            similar=(similar,),
            source=source,
            owner_unit=unit,
            category=category,
            effective=day,
            checked=day,
            state=EntryState.PUBLISHED,
        )
        for number, (question, similar, answer, source, unit, category) in enumerate(entries(count))
    ]
    now = datetime.now(UTC)
    city = load_city(None, policy="cn-jinan-like", today=now.date())
    rules = Ticketing(policies=city.policies, calendar=city.calendar, directory=city.directory, today=datetime.date)
    await Editors(database, KnowledgeIndex.build(()), rules).publish(made, now=now)
    await database.close()

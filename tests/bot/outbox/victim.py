"""An outbox worker in a process of its own, to be killed: ``python -m tests.bot.outbox.victim URL PORT free|again``."""

import asyncio
import sys
from datetime import UTC, datetime

from bot.metrics import Metrics
from bot.outbox.worker import Worker
from bot.store.engine import Database
from tests.bot.outbox.provider import FREE, REPEATABLE, account, accounts
from tests.conftest import VAULT


async def main(url: str, port: str, kind: str) -> None:
    capabilities = {"free": FREE, "again": REPEATABLE}[kind]
    all_ = accounts(account("free", capabilities, int(port)))
    worker = Worker(Database(url, vault=VAULT), all_, now=lambda: datetime.now(UTC), metrics=Metrics())
    await worker.run()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))

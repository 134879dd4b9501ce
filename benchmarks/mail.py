"""Reading mail: any folder of mails, all of them, on one core; and an inbox of many taken in through a real hub.

``python -m benchmarks.mail FOLDER ...`` reads every ``.eml`` (or extensionless) file and every ``raw_b64`` of a
``.jsonl`` below, and prints what could not be read and the rate. ``--inbox N`` lays N unread mails into a real
Dovecot and lets the hub take them in (as root), and prints the rate and the memory. Nothing of a mail is ever printed.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import collections
import json
import os
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import psutil
from sqlalchemy import func, select

from bot.running import working
from bot.services import build
from bot.settings import load
from bot.store.migrating import migrate
from bot.store.tables import message, ticket
from channels.errors import Malformed
from channels.mailbox.parse import Reader

ROUNDS = 3


def mails(folder: Path) -> Iterator[bytes]:
    """Every mail below a folder."""
    for path in sorted(folder.rglob("*")):
        if path.suffix == ".jsonl":
            for line in path.read_text("utf-8").splitlines():
                yield base64.b64decode(json.loads(line)["raw_b64"])
        elif path.is_file() and (path.suffix == ".eml" or path.name.startswith("mail_")):
            yield path.read_bytes()


def read_all(folders: list[Path]) -> None:
    """Read them all; a few rounds, so that a small folder has a rate too."""
    reader, now = Reader("city", "hotline@city.test"), datetime.now(UTC)
    found = [raw for folder in folders for raw in mails(folder)]
    outcome: collections.Counter[str] = collections.Counter()
    started = time.process_time()
    for turn in range(ROUNDS):
        for raw in found:
            try:
                batch = reader.read(raw, at=now)
            except Malformed:
                what = "malformed"
            except Exception as fault:  # what must not happen is counted by its class
                what = f"EXCEPTION {type(fault).__name__}"
            else:
                what = batch.messages[0].kind.value if batch.messages else "receipt"
                spoiled = any("\ufffd" in one.text for one in batch.messages)
                outcome["with a character lost"] += spoiled and not turn
            outcome[what] += not turn
    spent = time.process_time() - started
    size = sum(map(len, found)) / max(len(found), 1) / 1024
    print(f"{len(found)} mails of {size:.1f} KiB on average: {len(found) * ROUNDS / spent:,.0f} a second on one core")
    print(", ".join(f"{count} {what}" for what, count in outcome.most_common() if count))


def _letter(n: int) -> bytes:
    mail = EmailMessage()
    mail["From"] = f"李明 <citizen{n % 5000}@citizen.test>"
    mail["To"] = "hotline@city.test"
    mail["Subject"] = f"关于明湖西路路灯不亮的反映第{n}封"
    mail["Message-ID"] = f"<bench-{n}@citizen.test>"
    mail.set_content(f"天桥区明湖西路{n % 300}号门口的路灯坏了一个星期了，晚上很黑，请尽快维修。\n" * 8, cte="base64")
    if n % 10 == 0:
        mail.add_attachment(
            b"\xff\xd8\xff\xe0" + os.urandom(60_000), maintype="image", subtype="jpeg", filename="现场.jpg"
        )
    return mail.as_bytes()


async def take_in(count: int) -> None:
    """The hub on SQLite, its mailbox on a real Dovecot."""
    from tests.mail_servers import start, stop

    with tempfile.TemporaryDirectory(prefix="minsheng-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        servers = start(folder)
        try:
            servers.put(_letter(n) for n in range(count))  # one by one: what is measured is the hub
            url = f"sqlite+aiosqlite:///{folder}/minsheng.db"
            await migrate(url)
            # Nothing is sent: the answers wait for a server that is not there.
            account = {**servers.account, "smtp": {"host": "127.0.0.1", "port": 1, "tls": "none"}}
            default = {
                "store": {"url": url},
                "files": {"folder": f"{folder}/files"},
                "log": {"level": "error"},
                "channels": {"mailbox": {"mayor": account}},
            }
            services = build(load(None, {}, default=default))
            mine, started, peak = psutil.Process(), time.monotonic(), 0.0
            async with working(services):
                taken = 0
                while taken < count:
                    await asyncio.sleep(1)
                    peak = max(peak, mine.memory_info().rss / 2**20)
                    async with services.database.read() as connection:
                        taken = await connection.scalar(select(func.count()).select_from(message)) or 0
                        opened = await connection.scalar(select(func.count()).select_from(ticket))
                spent = time.monotonic() - started
            print(f"{taken} mails taken, {opened} tickets: {taken / spent:,.0f} a second, peak {peak:.0f} MB")
        finally:
            stop(servers)


def main() -> None:
    """Print what was measured."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--inbox", type=int, default=0)
    given = parser.parse_args()
    if given.folders:
        read_all(given.folders)
    if given.inbox:
        asyncio.run(take_in(given.inbox))


if __name__ == "__main__":
    main()

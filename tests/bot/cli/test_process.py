"""The command ``minsheng`` as a process of its own: help, run, stop."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from tests.bot.web import wechat

ROOT = Path(__file__).parents[3]


def environment(**more: str) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("MINSHENG_")}
    return kept | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"} | more


def minsheng(*words: str, cwd: Path, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", *words],
        cwd=cwd,
        env=environment(**more),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[tuple[asyncio.subprocess.Process, str, list[bytes]]]:
    """``minsheng run`` on a free port: the process, its address, and what it wrote."""
    account = {f"MINSHENG_CHANNELS__WECHAT__CITY__{key.upper()}": value for key, value in wechat.SETTINGS.items()}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "run"),
        cwd=tmp_path,
        env=environment(MINSHENG_WEB__PORT="0", **account),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    assert process.stdout is not None
    lines: list[bytes] = []
    address = ""
    async with asyncio.timeout(30):
        while not address:
            line = await process.stdout.readline()
            assert line, b"".join(lines).decode()
            lines.append(line)
            if found := re.search(rb"(http://[\d.]+:\d+)/chat", line):
                address = found[1].decode()
    draining = asyncio.create_task(_drain(process.stdout, lines))
    yield process, address, lines
    if process.returncode is None:
        process.kill()
        await process.wait()
    await draining


async def _drain(stream: asyncio.StreamReader, lines: list[bytes]) -> None:
    while line := await stream.readline():
        lines.append(line)


def test_help_is_there_at_once(tmp_path: Path) -> None:
    minsheng("--help", cwd=tmp_path)  # compiled once
    started = time.perf_counter()
    done = minsheng("--help", cwd=tmp_path)
    assert done.returncode == 0
    assert time.perf_counter() - started < 1.5
    imported = subprocess.run(
        [sys.executable, "-c", "import sys, bot.cli; print(*sys.modules)"],
        cwd=ROOT, env=environment(), capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    assert not {"sqlalchemy", "aiohttp", "pydantic", "structlog"} & set(imported)


def test_a_database_out_of_reach_is_told_without_a_traceback(tmp_path: Path) -> None:
    done = minsheng("run", cwd=tmp_path, MINSHENG_STORE__URL="postgresql+asyncpg://nobody:pw1234@127.0.0.1:9/x")
    said = done.stdout + done.stderr
    assert done.returncode == 1
    assert "Traceback" not in said
    assert "minsheng check" in said
    assert "pw1234" not in said


async def test_a_port_in_use_is_told_without_a_traceback(running, tmp_path: Path) -> None:
    _, address, _ = running
    port = address.rpartition(":")[2]
    done = await asyncio.to_thread(minsheng, "run", cwd=tmp_path, MINSHENG_WEB__PORT=port)
    said = done.stdout + done.stderr
    assert done.returncode == 1
    assert "Traceback" not in said
    assert port in said


async def test_a_stop_under_load_loses_nothing_it_acknowledged(running, tmp_path: Path) -> None:
    process, address, lines = running
    acknowledged = 0

    async def citizen(number: int, session: aiohttp.ClientSession) -> None:
        nonlocal acknowledged
        while True:
            one = wechat.text(f"citizen-{number}", "你好")
            try:
                async with session.post(f"{address}/hooks/wechat/city", params=one.query, data=one.body) as response:
                    if response.status != 200:
                        return
                    await response.read()
            except aiohttp.ClientError:
                return
            acknowledged += 1

    async with aiohttp.ClientSession() as session:
        citizens = [asyncio.create_task(citizen(number, session)) for number in range(16)]
        async with asyncio.timeout(20):
            while acknowledged <= 2 * len(citizens):  # in the midst of it, however slow the machine
                await asyncio.sleep(0.01)
            process.send_signal(signal.SIGTERM)
            await process.wait()
            await asyncio.gather(*citizens)
    said = b"".join(lines).decode()
    assert process.returncode == 0, said
    assert "Traceback" not in said
    assert "你好" not in said
    assert acknowledged > 16
    store = sqlite3.connect(tmp_path / "var" / "minsheng.db")
    stored = store.execute("SELECT count(*) FROM message").fetchone()[0]
    store.close()
    assert stored >= acknowledged

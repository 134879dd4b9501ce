"""A worker killed in the middle of a load: nothing is lost, nothing unknown is sent twice, order holds."""

import asyncio
import os
import signal
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from bot.outbox.lease import LEASE
from bot.outbox.worker import IN_FLIGHT
from bot.store.tables import outbox
from tests.bot.outbox.house import Clock, House, settle_down
from tests.bot.outbox.provider import FREE, REPEATABLE, Provider, account, accounts, close

ROOT = Path(__file__).parents[3]
TALKS, EACH = 24, 6


async def kill_in_the_middle(url: str, port: int, kind: str, provider: Provider, *, after: int) -> None:
    """Run a worker until ``after`` messages arrived, then SIGKILL it."""
    command = [sys.executable, "-m", "tests.bot.outbox.victim", url, str(port), kind]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    quiet = asyncio.subprocess.DEVNULL
    victim = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=environment, stdout=quiet)
    try:
        async with asyncio.timeout(30):
            while len(provider.arrived) < after:
                assert victim.returncode is None, "the worker ended by itself"
                await asyncio.sleep(0.002)
    finally:
        victim.send_signal(signal.SIGKILL)
        await victim.wait()


@pytest.mark.parametrize("kind", ["free", "again"])
async def test_killed_and_started_again(house: House, database_url: str, provider: Provider, kind: str):
    house.clock = Clock(datetime.now(UTC) - timedelta(seconds=1))
    provider.delay = 0.01
    talks = [(f"u{n}", await house.talk(f"u{n}")) for n in range(TALKS)]
    await house.queue(*[house.row(talk, peer, f"{peer}-{n}") for n in range(EACH) for peer, talk in talks])
    for round_ in range(2):
        await kill_in_the_middle(database_url, provider.port, kind, provider, after=20 + round_ * 30)
        async with house.database.begin() as connection:  # the lease's time passes
            await connection.execute(update(outbox).values(lease_until=datetime.now(UTC) - timedelta(seconds=1)))
    # The database may have committed a dead worker's last lease after its death: let that lapse too.
    house.clock.at = datetime.now(UTC) + LEASE + timedelta(seconds=1)
    all_ = accounts(account("free", {"free": FREE, "again": REPEATABLE}[kind], provider.port))
    await settle_down(house.worker(all_))
    async with house.database.read() as connection:
        counts = select(outbox.c.state, func.count().label("n")).group_by(outbox.c.state)
        states = {row.state: row.n for row in await connection.execute(counts)}
        held = set(await connection.scalars(select(outbox.c.key).where(outbox.c.state == "held")))
    assert sum(states.values()) == TALKS * EACH
    assert set(states) <= {"sent", "held"}
    arrived = provider.told()
    if kind == "free":
        assert len(arrived) == len(set(arrived)), "sent twice without knowing"
        assert set(arrived) | held == {f"{peer}-{n}" for peer, _ in talks for n in range(EACH)}
        assert len(held) <= 2 * 2 * IN_FLIGHT, "only what was under way, or just back, is unknown"
    else:
        assert not held
        assert len(set(arrived)) == TALKS * EACH
    for peer, _ in talks:
        firsts = list(dict.fromkeys(provider.told(peer)))
        assert firsts == sorted(firsts), "out of order"
    await close(all_)

"""Jobs: each slot once in the whole city, at once after a start, and a failure stays one job's own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from bot.clock import now
from bot.metrics import Metrics
from bot.scheduler import KEPT, Job, Scheduler, Where, slot_of
from bot.store.engine import Database
from bot.store.tables import job_run

HOUR = timedelta(hours=1)


class Work:
    """Something to do that notes when it is done."""

    def __init__(self, *, fails: bool = False) -> None:
        self.times = 0
        self.done = asyncio.Event()
        self._fails = fails

    async def __call__(self) -> None:
        self.times += 1
        self.done.set()
        if self._fails:
            raise RuntimeError("no")


def scheduler(
    database: Database,
    *jobs: Job,
    metrics: Metrics | None = None,
    clock: Callable[[], datetime] = now,
) -> Scheduler:
    made = Scheduler(database, now=clock, metrics=metrics or Metrics())
    made.hire(jobs)
    return made


async def started(*schedulers: Scheduler) -> None:
    """Start them all, give every first slot its time, stop them all."""
    for one in schedulers:
        one.start()
    await asyncio.sleep(0.4)
    await asyncio.gather(*(one.stop() for one in schedulers))


async def runs(database: Database) -> list[tuple[str, str]]:
    async with database.read() as connection:
        return [tuple(row) for row in await connection.execute(select(job_run.c.job, job_run.c.outcome))]


async def test_many_schedulers_run_a_slot_once(database: Database) -> None:
    once, everywhere = Work(), Work()
    jobs = Job("ticket.call_back", 24 * HOUR, once), Job("watch.poll", 24 * HOUR, everywhere, Where.EVERYWHERE)
    await started(*(scheduler(database, *jobs) for _ in range(3)))
    assert (once.times, everywhere.times) == (1, 3)
    assert await runs(database) == [("ticket.call_back", "done")]


@pytest.mark.parametrize("apart", [24 * HOUR, -24 * HOUR])
async def test_a_clock_that_is_told_to_us_delays_no_first_run(database: Database, apart: timedelta) -> None:
    work = Work()
    await started(scheduler(database, Job("slow", 24 * HOUR, work), clock=lambda: now() + apart))
    assert work.times == 1
    async with database.read() as connection:
        slot = await connection.scalar(select(job_run.c.slot))
    assert slot == slot_of(now() + apart, 24 * HOUR), "the slot is of the clock we are told"


async def test_what_was_due_while_we_were_away_runs_at_once(database: Database) -> None:
    work = Work()
    one = scheduler(database, Job("slow", 24 * HOUR, work))
    one.start()
    async with asyncio.timeout(5):
        await work.done.wait()
    assert one.alive
    await one.stop()
    await asyncio.sleep(0)  # APScheduler ends in the next turn of the loop
    assert not one.alive


async def test_a_failed_job_is_noted_and_disturbs_nobody(database: Database) -> None:
    good, bad, metrics = Work(), Work(fails=True), Metrics()
    await started(scheduler(database, Job("bad", 24 * HOUR, bad), Job("good", 24 * HOUR, good), metrics=metrics))
    assert sorted(await runs(database)) == [("bad", "failed"), ("good", "done")]
    assert metrics.registry.get_sample_value("minsheng_jobs_total", {"job": "bad", "outcome": "failed"}) == 1


async def test_stopping_waits_for_the_job_under_way(database: Database) -> None:
    begun, ended = asyncio.Event(), False

    async def slow() -> None:
        nonlocal ended
        begun.set()
        await asyncio.sleep(0.3)
        ended = True

    one = scheduler(database, Job("slow", 24 * HOUR, slow))
    one.start()
    async with asyncio.timeout(5):
        await begun.wait()
    await one.stop()
    assert ended
    assert await runs(database) == [("slow", "done")]


async def test_the_next_slot_runs_too(database: Database) -> None:
    work = Work()
    one = scheduler(database, Job("often", timedelta(seconds=1), work))
    one.start()
    async with asyncio.timeout(5):
        while work.times < 3:
            await asyncio.sleep(0.05)
    await one.stop()
    assert len(await runs(database)) == work.times, "no slot twice"


async def test_old_slots_are_forgotten(database: Database) -> None:
    moment = datetime(2026, 9, 18, tzinfo=UTC)
    one = Scheduler(database, now=lambda: moment, metrics=Metrics())
    assert await one._claim("j", moment - KEPT - timedelta(seconds=1))
    assert await one._claim("j", moment - KEPT)
    assert not await one._claim("j", moment - KEPT)
    await one.forget()
    async with database.read() as connection:
        assert await connection.scalar(select(func.count()).select_from(job_run)) == 1


@pytest.mark.parametrize("seconds", [1, 5, 30, 86_400])
def test_a_slot_begins_at_the_same_moment_everywhere(seconds: int) -> None:
    every = timedelta(seconds=seconds)
    moment = datetime(2026, 9, 18, 12, 33, 7, 500_000, tzinfo=UTC)
    slot = slot_of(moment, every)
    assert slot <= moment < slot + every
    assert slot_of(slot, every) == slot
    assert slot_of(slot + every, every) == slot + every
    assert slot_of(slot + every - timedelta(microseconds=1), every) == slot

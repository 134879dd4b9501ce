"""Runs the table of jobs by the clock: each slot once in the whole city, however many processes run."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy import delete, update

from bot.clock import now as machine_time
from bot.logs import logger
from bot.metrics import Metrics
from bot.store.engine import Database
from bot.store.tables import job_run
from bot.work import insert_or_keep

log = logger(__name__)

KEPT = timedelta(days=7)


class Where(StrEnum):
    """Who runs a slot of a job."""

    ONCE = "once"
    """One process of all: the slot is claimed in the database."""
    EVERYWHERE = "everywhere"
    """Every process for itself (it refreshes something in memory)."""


@dataclass(frozen=True, slots=True)
class Job:
    """One row of the table. ``run`` must be idempotent: after a crash a slot may have run half."""

    name: str
    every: timedelta
    run: Callable[[], Awaitable[object]] = field(repr=False)
    where: Where = Where.ONCE


class Scheduler:
    """Starts the jobs; ``stop`` waits for those that run."""

    def __init__(self, database: Database, *, now: Callable[[], datetime], metrics: Metrics) -> None:
        self._database = database
        self._jobs: tuple[Job, ...] = ()
        self._now = now
        self._metrics = metrics
        self._host = socket.gethostname()
        self._running: set[asyncio.Task[None]] = set()
        self._clock = AsyncIOScheduler(
            timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": 60}
        )

    def hire(self, jobs: Sequence[Job]) -> None:
        """The table of jobs; before :meth:`start`."""
        self._jobs = tuple(jobs)

    @property
    def jobs(self) -> tuple[Job, ...]:
        """The table."""
        return self._jobs

    @property
    def alive(self) -> bool:
        """Whether the clock runs."""
        return bool(self._clock.running)

    def start(self) -> None:
        """Run every job now (what was due while we were away) and then by the clock."""
        for job in self._jobs:
            trigger = IntervalTrigger(seconds=job.every.total_seconds())
            # APScheduler itself reads the machine's clock: told ours, it would wait, or miss the run, where they differ.
            self._clock.add_job(self._tick, trigger, args=[job], id=job.name, next_run_time=machine_time())
        self._clock.start()

    async def stop(self) -> None:
        """No new slots; wait for those under way."""
        if self._clock.running:
            self._clock.pause()
        if self._running:
            await asyncio.wait(self._running, timeout=20)
        if self._clock.running:
            self._clock.shutdown(wait=False)

    async def _tick(self, job: Job) -> None:
        # A task of our own: APScheduler cancels its coroutines at shutdown, and a transaction should end by itself.
        task = asyncio.ensure_future(self._run(job))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        await asyncio.shield(task)

    async def _run(self, job: Job) -> None:
        slot = slot_of(self._now(), job.every)
        try:
            if job.where is Where.ONCE and not await self._claim(job.name, slot):
                return
            await job.run()
            outcome = "done"
        except Exception as error:
            log.error("job failed", action="job.failed", job=job.name, error=type(error).__name__)
            outcome = "failed"
        self._metrics.job(job.name, outcome)
        if job.where is Where.ONCE:
            await self._ended(job.name, slot, outcome)

    async def _claim(self, name: str, slot: datetime) -> bool:
        row = {"job": name, "slot": slot, "host": self._host, "started_at": self._now()}
        async with self._database.begin() as connection:
            return (await connection.execute(insert_or_keep(connection, job_run), row)).rowcount == 1

    async def _ended(self, name: str, slot: datetime, outcome: str) -> None:
        statement = update(job_run).where(job_run.c.job == name, job_run.c.slot == slot)
        try:
            async with self._database.begin() as connection:
                await connection.execute(statement.values(ended_at=self._now(), outcome=outcome))
        except Exception as error:
            log.warning("job end not noted", action="job.failed", job=name, error=type(error).__name__)

    async def forget(self) -> None:
        """Drop slots of more than a week ago."""
        async with self._database.begin() as connection:
            await connection.execute(delete(job_run).where(job_run.c.slot < self._now() - KEPT))


def slot_of(now: datetime, every: timedelta) -> datetime:
    """The beginning of the slot ``now`` lies in: the same in every process."""
    seconds = every.total_seconds()
    return datetime.fromtimestamp(now.timestamp() // seconds * seconds, tz=UTC)

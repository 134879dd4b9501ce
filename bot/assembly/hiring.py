"""Hires what the clock does in this hub: the jobs of its rooms and its own housekeeping, by name and interval."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from bot.assembly.expiring import warn
from bot.assembly.ground import Ground, today_of
from bot.assembly.texts import awake
from bot.citizens.retention import Retention
from bot.files.attachments import Store
from bot.jobs import table
from bot.journey.inline import Inline
from bot.orders.families import Families
from bot.outbox.pushing import EVERY, Pushing
from bot.scheduler import Job, Scheduler, Where
from bot.store.manners.measuring import measure
from bot.talks.duty import look
from tickets.rules.privacy import Keep


def hired(ground: Ground, inline: Inline, families: Families, files: Store, jobs: Sequence[Job]) -> Scheduler:
    """The scheduler with everything there is to do; ``jobs`` are those of rooms that know their own."""
    database, watches, now = ground.database, ground.watches, ground.now
    scheduler = Scheduler(database, now=now, metrics=ground.metrics)
    scheduler.hire(
        [
            *_of_the_city(ground, families, files),
            *jobs,
            Job("inline.hold_unconfirmed", timedelta(seconds=30), inline.hold_unconfirmed),
            Job("account.ends", timedelta(hours=24), partial(warn, ground.settings.accounts, now=now)),
            Job("job.forget", timedelta(hours=24), scheduler.forget),
            Job("tables.measure", timedelta(seconds=5), lambda: measure(database)),
            Job("push.send", EVERY, _pushing(ground).send, Where.EVERYWHERE),
            Job("watch.poll", timedelta(seconds=1), lambda: watches.poll(database), Where.EVERYWHERE),
            Job(
                "duty.look",
                timedelta(seconds=2),
                lambda: look(database, ground.duty, ground.metrics, now=now()),
                Where.EVERYWHERE,
            ),
        ]
    )
    return scheduler


def _of_the_city(ground: Ground, families: Families, files: Store) -> Sequence[Job]:
    return [
        *table.of_tickets(families.office),
        *table.of_dispatch(families.office, ground.advice, ground.rulebook),
        *table.of_families(families),
        *table.of_retention(_retention(ground, files)),
    ]


def _retention(ground: Ground, files: Store) -> Retention:
    def keep() -> Keep:
        return ground.city.policies.at(today_of(ground.now())).privacy.keep

    return Retention(database=ground.database, files=files, keep=keep, now=ground.now)


def _pushing(ground: Ground) -> Pushing:
    return Pushing(database=ground.database, accounts=ground.accounts, awake=awake(ground), now=ground.now)

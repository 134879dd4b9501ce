"""The telephone put together."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from bot.assembly.ground import Ground
from bot.citizens.claims import Claims
from bot.desk import Desk
from bot.orders.numbers import supervision_numbers, ticket_numbers
from bot.phone.bells import Bells
from bot.phone.dialling import Dialling
from bot.phone.intake import Intake
from bot.phone.registering import Registering
from bot.phone.unit_calls import UnitCalls
from bot.scheduler import Job, Where
from bot.talks.call_tasks import CallTasks
from bot.talks.conversing import Conversing
from bot.texts.code_texts import CodeTexts
from channels.switch import Switch
from tickets.limits.deadlines import after_quiet


@dataclass(frozen=True, slots=True, kw_only=True)
class Phone:
    """Everything that has to do with calls."""

    intake: Intake = field(repr=False)
    bells: Bells = field(repr=False)
    registering: Registering = field(repr=False)
    units: UnitCalls = field(repr=False)
    dialling: Dialling = field(repr=False)
    tasks: CallTasks = field(repr=False)
    claims: Claims = field(repr=False)

    def jobs(self, ground: Ground) -> list[Job]:
        """What of it runs by the clock, where there is a hotline, or a switchboard to control."""
        jobs = []
        if any(one.capabilities.telephone for one in ground.accounts):
            bells = partial(self.bells.poll, ground.database)
            jobs.append(Job("phone.bells", timedelta(seconds=1), bells, Where.EVERYWHERE))
        if any(isinstance(one.adapter, Switch) for one in ground.accounts):
            jobs.append(Job("phone.untold", timedelta(seconds=2), self.units.sweep))
        return jobs


def phone(ground: Ground, conversing: Conversing, codes: CodeTexts) -> Phone:
    """Put it together."""
    database, city, now = ground.database, ground.city, ground.now
    claims = Claims(texts=codes, rules=ground.ticketing)
    bells, units = Bells(), UnitCalls(database=database, accounts=ground.accounts, city=city, now=now)
    return Phone(
        intake=Intake(
            database=database,
            bells=bells,
            metrics=ground.metrics,
            awake=partial(after_quiet, city.talk.policy.quiet, city.calendar),
            moved=units.moved,
            now=now,
        ),
        bells=bells,
        registering=Registering(
            conversing=conversing,
            desk=Desk(ground.ticketing),
            numbers=ticket_numbers(database),
            supervisions=supervision_numbers(database),
            city=city.talk,
            units=city.talk.units,
            repeats=city.talk.policy.repeats,
            claims=claims,
        ),
        units=units,
        dialling=Dialling(units),
        tasks=CallTasks(database=database, ticketing=ground.ticketing, now=now),
        claims=claims,
    )

"""The ground the house stands on: its city, its database, its accounts, built before any room."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial

from bot.accounts import Account, Accounts
from bot.assembly.client_session import Http
from bot.assembly.keys import vault
from bot.city import LoadedCity, load_city
from bot.clock import CITY_TIME
from bot.dispatch.advice import Advice
from bot.dispatch.learner import Learner
from bot.dispatch.rulebook import Rulebook
from bot.journey.batching import Duty
from bot.journey.door import Watches
from bot.journey.whispers import Whispers
from bot.metrics import Metrics
from bot.orders.alerts import Alerts
from bot.orders.ticketing import Ticketing
from bot.outbox.worker import Worker
from bot.settings import Settings
from bot.store.engine import Database
from channels.adapter import Tools
from tickets.dispatch.sources import Rulings
from tickets.limits.deadlines import after_quiet


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What everything else stands on."""

    settings: Settings
    now: Callable[[], datetime]
    database: Database
    metrics: Metrics
    http: Http
    city: LoadedCity
    accounts: Accounts
    ticketing: Ticketing
    advice: Advice
    rulebook: Rulebook
    outbox: Worker
    whispers: Whispers
    watches: Watches = field(default_factory=Watches)
    duty: Duty = field(default_factory=Duty)


def lay(settings: Settings, now: Callable[[], datetime]) -> Ground:
    """Load the city and build what its rooms share. Opens nothing yet. Raises ValueError as :func:`load_city`."""
    house, metrics, http = settings.house, Metrics(), Http()
    database = Database(house.store.url, connections=house.store.connections, vault=vault(house))
    city = load_city(house.city.folder, policy=house.city.policy, today=today_of(now()))
    accounts = _accounts(settings, Tools(now=now, http=http))
    quiet = partial(after_quiet, city.talk.policy.quiet, city.calendar)
    advice = _advice(city, database, now=now())
    return Ground(
        settings=settings,
        now=now,
        database=database,
        metrics=metrics,
        http=http,
        city=city,
        accounts=accounts,
        ticketing=_ticketing(city, advice, by_phone=bool(house.city.alerts)),
        advice=advice,
        rulebook=Rulebook(database=database, catalogue=city.catalogue, rulings=advice.rulings, known=city.known),
        whispers=Whispers(database),
        outbox=Worker(database, accounts, now=now, metrics=metrics, awake=quiet),
    )


def _ticketing(city: LoadedCity, advice: Advice, **alerts: bool) -> Ticketing:
    return Ticketing(
        policies=city.policies,
        calendar=city.calendar,
        directory=city.directory,
        advice=advice,
        alerts=Alerts(**alerts),
        today=today_of,
    )


def _advice(city: LoadedCity, database: Database, *, now: datetime) -> Advice:
    rules = city.talk.policy.dispatch
    return Advice(
        directory=city.directory,
        catalogue=city.catalogue,
        concerns=city.concerns,
        rulings=Rulings(city.directory),
        learner=Learner(database=database, directory=city.directory, rules=rules, begun=now),
        rules=rules,
    )


def _accounts(settings: Settings, tools: Tools) -> Accounts:
    built = {}
    for key, one in settings.accounts.items():
        adapter = one.channel.build(one.name, one.settings, tools)
        built[key] = Account(one.channel, one.name, adapter)
    return Accounts(built)


def today_of(now: datetime) -> date:
    """The day it is in the city."""
    return now.astimezone(CITY_TIME).date()

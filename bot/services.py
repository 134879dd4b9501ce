"""The one place that builds things: everything a running hub is made of, handed to each other once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial

import aiohttp

from bot.accounts import Account, Accounts
from bot.advice import Advice
from bot.alerts import Alerts
from bot.attachments import Fetcher, Store
from bot.batching import CITY_TIME, Batching, Duty
from bot.calls import Calls
from bot.city import LoadedCity, load_city
from bot.clock import now as clock
from bot.conversing import Conversing
from bot.desk import Desk
from bot.door import HubDoor, Standings, Watches
from bot.duty import look
from bot.families import Families
from bot.hub import Hub
from bot.inline import Inline
from bot.jobs import table
from bot.learner import Learner
from bot.learning import Learning, learning
from bot.letter_ratings import LetterRatings
from bot.metrics import Metrics
from bot.numbers import supervision_numbers, ticket_numbers
from bot.office import Office
from bot.outbox.receipts import apply
from bot.outbox.worker import Worker
from bot.polling import Poller
from bot.rating_link import RatingLinks
from bot.rulebook import Rulebook
from bot.scheduler import Job, Scheduler, Where
from bot.settings import Settings
from bot.store.engine import Database
from bot.store.measuring import measure
from bot.takeover import Takeover
from bot.texting import Texting
from bot.ticketing import Ticketing
from channels.adapter import Tools
from channels.message import Inbound, Notice, Receipt, Say
from dialog.manager import turn
from dialog.memory import Memory
from dialog.notices import standing, words
from dialog.turn import Turn
from dialog.view import View
from tickets.deadlines import after_quiet
from tickets.dispatch.sources import Rulings


@dataclass(slots=True)
class Http:
    """The process's one client session, opened on first use."""

    session: aiohttp.ClientSession | None = None

    def __call__(self) -> aiohttp.ClientSession:
        if self.session is None or self.session.closed:
            self.session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30, connect=5))
        return self.session

    async def close(self) -> None:
        """Close it if it was ever opened."""
        if self.session is not None:
            await self.session.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Everything a running hub is made of."""

    settings: Settings = field(repr=False)
    now: Callable[[], datetime] = field(repr=False)
    database: Database = field(repr=False)
    metrics: Metrics = field(repr=False)
    city: LoadedCity = field(repr=False)
    accounts: Accounts = field(repr=False)
    hub: Hub = field(repr=False)
    inline: Inline = field(repr=False)
    door: HubDoor = field(repr=False)
    office: Office = field(repr=False)
    calls: Calls = field(repr=False)
    letter_ratings: LetterRatings | None = field(repr=False)
    """None where no key and public address is given: no letter carries a link."""
    families: Families = field(repr=False)
    takeover: Takeover = field(repr=False)
    texting: Texting | None = field(repr=False)
    outbox: Worker = field(repr=False)
    fetcher: Fetcher = field(repr=False)
    poller: Poller = field(repr=False)
    files: Store = field(repr=False)
    learning: Learning = field(repr=False)
    advice: Advice = field(repr=False)
    rulebook: Rulebook = field(repr=False)
    scheduler: Scheduler = field(repr=False)
    http: Http = field(repr=False)

    async def receipts(self, channel: str, receipts: Sequence[Receipt]) -> None:
        """The providers' words about what we sent."""
        if receipts:
            await apply(self.database, channel, receipts, now=self.now())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ground:
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
    watches: Watches = field(default_factory=Watches)
    duty: Duty = field(default_factory=Duty)


def build(settings: Settings, *, now: Callable[[], datetime] = clock) -> Services:
    """Put the house together. Opens nothing yet. Raises ValueError when the city's files cannot be used."""
    ground = _ground(settings, now)
    database, accounts = ground.database, ground.accounts
    files = Store(settings.house.files.folder, max_bytes=settings.house.files.max_bytes)
    hub, office, inline = _hub(ground), _office(ground), Inline(database, now=now)
    conversing, texting, families = _conversing(ground), _texting(ground), Families(office=office)
    loop = learning(database, ground.city, ground.ticketing, conversing, now=now)
    jobs = [
        *table.of_tickets(office),
        *table.of_dispatch(office, ground.advice, ground.rulebook),
        *table.of_families(families),
        *loop.jobs(),
        *([Job("alert.text", timedelta(seconds=10), texting.send)] if texting else ()),
    ]
    return Services(
        settings=settings,
        now=now,
        database=database,
        metrics=ground.metrics,
        city=ground.city,
        accounts=accounts,
        hub=hub,
        inline=inline,
        door=HubDoor(
            hub=hub,
            database=database,
            files=files,
            watches=ground.watches,
            standings=_standings(ground.city),
            now=now,
        ),
        office=office,
        calls=Calls(office),
        letter_ratings=LetterRatings(office, office.links) if office.links else None,
        families=families,
        takeover=Takeover(conversing=conversing),
        texting=texting,
        outbox=ground.outbox,
        fetcher=Fetcher(database, accounts, files, now=now),
        poller=Poller(database=database, accounts=accounts, hub=hub, files=files, metrics=ground.metrics, now=now),
        files=files,
        learning=loop,
        advice=ground.advice,
        rulebook=ground.rulebook,
        scheduler=_scheduler(ground, inline, jobs),
        http=ground.http,
    )


def _ground(settings: Settings, now: Callable[[], datetime]) -> _Ground:
    house, metrics, http = settings.house, Metrics(), Http()
    database = Database(house.store.url, connections=house.store.connections)
    city = load_city(house.city.folder, policy=house.city.policy, today=_today(now()))
    accounts = _accounts(settings, Tools(now=now, http=http))
    quiet = partial(after_quiet, city.talk.policy.quiet, city.calendar)
    advice = _advice(city, database, now=now())
    return _Ground(
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
        outbox=Worker(database, accounts, now=now, metrics=metrics, awake=quiet),
    )


def _ticketing(city: LoadedCity, advice: Advice, **alerts: bool) -> Ticketing:
    return Ticketing(
        policies=city.policies,
        calendar=city.calendar,
        directory=city.directory,
        advice=advice,
        alerts=Alerts(**alerts),
        today=_today,
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


def _hub(ground: _Ground) -> Hub:
    limits = ground.settings.house.hub
    batching = Batching(
        accounts=ground.accounts,
        desk=Desk(ground.ticketing),
        numbers=ticket_numbers(ground.database),
        supervisions=supervision_numbers(ground.database),
        think=_thinking(ground.city),
        sorry=_sorry(ground.city),
        units=ground.city.talk.units,
        repeats=ground.city.talk.policy.repeats,
        duty=ground.duty,
        metrics=ground.metrics,
        wake=ground.outbox.wake,
        grew=ground.watches.grew,
    )
    return Hub(
        ground.database,
        batching,
        now=ground.now,
        metrics=ground.metrics,
        batch_max=limits.batch_max,
        queue_max=limits.queue_max,
    )


def _office(ground: _Ground) -> Office:
    return Office(
        database=ground.database,
        ticketing=ground.ticketing,
        supervisions=supervision_numbers(ground.database),
        accounts=ground.accounts,
        words=_notices(ground.city),
        wake=ground.outbox.wake,
        grew=ground.watches.grew,
        now=ground.now,
        links=_links(ground.settings),
    )


def _links(settings: Settings) -> RatingLinks | None:
    web = settings.house.web
    return RatingLinks(web.link_key.get_secret_value(), web.public_url) if web.link_key and web.public_url else None


def _conversing(ground: _Ground) -> Conversing:
    return Conversing(
        database=ground.database,
        accounts=ground.accounts,
        words=_notices(ground.city),
        wake=ground.outbox.wake,
        grew=ground.watches.grew,
        now=ground.now,
    )


def _scheduler(ground: _Ground, inline: Inline, jobs: Sequence[Job]) -> Scheduler:
    database, watches, now = ground.database, ground.watches, ground.now
    scheduler = Scheduler(database, now=now, metrics=ground.metrics)
    scheduler.hire(
        [
            *jobs,
            Job("inline.hold_unconfirmed", timedelta(seconds=30), inline.hold_unconfirmed),
            Job("job.forget", timedelta(hours=24), scheduler.forget),
            Job("tables.measure", timedelta(seconds=5), lambda: measure(database)),
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


def _texting(ground: _Ground) -> Texting | None:
    """Grave alerts go to officers' phones where the city says through which account."""
    named = ground.settings.house.city.alerts
    if named is None:
        return None
    folder, _, name = named.partition(".")
    return Texting(
        database=ground.database,
        account=ground.accounts[folder, name],
        directory=ground.city.directory,
        awake=partial(after_quiet, ground.city.talk.policy.quiet, ground.city.calendar),
        wake=ground.outbox.wake,
        now=ground.now,
    )


def _today(now: datetime) -> date:
    return now.astimezone(CITY_TIME).date()


def _accounts(settings: Settings, tools: Tools) -> Accounts:
    built = {}
    for key, one in settings.accounts.items():
        adapter = one.channel.build(one.name, one.settings, tools)
        built[key] = Account(one.channel, one.name, adapter)
    return Accounts(built)


def _thinking(city: LoadedCity) -> Callable[[Memory, Inbound, View, datetime], Turn]:
    def think(memory: Memory, inbound: Inbound, view: View, now: datetime) -> Turn:
        return turn(memory, inbound, view, city=city.talk, now=now)

    return think


def _sorry(city: LoadedCity) -> Callable[[str], Say]:
    return lambda error_id: words("system.stuck", {"error_id": error_id}, locale="zh_CN", brief=False, city=city.talk)


def _standings(city: LoadedCity) -> Standings:
    return Standings(city.talk.units, lambda one: standing(one, locale="zh_CN", city=city.talk))


def _notices(city: LoadedCity) -> Callable[..., Notice]:
    def notice(key: str, params: Mapping[str, str], *, brief: bool, locale: str) -> Notice:
        said = words(key, params, locale=locale, brief=brief, city=city.talk)
        return Notice(key, params, said.text, said.choices)

    return notice

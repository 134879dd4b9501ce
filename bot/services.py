"""The one place that builds things: everything a running hub is made of, handed to each other once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from bot.accounts import Accounts
from bot.advice import Advice
from bot.attachments import Fetcher, Store
from bot.batching import Batching
from bot.calls import Calls
from bot.city import LoadedCity
from bot.client_session import Http
from bot.clock import now as clock
from bot.conversing import Conversing
from bot.desk import Desk
from bot.door import HubDoor
from bot.duty import look
from bot.families import Families
from bot.ground import Ground, lay, today_of
from bot.hub import Hub
from bot.inline import Inline
from bot.jobs import table
from bot.learning import Learning, learning
from bot.letter_ratings import LetterRatings
from bot.metrics import Metrics
from bot.numbers import supervision_numbers, ticket_numbers
from bot.office import Office
from bot.outbox.receipts import apply
from bot.outbox.worker import Worker
from bot.own_data import OwnData
from bot.phone.room import Phone, phone
from bot.polling import Poller
from bot.rating_link import RatingLinks
from bot.relay import Relay
from bot.retention import Retention
from bot.reveals import Reveals
from bot.roster import Roster
from bot.rulebook import Rulebook
from bot.scheduler import Job, Scheduler, Where
from bot.settings import Settings
from bot.speaking import notices, sorry, standings, thinking
from bot.store.engine import Database
from bot.store.measuring import measure
from bot.takeover import Takeover
from bot.texting import Texting
from channels.message import Receipt
from tickets.deadlines import after_quiet
from tickets.privacy import Keep


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
    roster: Roster = field(repr=False)
    reveals: Reveals = field(repr=False)
    relay: Relay = field(repr=False)
    own_data: OwnData = field(repr=False)
    takeover: Takeover = field(repr=False)
    texting: Texting | None = field(repr=False)
    phone: Phone = field(repr=False)
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


def build(settings: Settings, *, now: Callable[[], datetime] = clock) -> Services:
    """Put the house together. Opens nothing yet. Raises ValueError when the city's files cannot be used."""
    ground = lay(settings, now)
    database, accounts = ground.database, ground.accounts
    files = Store(settings.house.files.folder, max_bytes=settings.house.files.max_bytes)
    hub, office, inline = _hub(ground), _office(ground), Inline(database, now=now)
    conversing, texting, families = _conversing(ground), _texting(ground), Families(office=office)
    telephone, loop = phone(ground, conversing), _learning(ground, conversing)
    more = (*loop.jobs(), *_of_texting(texting), *telephone.jobs(database, accounts))
    return Services(
        settings=settings,
        now=now,
        database=database,
        metrics=ground.metrics,
        city=ground.city,
        accounts=accounts,
        hub=hub,
        inline=inline,
        door=_door(ground, hub, files),
        office=office,
        calls=Calls(office),
        letter_ratings=LetterRatings(office, office.links) if office.links else None,
        families=families,
        roster=Roster(database, now, frozenset(ground.city.talk.units)),
        reveals=Reveals(database=database, policies=ground.city.policies, now=now),
        relay=Relay(office),
        own_data=_own_data(ground, files),
        takeover=Takeover(conversing=conversing),
        texting=texting,
        phone=telephone,
        outbox=ground.outbox,
        fetcher=Fetcher(database, accounts, files, now=now),
        poller=_poller(ground, hub, files, telephone),
        files=files,
        learning=loop,
        advice=ground.advice,
        rulebook=ground.rulebook,
        scheduler=_scheduler(ground, inline, [*_of_the_city(ground, office, families, files), *more]),
        http=ground.http,
    )


def _hub(ground: Ground) -> Hub:
    limits = ground.settings.house.hub
    batching = Batching(
        accounts=ground.accounts,
        desk=Desk(ground.ticketing),
        numbers=ticket_numbers(ground.database),
        supervisions=supervision_numbers(ground.database),
        think=thinking(ground.city),
        sorry=sorry(ground.city),
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


def _door(ground: Ground, hub: Hub, files: Store) -> HubDoor:
    return HubDoor(
        hub=hub,
        database=ground.database,
        files=files,
        watches=ground.watches,
        standings=standings(ground.city),
        now=ground.now,
    )


def _poller(ground: Ground, hub: Hub, files: Store, telephone: Phone) -> Poller:
    return Poller(
        database=ground.database,
        accounts=ground.accounts,
        hub=hub,
        calls=telephone.intake.take,
        files=files,
        metrics=ground.metrics,
        now=ground.now,
    )


def _learning(ground: Ground, conversing: Conversing) -> Learning:
    return learning(ground.database, ground.city, ground.ticketing, conversing, now=ground.now)


def _office(ground: Ground) -> Office:
    return Office(
        database=ground.database,
        ticketing=ground.ticketing,
        supervisions=supervision_numbers(ground.database),
        accounts=ground.accounts,
        words=notices(ground.city),
        wake=ground.outbox.wake,
        grew=ground.watches.grew,
        now=ground.now,
        links=_links(ground.settings),
    )


def _own_data(ground: Ground, files: Store) -> OwnData:
    return OwnData(
        database=ground.database,
        files=files,
        accounts=ground.accounts,
        units=ground.city.talk.units,
        now=ground.now,
    )


def _retention(ground: Ground, files: Store) -> Retention:
    def keep() -> Keep:
        return ground.city.policies.at(today_of(ground.now())).privacy.keep

    return Retention(database=ground.database, files=files, keep=keep, now=ground.now)


def _links(settings: Settings) -> RatingLinks | None:
    web = settings.house.web
    return RatingLinks(web.link_key.get_secret_value(), web.public_url) if web.link_key and web.public_url else None


def _conversing(ground: Ground) -> Conversing:
    return Conversing(
        database=ground.database,
        accounts=ground.accounts,
        words=notices(ground.city),
        wake=ground.outbox.wake,
        grew=ground.watches.grew,
        now=ground.now,
    )


def _of_the_city(ground: Ground, office: Office, families: Families, files: Store) -> Sequence[Job]:
    return [
        *table.of_tickets(office),
        *table.of_dispatch(office, ground.advice, ground.rulebook),
        *table.of_families(families),
        *table.of_retention(_retention(ground, files)),
    ]


def _of_texting(texting: Texting | None) -> Sequence[Job]:
    return [Job("alert.text", timedelta(seconds=10), texting.send)] if texting else []


def _scheduler(ground: Ground, inline: Inline, jobs: Sequence[Job]) -> Scheduler:
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


def _texting(ground: Ground) -> Texting | None:
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

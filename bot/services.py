"""The one place that builds things: everything a running hub is made of, handed to each other once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.accounts import Accounts
from bot.assembly.client_session import Http
from bot.assembly.ground import Ground, lay
from bot.assembly.hiring import hired
from bot.assembly.learning import Learning, learning
from bot.assembly.texts import Texts, texts
from bot.citizens.own_data import OwnData
from bot.citizens.reveals import Reveals
from bot.city import LoadedCity
from bot.clock import now as clock
from bot.desk import Desk
from bot.dispatch.advice import Advice
from bot.dispatch.rulebook import Rulebook
from bot.files.attachments import Fetcher, Store
from bot.journey.batching import Batching
from bot.journey.door import HubDoor
from bot.journey.hub import Hub
from bot.journey.inline import Inline
from bot.journey.linking import Linker
from bot.journey.polling import Poller
from bot.journey.speaking import notices, sorry, standings, thinking
from bot.journey.whispers import Whispers
from bot.metrics import Metrics
from bot.orders.calls import Calls
from bot.orders.families import Families
from bot.orders.letter_ratings import LetterRatings
from bot.orders.numbers import supervision_numbers, ticket_numbers
from bot.orders.office import Office
from bot.orders.rating_link import RatingLinks
from bot.outbox.receipts import apply
from bot.outbox.worker import Worker
from bot.phone.room import Phone, phone
from bot.roster import Roster
from bot.scheduler import Scheduler
from bot.settings import Settings
from bot.store.engine import Database
from bot.talks.conversing import Conversing
from bot.talks.relay import Relay
from bot.talks.takeover import Takeover
from channels.message import Receipt


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
    whispers: Whispers = field(repr=False)
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
    texts: Texts = field(repr=False)
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
    database, accounts, files = ground.database, ground.accounts, _files(settings)
    hub, office, inline = _hub(ground), _office(ground), Inline(database, now=now)
    conversing, families, own = _conversing(ground), Families(office=office), texts(ground)
    loop = learning(database, ground.city, ground.ticketing, conversing, now=now)
    telephone = phone(ground, conversing, own.codes)
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
        whispers=ground.whispers,
        office=office,
        calls=Calls(office),
        letter_ratings=LetterRatings(office, office.links) if office.links else None,
        families=families,
        roster=Roster(database, now, frozenset(ground.city.talk.units)),
        reveals=Reveals(database=database, policies=ground.city.policies, now=now),
        relay=Relay(office),
        own_data=_own_data(ground, files),
        takeover=Takeover(conversing=conversing),
        texts=own,
        phone=telephone,
        outbox=ground.outbox,
        fetcher=Fetcher(database, accounts, files, now=now),
        poller=_poller(ground, hub, files, telephone),
        files=files,
        learning=loop,
        advice=ground.advice,
        rulebook=ground.rulebook,
        scheduler=hired(ground, inline, families, files, [*loop.jobs(), *own.jobs(), *telephone.jobs(ground)]),
        http=ground.http,
    )


def _files(settings: Settings) -> Store:
    return Store(settings.house.files.folder, max_bytes=settings.house.files.max_bytes)


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
        linker=Linker(rules=ground.ticketing),
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
        whispers=ground.whispers,
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

"""The month itself: the clock jumps from happening to happening, and everything goes through the hub's own doors."""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import select

from benchmarks.month.agenda import Agenda
from benchmarks.month.officers import Doing, Given, Officers
from benchmarks.month.people import NUMBER, Person, answers, asked_for_rating, somebody
from benchmarks.month.pushing import Pushed, Pushing, channel
from bot.scheduler import Job, Where
from bot.services import Services, build
from bot.settings import AccountSettings, load
from bot.store import paper_rows
from bot.store.manners.several import among
from bot.store.tables import outbox, ticket, ticket_event
from bot.store.ticket_rows import read_ticket
from channels.message import Address, Batch, Inbound, Kind
from tests.journeys.clock import CITY_TIME, Clock
from tickets.orders import NotAllowed
from tickets.ticket import Ticket

BEGIN = datetime(2026, 9, 15, 0, 0, tzinfo=CITY_TIME)
END = datetime(2026, 10, 15, 0, 0, tzinfo=CITY_TIME)
"""中秋 and 国庆 are in it, and the make-up working days before and after."""
HOURS = (1, 1, 0, 0, 0, 1, 2, 5, 9, 11, 11, 9, 6, 6, 8, 9, 9, 8, 7, 7, 6, 5, 3, 2)
"""When citizens write, by the hour."""
PUSHED = 0.1
"""How many citizens are pushed to; the others read their web chat."""
ON_HOLIDAYS = 0.7
HALF_AN_HOUR = timedelta(minutes=30)
"""The clock of an idle city makes no longer steps than this, or its pace."""
TALKS_PER_TICKET = 1.88
_EVENTS = select(ticket_event).order_by(ticket_event.c.id)
_ANSWERS = select(outbox.c.in_reply_to, outbox.c.body).where(among(outbox.c.in_reply_to, "messages"))
_TICKETS = select(ticket).where(among(ticket.c.number, "numbers"))
_NOTICES = select(outbox.c.id, outbox.c.peer, outbox.c.ticket, outbox.c.body).where(
    outbox.c.key.startswith("t:"), outbox.c.channel == "app"
)


@dataclass(frozen=True, slots=True)
class Saying:
    """A citizen is about to write."""

    person: Person = field(repr=False)
    text: str = field(repr=False)


@dataclass(slots=True)
class Tally:
    """What the simulation itself counted: the other side of the books."""

    talks: int = 0
    messages: int = 0
    told: set[str] = field(default_factory=set, repr=False)
    """Numbers of tickets that citizens heard."""
    orders: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    pushed: list[Pushed] = field(default_factory=list, repr=False)
    jobs: int = 0


@dataclass(slots=True)
class Month:
    """One run. The same seed gives the same month."""

    services: Services = field(repr=False)
    clock: Clock = field(repr=False)
    push: Pushing = field(repr=False)
    luck: Random = field(repr=False)
    pace: timedelta
    """What happens within so much of each other happens at once; the jobs run no more often."""
    begin: datetime = BEGIN
    end: datetime = END
    tally: Tally = field(default_factory=Tally)
    _agenda: Agenda[Saying | Doing] = field(init=False, repr=False)
    _officers: Officers = field(init=False, repr=False)
    _people: dict[str, Person] = field(default_factory=dict, repr=False)
    _keys: itertools.count[int] = field(default_factory=lambda: itertools.count(1), repr=False)
    _event: int = 0
    _notice: int = 0
    _ran: dict[str, datetime] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self._agenda = Agenda(self.pace)
        self._officers = Officers(self.services.city, self.luck)

    async def live(self, tickets: int, *, tell: Callable[[datetime], None] = lambda _: None) -> None:
        """From the first day to the last; ``tell`` hears of every new day."""
        self._write_in(round(tickets * TALKS_PER_TICKET))
        day = self.begin.date()
        while (due := self._agenda.next(until=self.end)) is not None:
            at, things = due
            if at.date() > day:
                day = at.date()
                tell(at)
            await self._pass(at)
            await self._say([one for one in things if isinstance(one, Saying)])
            await self._do([one for one in things if isinstance(one, Doing)])
            await self._notice_all()
        await self._pass(self.end)
        await self._notice_all()

    # The clock.

    async def _pass(self, at: datetime) -> None:
        """Until ``at``, the hub's jobs running at their times, but not more often than the pace."""
        while self.clock.now() < at:
            self.clock.advance(min(at - self.clock.now(), max(self.pace, HALF_AN_HOUR)))
            await self._run_jobs()
            await self._send()

    async def _run_jobs(self) -> None:
        now = self.clock.now()
        for job in self.services.scheduler.jobs:
            if self._due(job, now):
                self._ran[job.name] = now
                await job.run()
                self.tally.jobs += 1

    def _due(self, job: Job, now: datetime) -> bool:
        last = self._ran.get(job.name)
        return job.where is Where.ONCE and (last is None or now >= last + job.every)

    async def _send(self) -> None:
        """The outbox, until nothing moves."""
        while await self.services.outbox.once():
            await asyncio.sleep(0)

    # Citizens.

    def _write_in(self, talks: int) -> None:
        calendar, day = self.services.city.calendar, self.begin
        days = []
        while day < self.end:
            days.append((day, 1.0 if calendar.is_workday(day.date()) else ON_HOLIDAYS))
            day += timedelta(days=1)
        peers: list[Address] = []
        for place in range(talks):
            (midnight,) = self.luck.choices([one for one, _ in days], [weight for _, weight in days])
            (hour,) = self.luck.choices(range(24), HOURS)
            at = midnight + timedelta(hours=hour, seconds=self.luck.randrange(3600))
            again = peers and self.luck.random() < 0.1
            kind = ("push", "city") if self.luck.random() < PUSHED else ("app", "web")
            address = self.luck.choice(peers) if again else Address(*kind, f"c{place}")
            peers.append(address)
            person = somebody(address, self.luck)
            self._agenda.add(at, Saying(person, person.says))
            self.tally.talks += 1

    async def _say(self, sayings: Sequence[Saying]) -> None:
        """All at once through the hub; each hears his answer and perhaps goes on."""
        if not sayings:
            return
        now = self.clock.now()
        batch = Batch(
            tuple(
                Inbound(
                    address=one.person.address, id=f"k{next(self._keys)}", sent_at=now, kind=Kind.TEXT, text=one.text
                )
                for one in sayings
            )
        )
        taken = await self.services.hub.receive(batch)
        self.tally.messages += len(taken)
        await self._send()
        async with self.services.database.read() as connection:
            rows = await connection.execute(_ANSWERS, {"messages": [one.id for one in taken]})
            heard = {row.in_reply_to: row.body["text"] for row in rows}
        for saying, one in zip(sayings, taken, strict=True):
            self._hear(saying.person, heard.get(one.id, ""))

    def _hear(self, person: Person, heard: str) -> None:
        self._people[person.address.peer] = person
        now, luck = self.clock.now(), self.luck
        if (told := NUMBER.search(heard)) and told[1] not in self.tally.told:
            self.tally.told.add(told[1])
            self._come_back(person)
        if reply := answers(person, heard, luck):
            self._agenda.add(now + timedelta(seconds=luck.uniform(15, 240)), Saying(person, reply))

    def _come_back(self, person: Person) -> None:
        """Some ask how it stands, urge, add something, withdraw, or want a person."""
        now, luck = self.clock.now(), self.luck
        for share, first, last, text in (
            (0.25, 5, 90, "查询"),
            (0.12, 30, 150, "催办"),
            (0.03, 60, 200, "催办"),
            (0.08, 1, 60, "补充一下，昨天晚上还是这样"),
            (0.025, 1, 80, "撤回诉求"),
            (0.01, 1, 80, "转人工"),
        ):
            if luck.random() < share:
                at = (now + timedelta(hours=luck.uniform(first, last))).replace(hour=luck.randrange(8, 22))
                if at > now:
                    self._agenda.add(at, Saying(person, text))

    # Officers, units and what citizens are told.

    async def _do(self, doings: Sequence[Doing]) -> None:
        """All at once through the office, each seeing the ticket as it stands."""
        if not doings:
            return
        stands = await self._stand({one.number for one in doings})
        given = [order for one in doings if one.number in stands for order in one.says(stands[one.number])]
        await asyncio.gather(*(self._order(one) for one in given))

    async def _order(self, given: Given) -> None:
        number, order = given
        self.tally.orders += 1
        try:
            await self.services.office.order(number, order)
        except NotAllowed as refused:
            self.tally.refused[f"{order.command}: {refused.reason}"] += 1
        except Exception as error:
            self.tally.failures[f"{order.command}: {error!r}"] += 1

    async def _stand(self, numbers: set[str]) -> Mapping[str, Ticket]:
        async with self.services.database.read() as connection:
            found = (await connection.execute(_TICKETS, {"numbers": sorted(numbers)})).mappings()
            rows = {row["number"]: dict(row) for row in found}
            await paper_rows.load(connection, rows)
        return {number: read_ticket(row) for number, row in rows.items()}

    async def _notice_all(self) -> None:
        """Everybody sees what is new in the log, and citizens what they were told."""
        async with self.services.database.read() as connection:
            events = (await connection.execute(_EVENTS.where(ticket_event.c.id > self._event))).mappings().all()
            notices = (await connection.execute(_NOTICES.where(outbox.c.id > self._notice))).all()
        for event in map(dict, events):
            self._event = max(self._event, event["id"])
            self._follow(event)
        for notice in notices:
            self._notice = max(self._notice, notice.id)
            self._asked(notice.peer, notice.ticket, notice.body["notice"])
        arrived, self.push.arrived = self.push.arrived, []
        self.tally.pushed += arrived
        for one in arrived:
            if one.notice:
                self._asked(one.peer, one.key.split(":")[1], one.notice)

    def _follow(self, event: Mapping[str, Any]) -> None:
        for at, doing in self._officers.after(event):
            self._agenda.add(max(at, self.clock.now() + timedelta(seconds=1)), doing)

    def _asked(self, peer: str, number: str, notice: str) -> None:
        """Asked for his rating, a citizen answers, or stays silent."""
        person = self._people.get(peer)
        if person is None or not notice.startswith("survey.") or self.luck.random() > 0.45:
            return
        person.verdict = self._officers.deserved(number)
        person.reasons = self.luck.choice(("2", "1 3 他们根本没来", "④", "5", "2 问题还在", ""))
        at = self.clock.now() + timedelta(hours=self.luck.uniform(0.1, 9))
        self._agenda.add(at, Saying(person, asked_for_rating(person, self.luck)))


def prepared(url: str, folder: Path, *, seed: int, pace: timedelta, end: datetime = END) -> Month:
    """A house over the (migrated) database ``url`` with a web chat and a channel that pushes, on the eve of the month."""
    clock = Clock(BEGIN)
    push = Pushing(clock.now)
    default = {
        "store": {"url": url, "connections": 4},
        "files": {"folder": str(folder)},
        "hub": {"batch_max": 64, "queue_max": 1_000_000},
        "city": {"policy": "cn-jinan-like"},
        "channels": {"app": {"web": {"jwt_secret": "an example secret of the month, 32 bytes+"}}},
    }
    settings = load(None, {}, default=default)
    pushes = {("push", "city"): AccountSettings(channel(push), "city", {})}
    settings = replace(settings, accounts={**settings.accounts, **pushes})
    # Seeded, so that a month can be lived again; nothing secret.
    return Month(build(settings, now=clock.now), clock, push, Random(seed), pace, end=end)

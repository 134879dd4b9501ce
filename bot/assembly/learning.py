"""The learning hub (知识闭环): editors, their tasks, the experts of units, and the clocks that go with them, put together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.city import LoadedCity
from bot.experts.outcome import Registry
from bot.experts.sessions import ThreeWay
from bot.jobs import table
from bot.knowledge.editors import Editors
from bot.knowledge.keeper import Keeper
from bot.knowledge.upkeep import Upkeep
from bot.orders.numbers import ticket_numbers
from bot.orders.ticketing import Ticketing
from bot.scheduler import Job, Where
from bot.store.engine import Database
from bot.talks.conversing import Conversing


@dataclass(frozen=True, slots=True, kw_only=True)
class Learning:
    """Everything that keeps the knowledge true."""

    editors: Editors = field(repr=False)
    upkeep: Upkeep = field(repr=False)
    keeper: Keeper = field(repr=False)
    sessions: ThreeWay = field(repr=False)

    def jobs(self) -> list[Job]:
        """What of it runs by the clock."""
        return [
            *table.of_knowledge(self.keeper),
            *table.of_talks(self.keeper, self.sessions, self.upkeep),
            Job("knowledge.refresh", timedelta(seconds=2), self.editors.refresh, Where.EVERYWHERE),
        ]


def learning(
    database: Database, city: LoadedCity, rules: Ticketing, conversing: Conversing, *, now: Callable[[], datetime]
) -> Learning:
    """Put it together."""
    editors = Editors(database, city.index, rules)
    registry = Registry(rules=rules, numbers=ticket_numbers(database))
    return Learning(
        editors=editors,
        upkeep=Upkeep(database=database, editors=editors, rules=rules, now=now),
        keeper=Keeper(editors=editors, index=city.index, rules=rules, city=city.talk, conversing=conversing),
        sessions=ThreeWay(conversing=conversing, rules=rules, registry=registry, units=city.talk.units),
    )

"""Advises the dispatcher: looks at a stored ticket as the dispatch suggestion wants it, and asks every source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.dispatch.learner import Learner
from tickets.appeal import AppealType
from tickets.dispatch.case import Case, Concern, concerned
from tickets.dispatch.catalogue import Catalogue, Rule
from tickets.dispatch.rules import Dispatching
from tickets.dispatch.sources import Duties, Habit, Rows, Rulings, Territory
from tickets.dispatch.suggestion import Combiner, Suggestion
from tickets.limits.calendar import SHANGHAI
from tickets.papers.request import Request, RequestKind, RequestState
from tickets.units import Directory

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """Proposals for stored tickets. Everything it asks is in memory: no transaction waits for it."""

    directory: Directory = field(repr=False)
    catalogue: Catalogue = field(repr=False)
    concerns: tuple[Concern, ...] = field(repr=False)
    rulings: Rulings = field(repr=False)
    learner: Learner = field(repr=False)
    rules: Dispatching

    def suggest(self, row: Row, *, now: datetime) -> tuple[Suggestion, ...]:
        """At most three units that could lead, the best first."""
        combiner = Combiner(
            directory=self.directory,
            sources=(
                Rows(self.directory, self.catalogue),
                self.rulings,
                Duties(self.directory),
                Habit(self.learner.experience),
                Territory(self.directory),
            ),
            rules=self.rules,
            returned=self.learner.returned,
            barred=_barred(row),
        )
        return combiner.suggest(self.case(row, now=now))

    def rule(self, row: Row, *, now: datetime) -> Rule | None:
        """The row of the catalogue that holds for the ticket now."""
        return self.catalogue.find(self.case(row, now=now))

    def concern(self, row: Row, *, now: datetime) -> str:
        """What the ticket is about beside its category, as the catalogue knows it; "" when it is nothing of that."""
        return next(iter(self.case(row, now=now).concerns), "")

    def case(self, row: Row, *, now: datetime) -> Case:
        """The ticket as dispatch looks at it."""
        text = "\n".join((row["title"], row["content"], row["place"]))
        day = now.astimezone(SHANGHAI).date()
        street = self.directory.street(row["district"], text, day)
        return Case(
            category=row["category"],
            day=day,
            district=row["district"],
            street=street.region.partition("/")[2] if street else "",
            type=row["type"],
            received=f"{row['received_at'].astimezone(SHANGHAI):%Y-%m}",
            concerns=concerned(self.concerns, text),
            text=text,
        )


def _barred(row: Row) -> frozenset[str]:
    """Who returned this ticket with good reason, and whom a report is about."""
    gave: Iterable[Request] = row.get("requests", ())
    returned = {one.asked_by for one in gave if one.kind is RequestKind.RETURN and one.state is RequestState.APPROVED}
    about = {row["respondent_unit"]} if row["type"] == AppealType.REPORT else set()
    return frozenset(returned | about) - {""}

"""Where a proposal comes from: the catalogue, past rulings, duty texts, experience; each says which unit and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from math import log
from typing import Protocol

from tickets.dispatch.case import Case
from tickets.dispatch.catalogue import DISTRICT, Catalogue, Rule
from tickets.dispatch.experience import Experience
from tickets.units import Directory, Unit


class Ground(StrEnum):
    """On what a proposal stands, in the order of domain.md §4.7."""

    CATALOGUE = "catalogue"
    RULING = "ruling"
    DUTY = "duty"
    EXPERIENCE = "experience"
    DISTRICT = "district"


@dataclass(frozen=True, slots=True)
class Hint:
    """One source's word for one unit: how strongly (0 to 1), why, and the clause it quotes."""

    unit: str
    strength: float
    why: str
    clause: str = ""
    co: tuple[str, ...] = ()
    named: bool = False
    """The catalogue names it to lead."""


class Source(Protocol):
    """Anything that can say who might lead."""

    @property
    def ground(self) -> Ground:
        """On what its words stand."""
        ...

    def hints(self, case: Case) -> Iterator[Hint]:
        """Its proposals for ``case``."""
        ...


@dataclass(frozen=True, slots=True)
class Rows:
    """The row of the catalogue that holds; who helps there could lead too, far less likely."""

    directory: Directory = field(repr=False)
    catalogue: Catalogue = field(repr=False)
    ground: Ground = Ground.CATALOGUE

    def hints(self, case: Case) -> Iterator[Hint]:
        """The lead of the most particular row, and its co-organisers."""
        rule = self.catalogue.find(case)
        if rule is None:
            return
        lead, co = resolved(rule, case, self.directory)
        stands = f"会商裁定 {rule.ruling}" if rule.ruling else rule.source
        words = " ".join(filter(None, ("派单目录", rule.category, stands, rule.note)))
        if lead:
            yield Hint(lead, 1.0, words, rule.clause, co, named=True)
        for unit in co:
            yield Hint(unit, CO_STRENGTH, "派单目录：协办")


CO_STRENGTH = 0.3
"""A co-organiser of the row that holds: it has to do with the matter, but somebody else was named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What a panel ruled (会商裁定) and nobody has yet taken over into the catalogue."""

    rule: Rule
    ticket: str


@dataclass(slots=True)
class Rulings:
    """Rulings that wait for an editor's signature. Approved ones are rows of the catalogue, rejected ones are gone."""

    directory: Directory = field(repr=False)
    pending: tuple[Ruling, ...] = ()
    ground: Ground = Ground.RULING

    def hints(self, case: Case) -> Iterator[Hint]:
        """The latest ruling on the same category: the same district counts whole, another one half."""
        seen: set[str] = set()
        for one in reversed(self.pending):
            rule = one.rule
            if rule.category != case.category or (rule.concern and rule.concern not in case.concerns):
                continue
            lead, co = resolved(rule, case, self.directory)
            if lead and lead not in seen:
                seen.add(lead)
                same = rule.district in {"", case.district}
                yield Hint(lead, 1.0 if same else 0.5, f"会商裁定 {one.ticket}（待入目录）", rule.clause, co)


@dataclass(frozen=True, slots=True)
class Duties:
    """Units whose duty words the citizen's text speaks of; rare words say more than common ones."""

    directory: Directory = field(repr=False)
    ground: Ground = Ground.DUTY

    def hints(self, case: Case) -> Iterator[Hint]:
        """Every level-2 unit of the area with a word in common, measured against the one with the most."""
        units = [unit for unit in self.directory.on(case.day) if unit.level == 2 and unit.covers(case.district)]
        weights = _rarity(units)
        scores = {unit.code: [word for word in unit.duties if word in case.text] for unit in units}
        sums = {code: sum(weights[word] for word in found) for code, found in scores.items() if found}
        most = max(sums.values(), default=0.0)
        quoted = {unit.code: unit.quoted for unit in units}
        for code, total in sums.items():
            yield Hint(code, total / most, f"职责：{'、'.join(scores[code])}", quoted[code])


def _rarity(units: Sequence[Unit]) -> Mapping[str, float]:
    """How much each duty word tells: more, the fewer units have it, and the longer it is."""
    having: dict[str, int] = {}
    for unit in units:
        for word in unit.duties:
            having[word] = having.get(word, 0) + 1
    return {word: (1 + log(len(units) / count)) * len(word) for word, count in having.items()}


@dataclass(frozen=True, slots=True)
class Habit:
    """What such tickets went to before, and were not returned from."""

    experience: Experience = field(repr=False)
    ground: Ground = Ground.EXPERIENCE

    def hints(self, case: Case) -> Iterator[Hint]:
        """The likeliest units; how often, in the exact category."""
        trace = case.trace
        for unit, share in self.experience.rank(trace)[:LIKELIEST]:
            done = self.experience.seen(trace, unit)
            yield Hint(unit, share, f"以往同类工单约{done:.0f}件由其办结" if done >= 1 else "以往相近工单由其办结")


LIKELIEST = 5
"""Units experience may name: more would only be noise behind the other sources."""


@dataclass(frozen=True, slots=True)
class Territory:
    """属地兜底: the government of the district answers where nobody else is named."""

    directory: Directory = field(repr=False)
    ground: Ground = Ground.DISTRICT

    def hints(self, case: Case) -> Iterator[Hint]:
        """The district's government."""
        government = self.directory.government(case.district, case.day)
        if government:
            yield Hint(government.code, 1.0, "属地兜底", government.quoted)


def resolved(rule: Rule, case: Case, directory: Directory) -> tuple[str, tuple[str, ...]]:
    """The lead and the co-organisers of a row, "district" replaced by the government of the place; "" where unknown."""
    government = directory.government(case.district, case.day)
    here = government.code if government else ""
    lead, *co = (here if code == DISTRICT else code for code in (rule.lead, *rule.co))
    return lead, tuple(dict.fromkeys(code for code in co if code and code != lead))

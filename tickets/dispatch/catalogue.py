"""The dispatch catalogue (派单目录): which category, where and about whom, goes to which unit, from when to when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tickets.dispatch.case import Case
from tickets.sheet import SheetError, read
from tickets.units import Directory

DISTRICT = "district"
"""In a catalogue row: the government of the district where it happened."""

Key = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A row: appeals of ``category`` go to ``lead`` (a unit code, or "district"); ``co`` help. ``district``, ``street``
    and ``concern`` narrow it down. ``note`` is for the dispatcher."""

    category: str
    lead: str
    co: tuple[str, ...] = ()
    district: str = ""
    street: str = ""
    concern: str = ""
    department_only: bool = False
    """不得下沉: a department's matter, never sent to a street."""
    source: str = ""
    """The document it stands in, or the consultation that ruled it."""
    clause: str = ""
    """Its words, quoted to the dispatcher and the unit."""
    note: str = ""
    ruling: str = ""
    """The ticket whose panel ruled it, "" for what editors wrote."""
    valid_from: date | None = None
    valid_to: date | None = None

    def __post_init__(self) -> None:
        if self.street and not self.district:
            raise ValueError("a street needs the district it lies in")
        if self.lead in self.co:
            raise ValueError(f"{self.lead} leads; it cannot be its own co-organiser")
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValueError("valid_to lies before valid_from")

    @property
    def key(self) -> Key:
        """What it is about: of two rows with one key only one holds at a time."""
        return self.category, self.concern, self.district, self.street

    @property
    def begins(self) -> date:
        """The first day it holds."""
        return self.valid_from or date.min


@dataclass(frozen=True, slots=True)
class Version:
    """A rule as it came into the catalogue: 0 for the city's file, then counting up with each approved change."""

    number: int
    rule: Rule


class Catalogue:
    """All versions of all rows. The city's file is the seed; changes approved at run time are put on top, and the
    newest that has begun holds for its key, so that a change is undone by another change and never by deleting."""

    def __init__(self, rules: Iterable[Rule] = ()) -> None:
        self._versions: defaultdict[Key, list[Version]] = defaultdict(list)
        self.number = 0
        """The newest version taken over."""
        for rule in rules:
            self._versions[rule.key].append(Version(0, rule))

    def __iter__(self) -> Iterator[Version]:
        return (one for versions in self._versions.values() for one in versions)

    def put(self, number: int, rule: Rule) -> None:
        """An approved change. The same number again changes nothing."""
        if all(one.number != number for one in self._versions[rule.key]):
            self._versions[rule.key].append(Version(number, rule))
        self.number = max(self.number, number)

    def in_force(self, key: Key, day: date) -> Rule | None:
        """What holds for ``key`` on ``day``."""
        begun = [one for one in self._versions.get(key, ()) if one.rule.begins <= day]
        if not begun:
            return None
        newest = max(begun, key=lambda one: (one.number, one.rule.begins)).rule
        return newest if day <= (newest.valid_to or date.max) else None

    def on(self, day: date) -> Iterator[Rule]:
        """Every row that holds on ``day``."""
        return (rule for key in list(self._versions) if (rule := self.in_force(key, day)))

    def find(self, case: Case) -> Rule | None:
        """The most particular row that holds: the exact category before its first level; there whom it concerns before
        where it is; of places the street before the district before the city."""
        for key in _keys(case):
            if rule := self.in_force(key, case.day):
                return rule
        return None


def _keys(case: Case) -> Iterator[Key]:
    places = [(case.district, case.street), (case.district, ""), ("", "")]
    for category in dict.fromkeys((case.category, case.parent)):
        for concern in (*case.concerns, ""):
            for district, street in dict.fromkeys(places):
                yield category, concern, district, street


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a row may name: the city's units, and codes of its categories, districts and concerns (empty: any)."""

    directory: Directory
    categories: Mapping[str, str]
    districts: frozenset[str] = frozenset()
    concerns: frozenset[str] = frozenset()

    def amiss(self, rule: Rule) -> str:
        """What is wrong with a row, and what to write instead; "" when nothing is."""
        for code in (rule.lead, *rule.co):
            unit = self.directory.get(code)
            if code != DISTRICT and unit is None:
                return f"the unit {code} is not in units.yaml"
            if unit and unit.valid_to and unit.valid_to < rule.begins:
                return f"the unit {code} ended on {unit.valid_to}, before the row begins"
            if unit and unit.is_street and rule.department_only:
                return f"{code} is a street, and the row must not go to one (department_only)"
        for name, value, among, sheet in (
            ("category", rule.category, self.categories, "categories.yaml"),
            ("district", rule.district, self.districts, "districts.yaml"),
            ("concern", rule.concern, self.concerns, "concerns.yaml"),
        ):
            if value and value not in among:
                return f"the {name} {value} is not in {sheet}"
        return ""


def load_catalogue(path: Path, known: Known) -> Catalogue:
    """Read ``catalogue.yaml``, a list of rows that name what is ``known``. Raises SheetError."""
    rules: tuple[Rule, ...] = read(tuple[Rule, ...], path.read_text("utf-8"), source=path.name)
    for rule in rules:
        if cure := known.amiss(rule):
            raise SheetError(path.name, rule.category, cure)
    by_key: dict[Key, list[Rule]] = {}
    for rule in rules:
        for other in by_key.setdefault(rule.key, []):
            if rule.begins <= (other.valid_to or date.max) and other.begins <= (rule.valid_to or date.max):
                raise SheetError(path.name, rule.category, "two rows for this hold at one time; end one with valid_to")
        by_key[rule.key].append(rule)
    return Catalogue(rules)

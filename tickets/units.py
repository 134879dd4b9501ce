"""The directory of units (承办单位): who they are, what they are for, how they are reached, and from when to when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from pathlib import Path

from tickets.orders import Post
from tickets.sheet import SheetError, read


class Kind(StrEnum):
    """D district, M municipal department, V vertical, E public-service enterprise, P Party or other."""

    DISTRICT = "D"
    MUNICIPAL = "M"
    VERTICAL = "V"
    ENTERPRISE = "E"
    PARTY = "P"


class Secrecy(StrEnum):
    """SEALED takes matters by referral alone (纪检监察): nobody is proposed to send it an ordinary ticket."""

    OPEN = "open"
    SEALED = "sealed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Officer:
    """Somebody who holds a post; ``phone`` "" when the hotline may not write to it."""

    name: str
    phone: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One unit. ``region`` is the area it governs: a district's code ("04") or, for a street office or a town, the
    district's and the street's name ("04/药山街道"). ``duties`` are the words its duties are known by, ``duty`` and
    ``clause`` the text of them and where it stands (三定规定第几条)."""

    code: str
    name: str
    short: str = ""
    aliases: tuple[str, ...] = ()
    kind: Kind
    parent: str = ""
    level: int = 2
    region: str = ""
    serves: tuple[str, ...] = ()
    """Districts it works in, where it does not work in all of them."""
    duties: tuple[str, ...] = ()
    duty: str = ""
    clause: str = ""
    duty_phone: str = ""
    night_phone: str = ""
    """Whom to call outside office hours, where that is another number."""
    always_on: bool = False
    """Somebody is there day and night (24×7)."""
    ranking: str = ""
    """With whom it is compared (排名组)."""
    secrecy: Secrecy = Secrecy.OPEN
    valid_from: date | None = None
    valid_to: date | None = None
    """Its last day; tickets it had stay readable."""
    posts: Mapping[Post, Officer] = field(default_factory=dict)
    """Who is alerted; written apart, in ``officers.yaml``: a directory is public, people's phones are not."""

    def in_force(self, day: date) -> bool:
        """Whether it exists on ``day``."""
        return (self.valid_from or date.min) <= day <= (self.valid_to or date.max)

    @property
    def names(self) -> tuple[str, ...]:
        """Every way it is written."""
        return tuple(dict.fromkeys(filter(None, (self.name, self.short, *self.aliases))))

    @property
    def quoted(self) -> str:
        """Its duties as a proposal quotes them, where they stand in front; "" where no text is known."""
        return f"{self.clause}：{self.duty}" if self.duty else ""

    @property
    def is_street(self) -> bool:
        """Whether it is a street office or a town (街道、镇)."""
        return "/" in self.region

    def covers(self, district: str) -> bool:
        """Whether it works in ``district``; all do that name no area of their own."""
        own = {self.region.partition("/")[0], *self.serves} - {""}
        return not own or district in own

    def phone(self, *, working: bool) -> str:
        """Its duty line, within and outside office hours."""
        return self.duty_phone if working else self.night_phone or self.duty_phone


class Directory:
    """All units by code, those of today and those that ended."""

    def __init__(self, units: tuple[Unit, ...], *, source: str = "units") -> None:
        self._units: dict[str, Unit] = {}
        for unit in units:
            if unit.code in self._units:
                raise SheetError(source, unit.code, "this code is given twice; each unit needs its own")
            self._units[unit.code] = unit
        self._streets: dict[str, list[Unit]] = {}
        for unit in units:
            if unit.parent and unit.parent not in self._units:
                raise SheetError(source, unit.code, f"its parent {unit.parent} is not in the directory")
            if unit.is_street:
                self._streets.setdefault(unit.region.partition("/")[0], []).append(unit)

    def __iter__(self) -> Iterator[Unit]:
        return iter(self._units.values())

    def __len__(self) -> int:
        return len(self._units)

    def __contains__(self, code: object) -> bool:
        return code in self._units

    def get(self, code: str) -> Unit | None:
        """The unit, ended or not, or None."""
        return self._units.get(code)

    def officer(self, unit: str, post: Post) -> Officer | None:
        """Who holds ``post`` in ``unit``; for a post of the city itself (``unit`` "") whichever unit names its holder."""
        if unit:
            return self._units[unit].posts.get(post) if unit in self._units else None
        return next((one.posts[post] for one in self if post in one.posts), None)

    def on(self, day: date) -> Iterator[Unit]:
        """The units that exist on ``day``."""
        return (unit for unit in self if unit.in_force(day))

    def government(self, district: str, day: date | None = None) -> Unit | None:
        """The government of a district (on ``day``): it answers where nobody else does (兜底)."""
        governing = (unit for unit in self if district and unit.region == district and unit.kind is Kind.DISTRICT)
        return next((unit for unit in governing if day is None or unit.in_force(day)), None)

    def street(self, district: str, text: str, day: date | None = None) -> Unit | None:
        """The street office or town of ``district`` that ``text`` names."""
        there = (unit for unit in self._streets.get(district, ()) if day is None or unit.in_force(day))
        return next((unit for unit in there if unit.region.partition("/")[2] in text), None)

    def below(self, code: str) -> tuple[Unit, ...]:
        """The units of a unit (下级单位)."""
        return tuple(unit for unit in self if unit.parent == code)

    def named(self, name: str) -> Unit | None:
        """The unit written like this: by code, name, short name or another name."""
        return self.get(name) or next((unit for unit in self if name in unit.names), None)


def load_directory(path: Path, *, districts: frozenset[str] = frozenset()) -> Directory:
    """Read ``units.yaml``, a list of units, and ``officers.yaml`` beside it, where there is one: unit, post, officer.
    Regions are checked against ``districts`` where some are given. Raises SheetError."""
    units: tuple[Unit, ...] = read(tuple[Unit, ...], path.read_text("utf-8"), source=path.name)
    people = path.with_name("officers.yaml")
    if people.is_file():
        units = _staffed(units, people)
    directory = Directory(units, source=path.name)
    for unit in units:
        if cure := _amiss(unit, directory, districts):
            raise SheetError(path.name, unit.code, cure)
    _distinct(units, path.name)
    return directory


def _staffed(units: tuple[Unit, ...], people: Path) -> tuple[Unit, ...]:
    held = read(Mapping[str, Mapping[Post, Officer]], people.read_text("utf-8"), source=people.name)  # type: ignore[type-abstract]
    if unknown := sorted(set(held) - {unit.code for unit in units}):
        raise SheetError(people.name, unknown[0], "this unit is not in the directory")
    return tuple(replace(unit, posts=held[unit.code]) if unit.code in held else unit for unit in units)


def _amiss(unit: Unit, directory: Directory, districts: frozenset[str]) -> str:
    """What is wrong with a unit, and what to write instead."""
    if unit.valid_from and unit.valid_to and unit.valid_to < unit.valid_from:
        return f"it ends on {unit.valid_to}, before it begins; write valid_to on or after valid_from"
    parent = directory.get(unit.parent)
    if parent and unit.level != parent.level + 1:
        return f"a unit below {parent.code} (level {parent.level}) is of level {parent.level + 1}"
    if unit.level > 2 and not parent:
        return "a unit of level 3 needs the parent it belongs to"
    if unit.is_street and (not parent or parent.region != unit.region.partition("/")[0]):
        return f"a street of region {unit.region} stands below the government of that district"
    for region in (unit.region.partition("/")[0], *unit.serves):
        if region and districts and region not in districts:
            return f"the district {region} is not in districts.yaml"
    return "" if not unit.duty or unit.clause else "a duty text is quoted with its clause; write where it stands"


def _distinct(units: tuple[Unit, ...], source: str) -> None:
    """No two units of one time share a name or govern one region."""
    seen: dict[str, list[Unit]] = {}
    for unit in units:
        governs = (f"region {unit.region}",) if unit.region and (unit.is_street or unit.level == 2) else ()
        for name in (*unit.names, *governs):
            for other in seen.setdefault(name, []):
                if _at_once(unit, other):
                    cure = f"{name} is also {other.code}'s; they must not exist at one time"
                    raise SheetError(source, unit.code, cure)
            seen[name].append(unit)


def _at_once(one: Unit, other: Unit) -> bool:
    first, second = sorted((one, other), key=lambda unit: unit.valid_from or date.min)
    return (first.valid_to or date.max) >= (second.valid_from or date.min)

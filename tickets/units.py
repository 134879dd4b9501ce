"""The directory of units (承办单位): who they are, what they are for, how they are reached."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Officer:
    """Somebody who holds a post; ``phone`` "" when the hotline may not write to it."""

    name: str
    phone: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One unit. ``region`` is the district code of a district's government, ``duties`` the words of its duty text."""

    code: str
    name: str
    short: str = ""
    kind: Kind
    parent: str = ""
    level: int = 2
    region: str = ""
    duties: tuple[str, ...] = ()
    duty_phone: str = ""
    always_on: bool = False
    posts: Mapping[Post, Officer] = field(default_factory=dict)
    """Who is alerted; written apart, in ``officers.yaml``: a directory is public, people's phones are not."""


class Directory:
    """All units by code."""

    def __init__(self, units: tuple[Unit, ...], *, source: str = "units") -> None:
        self._units: dict[str, Unit] = {}
        for unit in units:
            if unit.code in self._units:
                raise SheetError(source, unit.code, "this code is given twice; each unit needs its own")
            self._units[unit.code] = unit
        for unit in units:
            if unit.parent and unit.parent not in self._units:
                raise SheetError(source, unit.code, f"its parent {unit.parent} is not in the directory")
        self._of_region = {unit.region: unit for unit in units if unit.region and unit.kind is Kind.DISTRICT}

    def __iter__(self) -> Iterator[Unit]:
        return iter(self._units.values())

    def __len__(self) -> int:
        return len(self._units)

    def __contains__(self, code: object) -> bool:
        return code in self._units

    def get(self, code: str) -> Unit | None:
        """The unit, or None."""
        return self._units.get(code)

    def officer(self, unit: str, post: Post) -> Officer | None:
        """Who holds ``post`` in ``unit``; for a post of the city itself (``unit`` "") whichever unit names its holder."""
        if unit:
            return self._units[unit].posts.get(post) if unit in self._units else None
        return next((one.posts[post] for one in self if post in one.posts), None)

    def government(self, district: str) -> Unit | None:
        """The government of a district: it answers where nobody else does (兜底)."""
        return self._of_region.get(district)


def load_directory(path: Path) -> Directory:
    """Read ``units.yaml``, a list of units, and ``officers.yaml`` beside it, where there is one: unit, post, officer.
    Raises SheetError."""
    units = read(tuple[Unit, ...], path.read_text("utf-8"), source=path.name)
    people = path.with_name("officers.yaml")
    if people.is_file():
        units = _staffed(units, people)
    return Directory(units, source=path.name)


def _staffed(units: tuple[Unit, ...], people: Path) -> tuple[Unit, ...]:
    held = read(Mapping[str, Mapping[Post, Officer]], people.read_text("utf-8"), source=people.name)  # type: ignore[type-abstract]
    if unknown := sorted(set(held) - {unit.code for unit in units}):
        raise SheetError(people.name, unknown[0], "this unit is not in the directory")
    return tuple(replace(unit, posts=held[unit.code]) if unit.code in held else unit for unit in units)

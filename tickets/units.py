"""The directory of units (承办单位): who they are, what they are for, how they are reached."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from tickets.sheet import SheetError, read


class Kind(StrEnum):
    """D district, M municipal department, V vertical, E public-service enterprise, P Party or other."""

    DISTRICT = "D"
    MUNICIPAL = "M"
    VERTICAL = "V"
    ENTERPRISE = "E"
    PARTY = "P"


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

    def government(self, district: str) -> Unit | None:
        """The government of a district: it answers where nobody else does (兜底)."""
        return self._of_region.get(district)


def load_directory(path: Path) -> Directory:
    """Read ``units.yaml``, a list of units. Raises SheetError."""
    return Directory(
        read(tuple[Unit, ...], path.read_text("utf-8"), source=path.name),
        source=path.name,
    )

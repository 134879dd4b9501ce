"""Who is first responsible (首接责任单位): proposed from the dispatch catalogue (派单目录), decided by the office."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tickets.sheet import SheetError, read
from tickets.units import Directory

DISTRICT = "district"
"""In a catalogue row: the government of the district where it happened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A row of the catalogue: appeals of ``category`` go to ``lead`` (a unit code, or "district"); ``co`` help.
    ``district`` restricts the row to one district. ``note`` is for the dispatcher."""

    category: str
    lead: str
    co: tuple[str, ...] = ()
    district: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A unit that could lead, and why."""

    unit: str
    reason: str
    co: tuple[str, ...] = ()


class Catalogue:
    """The rows, looked up by category and district: the exact category first, then its first level."""

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        self._rules = {(rule.category, rule.district): rule for rule in rules}

    def find(self, category: str, district: str) -> Rule | None:
        """The most particular row."""
        for code in (category, f"{category[:2]}00"):
            for place in (district, ""):
                if rule := self._rules.get((code, place)):
                    return rule
        return None


def suggest(directory: Directory, catalogue: Catalogue, *, category: str, district: str) -> tuple[Suggestion, ...]:
    """At most three units that could lead, the best first; empty only where the district is unknown and no row fits."""
    found: list[Suggestion] = []
    rule = catalogue.find(category, district)
    government = directory.government(district)
    if rule is not None:
        here = government.code if government else ""
        lead, *others = (here if code == DISTRICT else code for code in (rule.lead, *rule.co))
        co = tuple(code for code in others if code)
        if lead:
            found.append(Suggestion(lead, f"派单目录 {rule.category}{' ' + rule.note if rule.note else ''}", co))
            found.extend(Suggestion(code, "派单目录:协办") for code in co)
    if government is not None and all(one.unit != government.code for one in found):
        found.append(Suggestion(government.code, "属地兜底"))
    return tuple(found[:3])


def load_catalogue(path: Path, directory: Directory) -> Catalogue:
    """Read ``catalogue.yaml``, a list of rows; every unit must be in the directory. Raises SheetError."""
    rules: tuple[Rule, ...] = read(tuple[Rule, ...], path.read_text("utf-8"), source=path.name)
    for rule in rules:
        for code in (rule.lead, *rule.co):
            if code != DISTRICT and code not in directory:
                raise SheetError(path.name, rule.category, f"the unit {code} is not in units.yaml")
    return Catalogue(rules)

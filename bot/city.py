"""Loads a city: its units, districts, categories, rules and knowledge, all from one folder of plain files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from dialog.city import City
from dialog.knowledge.index import KnowledgeIndex
from dialog.knowledge.loader import load_folder
from tickets.categories import load_categories
from tickets.dispatch.case import Concern, load_concerns
from tickets.dispatch.catalogue import Catalogue, Known, load_catalogue
from tickets.limits.calendar import Calendar
from tickets.limits.calendar_sheet import load_calendar
from tickets.places import load_districts
from tickets.policy import Policies, load_policies
from tickets.sheet import read
from tickets.units import Directory, load_directory

DEMO = Path(__file__).parent / "demo" / "city"


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """``city.yaml``: how the city and its hotline are called."""

    name: str
    hotline: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedCity:
    """A city ready to serve."""

    talk: City = field(repr=False)
    """What the dialog knows of it."""
    policies: Policies = field(repr=False)
    calendar: Calendar = field(repr=False)
    directory: Directory = field(repr=False)
    catalogue: Catalogue = field(repr=False)
    known: Known = field(repr=False)
    """What a row of the catalogue may name."""
    concerns: tuple[Concern, ...] = field(repr=False)
    index: KnowledgeIndex = field(repr=False)
    categories: Mapping[str, str] = field(repr=False)

    def duty_line(self, unit: str, at: datetime) -> str:
        """The number a unit answers at this moment, "" where the directory knows none."""
        found = self.directory.get(unit)
        calendar = self.calendar.of(unit)
        spans = calendar.office_spans(calendar.local(at).date())
        return found.phone(working=any(begins <= at < ends for begins, ends in spans)) if found else ""


def load_city(folder: Path | None, *, policy: str, today: date) -> LoadedCity:
    """Read a city's folder (the demonstration city without one). Raises ValueError naming file, key and cure."""
    folder = folder or DEMO
    named = read(Name, (folder / "city.yaml").read_text("utf-8"), source="city.yaml")
    policies = load_policies(policy, *([folder / "policies"] if (folder / "policies").is_dir() else []))
    districts = load_districts(folder / "districts.yaml")
    codes = frozenset(one.code for one in districts)
    directory = load_directory(folder / "units.yaml", districts=codes)
    calendar = _calendar(folder / "calendar.yaml", directory, today)
    categories = load_categories(folder / "categories.yaml")
    concerns = load_concerns(folder / "concerns.yaml") if (folder / "concerns.yaml").is_file() else ()
    known = Known(
        directory=directory, categories=categories, districts=codes, concerns=frozenset(one.code for one in concerns)
    )
    index = KnowledgeIndex.build(load_folder(folder / "knowledge"))
    catalogue = load_catalogue(folder / "catalogue.yaml", known)
    talk = City(
        name=named.name,
        hotline=named.hotline,
        districts=districts,
        categories=categories,
        units={unit.code: unit.short or unit.name for unit in directory},
        policy=policies.at(today),
        calendar=calendar,
        knowledge=index,
        directory=directory,
        catalogue=catalogue,
    )
    return LoadedCity(
        talk=talk,
        policies=policies,
        calendar=calendar,
        directory=directory,
        catalogue=catalogue,
        known=known,
        concerns=concerns,
        index=index,
        categories=categories,
    )


def _calendar(own: Path, directory: Directory, today: date) -> Calendar:
    # Without a calendar.yaml the State Council's lists and the usual office hours hold.
    calendar = load_calendar(own, directory) if own.is_file() else Calendar()
    calendar.is_workday(today)  # reads the holidays now, half a second: no citizen should wait for it
    return calendar

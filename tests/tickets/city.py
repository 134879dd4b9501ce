"""The demonstration city as dispatch knows it, and short ways to ask who should lead."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import bot
from tickets.categories import load_categories
from tickets.dispatch.case import Case, concerned, load_concerns
from tickets.dispatch.catalogue import Catalogue, Known, load_catalogue
from tickets.dispatch.experience import Experience
from tickets.dispatch.rules import Dispatching, Weights
from tickets.dispatch.sources import Duties, Habit, Rows, Ruling, Rulings, Territory
from tickets.dispatch.suggestion import Combiner, Suggestion, never_returned
from tickets.limits.duration import Duration
from tickets.places import load_districts
from tickets.units import load_directory

CITY = Path(bot.__file__).parent / "demo" / "city"
DISTRICTS = load_districts(CITY / "districts.yaml")
CODES = frozenset(one.code for one in DISTRICTS)
DIRECTORY = load_directory(CITY / "units.yaml", districts=CODES)
CATEGORIES = load_categories(CITY / "categories.yaml")
CONCERNS = load_concerns(CITY / "concerns.yaml")
KNOWN = Known(
    directory=DIRECTORY,
    categories=CATEGORIES,
    districts=CODES,
    concerns=frozenset(one.code for one in CONCERNS),
)
CATALOGUE = load_catalogue(CITY / "catalogue.yaml", KNOWN)
RULES = Dispatching(
    weights=Weights(catalogue=90, ruling=60, duty=35, experience=50, district=10),
    window=Duration.parse("365d"),
    half_life=Duration.parse("180d"),
    confidence=90,
)
TODAY = date(2026, 9, 18)


def case(category: str, text: str = "", *, district: str = "04", day: date = TODAY) -> Case:
    street = DIRECTORY.street(district, text, day)
    return Case(
        category=category,
        day=day,
        district=district,
        street=street.region.partition("/")[2] if street else "",
        type="complaint",
        received="2026-09",
        concerns=concerned(CONCERNS, text),
        text=text,
    )


def combiner(
    *,
    catalogue: Catalogue = CATALOGUE,
    pending: Iterable[Ruling] = (),
    experience: Experience | None = None,
    returned: object = never_returned,
) -> Combiner:
    return Combiner(
        directory=DIRECTORY,
        sources=(
            Rows(DIRECTORY, catalogue),
            Rulings(DIRECTORY, tuple(pending)),
            Duties(DIRECTORY),
            Habit(experience or Experience()),
            Territory(DIRECTORY),
        ),
        rules=RULES,
        returned=returned,  # type: ignore[arg-type]
    )


def suggest(category: str, text: str = "", *, district: str = "04", day: date = TODAY) -> tuple[Suggestion, ...]:
    return combiner().suggest(case(category, text, district=district, day=day))

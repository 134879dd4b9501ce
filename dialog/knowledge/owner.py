"""Which unit should keep the answer to a question: from the nearest entry, the dispatch catalogue, or its duty words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from dialog.knowledge.policy import Outcome
from dialog.lexicon import fold
from dialog.matters import OTHER, matter_of
from tickets.dispatch.case import Case
from tickets.dispatch.catalogue import Catalogue
from tickets.dispatch.sources import Rows
from tickets.units import Directory, Unit

_SHORTEST = 2
"""Duty words of one character (水) are everywhere."""


@dataclass(frozen=True, slots=True)
class Owner:
    """A unit's code, and why it: for the editor who decides."""

    unit: str
    why: str


def suggest_owner(
    question: str, *, directory: Directory, catalogue: Catalogue, near: Outcome, today: date, district: str = ""
) -> Owner | None:
    """The likeliest unit of ``today``, None where nothing speaks for one. ``near``: what the knowledge base has on it.

    Duty words come before the neighbour's owner: a unit is named for what it does, an entry may only look alike."""
    text = fold(question)
    by_duty = max(((_weight(unit, text), unit) for unit in directory.on(today)), key=lambda pair: pair[0], default=None)
    if by_duty is not None and by_duty[0]:
        word = max((word for word in by_duty[1].duties if word in text), key=len)
        return Owner(by_duty[1].code, f"职责“{word}”")
    case = Case(category=matter_of(text).category, day=today, district=district)
    if case.category != OTHER and (named := next(Rows(directory, catalogue).hints(case), None)):
        return Owner(named.unit, named.why)
    owned = next((one.entry for one in near.found if one.entry.owner_unit in directory), None)
    return Owner(owned.owner_unit, f"相近条目 {owned.id}") if owned else None


def _weight(unit: Unit, text: str) -> int:
    """Characters of the unit's duty words in ``text``; a municipal department before its likes of one district."""
    words = sum(len(word) for word in unit.duties if len(word) >= _SHORTEST and word in text)
    return 2 * words - (unit.level > 2) if words else 0

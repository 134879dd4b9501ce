"""The city as the dialog knows it: its name, its districts, its rules. A city is configuration, never code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from dialog.knowledge.entry import Entry
from dialog.knowledge.policy import Outcome
from tickets.dispatch.catalogue import Catalogue
from tickets.limits.calendar import Calendar
from tickets.places import District
from tickets.policy import Policy
from tickets.units import Directory


class Knows(Protocol):
    """The knowledge base as a turn uses it: in memory, no I/O."""

    def ask(self, question: str, *, today: date, district: str = "") -> Outcome:
        """Answer, up to three candidates, or nothing."""
        ...

    def get(self, entry_id: str) -> Entry | None:
        """The entry of this id, whatever its state."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class City:
    """Everything a turn may know that is not about this citizen."""

    name: str
    """As citizens say it, "泉城"."""
    hotline: str
    """As the office signs, "泉城12345"."""
    districts: tuple[District, ...]
    categories: Mapping[str, str]
    """Category code -> Chinese name."""
    units: Mapping[str, str]
    """Unit code -> name as citizens know it."""
    policy: Policy
    calendar: Calendar
    knowledge: Knows = field(repr=False)
    directory: Directory = field(repr=False)
    catalogue: Catalogue = field(repr=False)

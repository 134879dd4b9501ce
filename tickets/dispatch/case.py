"""What a dispatcher knows of a ticket when asking who leads: its category, its area, whom it concerns, its words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from tickets.dispatch.experience import Trace
from tickets.sheet import SheetError, read


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern:
    """A kind of respondent or object a matter may be about (被反映对象): 工地, 物业, 人行道, 雨水井 …"""

    code: str
    name: str
    words: tuple[str, ...]

    def found_in(self, text: str) -> bool:
        """Whether ``text`` speaks of it."""
        return any(word in text for word in self.words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A ticket as dispatch looks at it on ``day``. ``concerns`` are codes, the most telling first."""

    category: str
    day: date
    district: str = ""
    street: str = ""
    """The name of the street or town, "" when the citizen did not say."""
    type: str = ""
    received: str = ""
    """The month it came in, "2026-09": duties and seasons move."""
    concerns: tuple[str, ...] = ()
    text: str = field(default="", repr=False)
    """Title, content and place."""

    @property
    def parent(self) -> str:
        """The first level of its category."""
        return f"{self.category[:2]}00"

    @property
    def trace(self) -> Trace:
        """What experience remembers of it: no words of the citizen."""
        place = (self.district, f"{self.district}/{self.street}") if self.street else (self.district,)
        return Trace(
            matter=(self.parent, self.category),
            place=place if self.district else (),
            traits=(self.type, self.received),
        )


def concerned(concerns: Sequence[Concern], text: str) -> tuple[str, ...]:
    """Codes of the concerns ``text`` speaks of, in the order of the city's file."""
    return tuple(one.code for one in concerns if one.found_in(text))


def load_concerns(path: Path) -> tuple[Concern, ...]:
    """Read ``concerns.yaml``, a list of concerns, the more telling before the more general. Raises SheetError."""
    found: tuple[Concern, ...] = read(tuple[Concern, ...], path.read_text("utf-8"), source=path.name)
    seen: set[str] = set()
    for one in found:
        if one.code in seen:
            raise SheetError(path.name, one.code, "this code is given twice; each concern needs its own")
        if not one.words or not all(one.words):
            raise SheetError(path.name, one.code, "write the words it is recognised by")
        seen.add(one.code)
    return found

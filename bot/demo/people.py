"""The citizens of the demonstration's day, read from ``people.yaml``."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from tickets.sheet import read


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One citizen. ``fate`` names the last step the units take with the ticket today (a key of ``play.STEPS``)."""

    name: str
    says: tuple[str, ...] = field(repr=False)
    then: tuple[str, ...] = field(default=(), repr=False)
    place: str = field(default="", repr=False)
    when: str = field(default="不清楚", repr=False)
    secret: str = "可联系"  # noqa: S105 - an answer, not a secret
    photo: bool = False
    point: str = field(default="", repr=False)
    """Latitude, longitude and label, with blanks between."""
    fate: str = ""
    """"" for who opens no ticket."""
    reply: str = ""
    interim: str = ""
    afterwards: tuple[str, ...] = field(default=(), repr=False)
    rates: tuple[str, ...] = ()


def people() -> tuple[Person, ...]:
    """All of them, in the order they write."""
    path = Path(__file__).with_name("people.yaml")
    found: tuple[Person, ...] = read(tuple[Person, ...], path.read_text("utf-8"), source=path.name)
    return found

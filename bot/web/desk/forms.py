"""What a form at the desk is: one order, who gives it, and the blanks it asks to be filled in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum

from bot.words import desk as w
from tickets.command import Command
from tickets.orders import Order
from tickets.privacy.access import Officer
from tickets.state import Actor, Role


class Among(Enum):
    """What a blank asks for that is known only with the ticket: any unit of the city, those below the lead, those that
    help; its written supervisions that are under way."""

    UNITS = "units"
    BELOW = "below"
    HELPERS = "helpers"
    SUPERVISIONS = "supervisions"


UNITS, BELOW, HELPERS, SUPERVISIONS = Among
ACTING = "acting"
"""The blank that says for which unit the officer acts, where it is not the one that leads."""
_APART = re.compile(r"[,，、;；\s]+")


@dataclass(frozen=True, slots=True)
class Blank:
    """One thing a form asks: ``choices`` of code and name make a list, ``lines`` the height of a text; ``several`` may be
    given at once."""

    name: str
    label: str
    choices: Mapping[str, str] | Among | None = None
    required: bool = True
    lines: int = 1
    example: str = "?"
    """Something the life cycle would take."""
    several: bool = False

    @property
    def sample(self) -> str:
        """What the life cycle is asked with, before the officer filled anything in."""
        return next(iter(self.choices), self.example) if isinstance(self.choices, Mapping) else self.example

    def values(self, given: str) -> list[str]:
        """What was chosen, where it may be several."""
        return [value for value in _APART.split(given.strip()) if value]


@dataclass(frozen=True, slots=True)
class Form:
    """One order: who gives it, and what he must tell."""

    command: Command
    role: Role
    blanks: tuple[Blank, ...] = ()
    hint: str = ""
    weight: str = field(default="")
    """"main" for the usual next step, "grave" for one that cannot be taken back."""
    also: Role | None = None
    """Who may give the order too, or signs after the first."""

    @property
    def title(self) -> str:
        """The words on the button."""
        return w.COMMANDS[self.command]

    @property
    def by(self) -> str:
        """Whose order it is."""
        return w.ROLES[self.role]

    def orders(self, given: Mapping[str, str], *, officer: Officer, lead: str) -> Iterator[Order]:
        """The order, from what was filled in, in each role of the officer's it may be given in; a unit's orders are for
        the unit he works for: ``lead`` where it is the one that leads, unless the form itself asks for whom."""
        data: dict[str, object] = {}
        for one in self.blanks:
            if one.name != ACTING and (value := given.get(one.name, "").strip()):
                data[one.name] = one.values(value) if one.several else value
        acting = given.get(ACTING, "").strip() or lead
        for role in (self.role, self.also):
            if role in officer.roles and role is not None:
                yield Order(self.command, _actor(role, officer, acting), data)


def _actor(role: Role, officer: Officer, acting: str) -> Actor:
    if role is Role.UNIT:
        return Actor(role, officer.acts_for(acting), unit=officer.unit, officer=officer.account)
    return Actor(role, officer.account, unit=officer.unit)


def note(label: str = "备注（可不填）") -> Blank:
    return Blank("note", label, required=False)

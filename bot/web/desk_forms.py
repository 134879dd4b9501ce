"""What a form at the desk is: one order, who gives it, and the blanks it asks to be filled in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from bot.web import desk_words as w
from tickets.access import Officer
from tickets.command import Command
from tickets.orders import Order
from tickets.state import Actor, Role

UNITS: Mapping[str, str] = {}
"""Stands for the city's units in a form's table: they are filled in for each ticket."""


@dataclass(frozen=True, slots=True)
class Blank:
    """One thing a form asks: ``choices`` of code and name make a list, ``lines`` the height of a text."""

    name: str
    label: str
    choices: Mapping[str, str] | None = None
    required: bool = True
    lines: int = 1
    example: str = "?"
    """Something the life cycle would take."""

    @property
    def sample(self) -> str:
        """What the life cycle is asked with, before the officer filled anything in."""
        return next(iter(self.choices), self.example) if self.choices else self.example


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
        the unit he works for. ``lead`` is the unit that leads the ticket."""
        data = {one.name: given[one.name].strip() for one in self.blanks if given.get(one.name, "").strip()}
        for role in (self.role, self.also):
            if role in officer.roles and role is not None:
                yield Order(self.command, _actor(role, officer, lead), data)


def _actor(role: Role, officer: Officer, lead: str) -> Actor:
    if role is Role.UNIT:
        return Actor(role, officer.acts_for(lead), unit=officer.unit, officer=officer.account)
    return Actor(role, officer.account, unit=officer.unit)


def note(label: str = "备注（可不填）") -> Blank:
    return Blank("note", label, required=False)

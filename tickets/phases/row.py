"""One row of the life cycle's table: who may order what, where, and where it leads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from tickets import notices as n
from tickets.command import Command
from tickets.move import Effect, Guard, Move, nothing
from tickets.state import Role, State

Kind = Callable[[Any], Any]
"""Turns what an order carries into what its row needs. Raises ValueError or TypeError."""
Facts = Callable[[Move], dict[str, object]]
"""What the log keeps beside the order's own data: found out at the moment, never asked again."""


class Party(StrEnum):
    """Which units may give an order that is open to units."""

    LEAD = "lead"
    HELPER = "helper"
    """A unit that helps: a co-organiser, or one below the lead."""


@dataclass(frozen=True, slots=True)
class Fork:
    """A row that leads to one of several states; ``choose`` returns None to stay. ``words`` say on what it depends."""

    choose: Callable[[Move], State | None]
    ways: tuple[State, ...]
    words: str


To = State | Fork | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One transition. ``to`` None keeps the state; ``needs`` and ``takes`` are the data an order must and may carry."""

    row: str
    """Its number in domain.md §2.4."""
    command: Command
    of: frozenset[State]
    by: frozenset[Role]
    to: To
    party: Party = Party.LEAD
    needs: Mapping[str, Kind] = field(default_factory=dict)
    takes: Mapping[str, Kind] = field(default_factory=dict)
    guards: tuple[Guard, ...] = ()
    effect: Effect = nothing
    facts: Facts = lambda _move: {}
    tells: n.Telling = n.quietly
    alerts: n.Alerting = n.alarming_nobody
    sealed: bool = False
    """Its event shows to nobody but those who may read the sealed file."""


def row(number: str, command: Command, of: frozenset[State] | State, by: set[Role], to: To, **rest: Any) -> Row:
    """A row, written short."""
    states = of if isinstance(of, frozenset) else frozenset({of})
    return Row(row=number, command=command, of=states, by=frozenset(by), to=to, **rest)

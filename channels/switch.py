"""A switchboard we may tell what to do: move the legs of a call about, and ring an agent and then a citizen for him."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from channels.three_way import Deed

UNIT_LEG = "hub-unit-"
"""Begins the name of each leg to a unit; then the number of the session, a dash, and the call it belongs to."""
OUT_CALL = "hub-out-"
"""Begins the name of each call that one of us makes."""


@dataclass(frozen=True, slots=True)
class Legs:
    """The switchboard's names for the legs of one call; ``unit`` is a name of our own choosing."""

    call: str = field(repr=False)
    """The citizen's leg, by which the whole call is known."""
    agent: str = field(default="", repr=False)
    unit: str = field(default="", repr=False)


def unit_leg(session: int, call: str) -> str:
    """The name of the leg to the unit."""
    return f"{UNIT_LEG}{session}-{call}"


def call_of(leg: str) -> str:
    """The call a unit's leg belongs to, "" where it is no such leg."""
    return leg.removeprefix(UNIT_LEG).partition("-")[2] if leg.startswith(UNIT_LEG) else ""


@runtime_checkable
class Switch(Protocol):
    """Carried out from any process, whoever holds the connection that tells of calls. Raises SendError."""

    async def do(self, deed: Deed, legs: Legs, *, number: str = "") -> None:
        """One deed. A leg that is gone already is no error. ``number`` is whom RING_UNIT rings, normalised."""
        ...

    async def dial(self, extension: str, number: str, *, call: str) -> None:
        """Ring ``extension``, and when it answers ring ``number``: the call is known as ``call`` from then on."""
        ...

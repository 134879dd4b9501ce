"""Who may see what is sealed (移交): the pure rule behind every page, list, command and export that shows a ticket."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tickets.papers.referral import Referral, may_read
from tickets.privacy.access import Officer
from tickets.state import Actor, Role

NOBODY = Actor(Role.AGENT)
"""A reader of no account: what is sealed does not exist for him."""


def may_see(event: Mapping[str, Any], files: Iterable[Referral], reader: Actor) -> bool:
    """Whether ``reader`` may know of one line of a ticket's log, which has ``files``: a sealed line is seen by who may
    read the file it speaks of. An anonymous officer sees nothing sealed, whatever role he says he has."""
    if not event["sealed"]:
        return True
    about = event["data"].get("file")
    mine = (one for one in files if about is None or one.n == about)
    return bool(reader.id) and any(may_read(one, reader) for one in mine)


def readable(files: Iterable[Referral], reader: Actor) -> tuple[Referral, ...]:
    """The sealed files ``reader`` may know of."""
    return tuple(one for one in files if reader.id and may_read(one, reader))


def seen(events: Iterable[Mapping[str, Any]], files: Iterable[Referral], reader: Actor) -> list[Mapping[str, Any]]:
    """The lines of a log ``reader`` may know of, numbered anew: a gap would tell of what is missing."""
    kept = tuple(files)
    open_ = [event for event in events if may_see(event, kept, reader)]
    return [{**event, "n": place} for place, event in enumerate(open_, 1)]


def reader_of(officer: Officer) -> Actor:
    """As whom an officer reads sealed files: in the role that may, where he has it and proved who he is."""
    if not officer.proved:
        return NOBODY
    role = next((role for role in (Role.OFFICE_LEADER, Role.DISCIPLINE) if role in officer.roles), Role.AGENT)
    return Actor(role, officer.account, unit=officer.unit)

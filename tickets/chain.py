"""The log of a ticket as a chain: each event is hashed with the one before it, so that nobody changes the past unseen."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC
from hashlib import sha256

from tickets.orders import TicketEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One event as it is kept: its place ``n`` in the ticket's log, the digest of its data, and its hash. Where the
    data was erased by law, the digest stays and ``erased`` says so: the chain holds without the words."""

    n: int
    event: TicketEvent = field(repr=False)
    digest: str
    hash: str
    erased: bool = False


@dataclass(frozen=True, slots=True)
class Broken:
    """The first place where a log and its chain disagree, and how: "n", "data", "hash" or "end"."""

    n: int
    how: str


def canonical(value: object) -> bytes:
    """``value`` as the one JSON text it has: sorted keys, no spaces, UTF-8. Raises ValueError for what that cannot hold."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8")


def digest(data: Mapping[str, object]) -> str:
    """The digest of an event's data."""
    return sha256(canonical(data)).hexdigest()


def seal(previous: str, *, ticket: str, n: int, event: TicketEvent, digest: str) -> str:
    """The hash of ``ticket``'s ``n``-th event, bound to ``previous``, the hash of the one before ("" for the first)."""
    said = {
        "previous": previous,
        "ticket": ticket,
        "n": n,
        "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "role": event.actor.role,
        "actor": event.actor.id,
        "command": event.command,
        "from": event.from_state,
        "to": event.to_state,
        "sealed": event.sealed,
        "data": digest,
    }
    return sha256(canonical(said)).hexdigest()


def linked(previous: str, *, ticket: str, events: Iterable[TicketEvent], first: int) -> tuple[Link, ...]:
    """``events`` as links behind ``previous``, numbered from ``first``."""
    links: list[Link] = []
    for n, event in enumerate(events, first):
        data = digest(event.data)
        previous = seal(previous, ticket=ticket, n=n, event=event, digest=data)
        links.append(Link(n=n, event=event, digest=data, hash=previous))
    return tuple(links)


def verify(ticket: str, links: Iterable[Link], *, head: str) -> Broken | None:
    """The first place where the log of ``ticket`` was changed, or None. ``head`` is the hash the ticket itself keeps of
    its last event, so that a log cut short shows too. Links without a hash are older than the chain: they may stand at
    the beginning only."""
    previous, n = "", 0
    for n, link in enumerate(links, 1):
        if link.n != n:
            return Broken(n, "n")
        if not (link.hash or previous):
            continue
        if not link.erased and digest(link.event.data) != link.digest:
            return Broken(n, "data")
        if seal(previous, ticket=ticket, n=n, event=link.event, digest=link.digest) != link.hash:
            return Broken(n, "hash")
        previous = link.hash
    return None if previous == head else Broken(n, "end")

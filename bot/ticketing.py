"""Carries an order to a ticket into the archive: the life cycle decides, this writes down what it decided."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from bot.store.paper_rows import PAPERS, changed, plain
from bot.store.tables import ticket, ticket_event
from bot.store.ticket_rows import read_ticket, ticket_columns
from bot.store.wording import storable
from bot.work import Changes
from tickets.appeal import Draft
from tickets.calendar import Calendar
from tickets.chain import linked
from tickets.lifecycle import advance, open_ticket
from tickets.orders import Advance, Order, TicketEvent
from tickets.policy import Policies
from tickets.units import Directory

Row = dict[str, Any]


class Overlay:
    """The tickets of one transaction as they stand now: loaded under lock, changed order by order."""

    def __init__(self, rows: Mapping[str, Mapping[str, Any]]) -> None:
        self._rows: dict[str, Row] = {number: dict(row) for number, row in rows.items()}

    def __getitem__(self, number: str) -> Row:
        return self._rows[number]

    def __contains__(self, number: object) -> bool:
        return number in self._rows

    def put(self, row: Row) -> None:
        """The row as it stands after an order."""
        self._rows[row["number"]] = row

    def fork(self) -> Overlay:
        """A copy to try things on."""
        return Overlay(self._rows)

    def merge(self, other: Overlay) -> None:
        """What was tried holds."""
        self._rows = other._rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticketing:
    """The rules an order is judged by. ``of`` a ticket is the policy it was opened under."""

    policies: Policies
    calendar: Calendar = field(repr=False)
    directory: Directory = field(repr=False)
    today: Callable[[datetime], Any] = field(repr=False)

    def open(
        self,
        changes: Changes,
        draft: Draft,
        *,
        number: str,
        row: Row,
        now: datetime,
        how: Callable[..., Advance] = open_ticket,
    ) -> Advance:
        """A new ticket. ``row`` holds whose it is: conversation_id, citizen, query_code."""
        opened = how(draft, number=number, policy=self.policies.at(self.today(now)), calendar=self.calendar, now=now)
        changes.insert(
            ticket,
            **ticket_columns(opened.ticket),
            **row,
            emotion=draft.emotion,
            alarm=draft.alarm,
            title=storable(draft.title),
            content=storable(draft.content),
            place=storable(draft.place),
            latitude=draft.latitude,
            longitude=draft.longitude,
            occurred=storable(draft.occurred),
            respondent=storable(draft.respondent),
            wanted=storable(draft.wanted),
            missing=list(draft.missing),
            attachments=list(draft.attachments),
            **_record(changes, number, opened.events, row=None),
        )
        return opened

    def order(self, changes: Changes, overlay: Overlay, number: str, order: Order, *, now: datetime) -> Advance:
        """One order to a ticket of the overlay. Raises NotAllowed (nothing changed) or LookupError (its policy is gone)."""
        row = overlay[number]
        policy = self.policies.get(row["policy"])
        before = read_ticket(row)
        done = advance(before, order, policy=policy, calendar=self.calendar, now=now, directory=self.directory)
        columns = ticket_columns(done.ticket) | _record(changes, number, done.events, row=row)
        for table, new, paper in changed(before, done.ticket):
            if new:
                changes.insert(table, **paper)
            else:
                changes.update(table, "id", paper.pop("id"), **paper)
        changes.update(ticket, "number", number, **{name: columns[name] for name in columns if name != "number"})
        overlay.put(row | columns | {name: getattr(done.ticket, name) for name in PAPERS})
        return done


def _record(changes: Changes, number: str, events: Iterable[TicketEvent], *, row: Row | None) -> Row:
    """Write events down behind those of ``row``, each chained to the one before; returns what the ticket keeps of it."""
    kept = [replace(one, data=plain(one.data)) for one in events]
    count, head = (row["events"], row["chain"]) if row else (0, "")
    links = linked(head, ticket=number, events=kept, first=count + 1)
    for link in links:
        one = link.event
        changes.insert(
            ticket_event,
            ticket=number,
            n=link.n,
            at=one.at,
            role=one.actor.role.value,
            actor=one.actor.id,
            command=one.command.value,
            from_state=one.from_state.value,
            to_state=one.to_state.value,
            data=one.data,
            sealed=one.sealed,
            digest=link.digest,
            hash=link.hash,
        )
    return {"events": count + len(links), "chain": links[-1].hash}

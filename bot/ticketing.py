"""Carries an order to a ticket into the archive: the life cycle decides, this writes down what it decided."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.store.tables import assignment, ticket, ticket_event
from bot.store.ticket_rows import read_ticket, ticket_columns
from bot.store.wording import storable
from bot.work import Changes
from tickets.appeal import Draft
from tickets.calendar import Calendar
from tickets.lifecycle import advance, open_ticket
from tickets.orders import Advance, Command, NoticeDue, Order, TicketEvent
from tickets.policy import Policies

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
    today: Callable[[datetime], Any] = field(repr=False)

    def open(self, changes: Changes, draft: Draft, *, number: str, row: Row, now: datetime) -> Advance:
        """A new ticket. ``row`` holds whose it is: conversation_id, citizen, query_code."""
        opened = open_ticket(
            draft, number=number, policy=self.policies.at(self.today(now)), calendar=self.calendar, now=now
        )
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
            assignment="",
            events=len(opened.events),
        )
        _record(changes, number, opened.events, first=1)
        return opened

    def order(
        self, changes: Changes, overlay: Overlay, number: str, order: Order, *, now: datetime
    ) -> tuple[NoticeDue, ...]:
        """One order to a ticket of the overlay. Raises NotAllowed (nothing changed) or LookupError (its policy is gone)."""
        row = overlay[number]
        policy = self.policies.get(row["policy"])
        done = advance(read_ticket(row), order, policy=policy, calendar=self.calendar, now=now)
        columns = ticket_columns(done.ticket) | {"events": row["events"] + len(done.events)}
        columns["assignment"] = _assign(changes, row, columns, order, now)
        _record(changes, number, done.events, first=row["events"] + 1)
        changes.update(ticket, "number", number, **{name: columns[name] for name in columns if name != "number"})
        overlay.put(row | columns)
        return done.notices


def _record(changes: Changes, number: str, events: Iterable[TicketEvent], *, first: int) -> None:
    for n, one in enumerate(events, first):
        changes.insert(
            ticket_event,
            ticket=number,
            n=n,
            at=one.at,
            role=one.actor.role.value,
            actor=one.actor.id,
            command=one.command.value,
            from_state=one.from_state.value,
            to_state=one.to_state.value,
            data=dict(one.data),
        )


def _assign(changes: Changes, row: Row, columns: Row, order: Order, now: datetime) -> str:
    """Keep the lead unit's assignment (首接责任单位) in step with the ticket; returns its id."""
    current: str = row["assignment"]
    if order.command is Command.DISPATCH:
        if current:
            changes.update(assignment, "id", current, ended_at=now)
        current = f"{row['number']}-{columns['events']}"
        changes.insert(
            assignment,
            id=current,
            ticket=row["number"],
            unit=columns["lead_unit"],
            role="lead",
            note=storable(str(order.data.get("note", ""))),
            dispatched_at=now,
        )
    elif current:
        moments = {
            "signed_at": columns["signed_at"] if columns["signed_at"] != row["signed_at"] else None,
            "submitted_at": columns["replied_at"] if columns["replied_at"] != row["replied_at"] else None,
            "ended_at": columns["closed_at"] if columns["closed_at"] != row["closed_at"] else None,
        }
        if changed := {name: value for name, value in moments.items() if value is not None}:
            changes.update(assignment, "id", current, **changed)
    return current

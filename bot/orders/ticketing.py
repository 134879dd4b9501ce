"""Carries an order to a ticket into the archive: the life cycle decides, this writes down what it decided."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from bot.dispatch.advice import Advice
from bot.dispatch.rulebook import proposed
from bot.orders import following, surveys
from bot.orders.alerts import Alerts
from bot.store.paper_rows import PAPERS, changed, plain
from bot.store.tables import ticket, ticket_event
from bot.store.ticket_rows import changed_columns, read_ticket, ticket_columns
from bot.store.wording import storable
from bot.work import Changes
from tickets.appeal import Draft
from tickets.chain import linked
from tickets.clocks.watch import due_orders, next_look
from tickets.command import Command
from tickets.following import follows
from tickets.lifecycle import advance, open_ticket
from tickets.limits.calendar import Calendar
from tickets.merging import parting
from tickets.orders import Advance, NotAllowed, Order, TicketEvent
from tickets.policy import Policies, Policy
from tickets.replay import Rules
from tickets.state import Actor
from tickets.ticket import Ticket
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
    alerts: Alerts
    advice: Advice = field(repr=False)
    today: Callable[[datetime], Any] = field(repr=False)

    def rules(self, policy: str) -> Rules:
        """What the log of a ticket opened under ``policy`` is judged by. Raises LookupError where that is gone."""
        return Rules(policy=self.policies.get(policy), calendar=self.calendar, directory=self.directory)

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
        policy = self.policies.at(self.today(now))
        opened = how(draft, number=number, policy=policy, calendar=self.calendar, now=now)
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
            repeat_of=draft.repeat_of,
            watch_at=next_look(opened.ticket, policy=policy, calendar=self.calendar),
            **_record(changes, number, opened.events, row=None),
        )
        following.noted(changes, number, draft, now=now)
        self.alerts.note(changes, opened, event=len(opened.events), now=now)
        return opened

    def order(self, changes: Changes, overlay: Overlay, number: str, order: Order, *, now: datetime) -> Advance:
        """One order to a ticket of the overlay, and what the system orders because of it. Raises NotAllowed (nothing
        changed) or LookupError (its policy is gone)."""
        row = overlay[number]
        policy = self.policies.get(row["policy"])
        before = read_ticket(row)
        done = self._advance(before, order, policy, now, row)
        for one in follows(done.ticket, order, policy):
            with contextlib.suppress(NotAllowed):  # a limit is reached: a person decides
                done = _joined(done, self._advance(done.ticket, one, policy, now, row))
        for event in done.events:
            if event.command is Command.DECIDE_LEAD:
                proposed(changes, number, event, concern=self.advice.concern(row, now=now))
        columns = changed_columns(before, done.ticket) | _record(changes, number, done.events, row=row)
        columns["watch_at"] = next_look(done.ticket, policy=policy, calendar=self.calendar)
        for table, new, paper in changed(before, done.ticket):
            if new:
                changes.insert(table, **paper)
            else:
                changes.update(table, "id", paper.pop("id"), **paper)
        changes.update(ticket, "number", number, **{one: new for one, new in columns.items() if row[one] != new})
        after = row | columns | {name: getattr(done.ticket, name) for name in PAPERS}
        overlay.put(after)
        surveys.kept(changes, row, after, done.events, now=now)
        self.alerts.note(changes, done, event=columns["events"], now=now)
        if before.repeat_count:
            following.spread(changes, number, done, n=columns["events"], now=now)
        return done

    def part(
        self, changes: Changes, overlay: Overlay, number: str, parent: str, *, by: Actor, now: datetime
    ) -> list[tuple[str, Advance]]:
        """Let ``number`` follow ``parent`` no longer; both are in the overlay. Returns what each order did, by number;
        nothing where it did not follow. Raises NotAllowed."""
        orders = parting(read_ticket(overlay[number]), read_ticket(overlay[parent]), by=by)
        done = [(one, self.order(changes, overlay, one, order, now=now)) for one, order in orders]
        if done:
            following.left(changes, number, parent, by=by.id or by.role.value, now=now)
        return done

    def due(self, row: Row, *, now: datetime) -> tuple[Order, ...]:
        """The clock's own orders to the ticket of ``row``, the earliest first. Raises LookupError: its policy is gone."""
        policy = self.policies.get(row["policy"])
        return due_orders(read_ticket(row), policy=policy, calendar=self.calendar, now=now)

    def look_again(self, row: Row) -> datetime | None:
        """When the clock of the ticket of ``row`` must be looked at next. Raises LookupError."""
        return next_look(read_ticket(row), policy=self.policies.get(row["policy"]), calendar=self.calendar)

    def _advance(self, before: Ticket, order: Order, policy: Policy, now: datetime, row: Row) -> Advance:
        return advance(
            before,
            order,
            policy=policy,
            calendar=self.calendar,
            now=now,
            directory=self.directory,
            rule=lambda: self.advice.rule(row, now=now),
        )


def _joined(first: Advance, then: Advance) -> Advance:
    """What two orders did, one after the other, told together."""
    return Advance(then.ticket, first.events + then.events, first.notices + then.notices, first.alerts + then.alerts)


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

"""The life of a ticket (工单) as one table: who may order what, when, and where it leads.

Rule 1: everything that moves a ticket from one state to another is a row of this table. Rule 2: a row names guards,
effects and notices but holds no numbers; every number comes from the ticket's own policy. ``docs/lifecycle.md`` is
written from the table; its rows stand in ``tickets/phases``, one module a phase.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from tickets.appeal import AppealType, Draft, Urgency
from tickets.clocks.silence import heard
from tickets.command import Command
from tickets.dispatch.catalogue import Rule
from tickets.limits.calendar import Calendar
from tickets.move import Move
from tickets.orders import Advance, NotAllowed, Order, TicketEvent
from tickets.papers.request import LIVE, Request, RequestKind, RequestState
from tickets.phases import (
    anytime,
    calling_back,
    closing,
    consulting,
    delaying,
    dispatching,
    handling,
    intake,
    joining,
    keeping_secret,
    rating,
    redoing,
    referring,
    reviewing,
    supervising,
    watching,
)
from tickets.phases.row import Fork, Party, Row
from tickets.plain import plain
from tickets.policy import Policy
from tickets.state import Actor, Role, State
from tickets.ticket import Ticket
from tickets.units import Directory

PHASES = (
    intake,
    joining,
    dispatching,
    consulting,
    handling,
    delaying,
    reviewing,
    calling_back,
    rating,
    redoing,
    referring,
    supervising,
    closing,
    keeping_secret,
    anytime,
    watching,
)
TABLE: tuple[Row, ...] = tuple(row for phase in PHASES for row in phase.ROWS)
BY_COMMAND: Mapping[Command, tuple[Row, ...]] = MappingProxyType(
    {command: tuple(row for row in TABLE if row.command is command) for command in Command}
)
NO_UNITS = Directory(())
_CONSULTED = {State.DISPATCHED, State.HANDLING, State.IN_CONSULTATION, State.WITHDRAWN}
_THE_LEADS = {RequestKind.RETURN, RequestKind.EXTENSION, RequestKind.CO_ORGANISER, RequestKind.UNREASONABLE}


def advance(
    ticket: Ticket,
    order: Order,
    *,
    policy: Policy,
    calendar: Calendar,
    now: datetime,
    directory: Directory = NO_UNITS,
    rule: Callable[[], Rule | None] = lambda: None,
) -> Advance:
    """The ticket after ``order``, its event, and whom to tell what. Raises NotAllowed; nothing changed.

    ``policy`` is the version the ticket was opened under; another, or a naive ``now``, is the caller's error: ValueError.
    ``directory`` says which unit stands below which; without it nothing is handed down. ``rule`` finds the row of the
    dispatch catalogue that holds for the ticket; it is asked only where a unit is named.
    """
    if policy.id != ticket.policy:
        raise ValueError(f"the ticket was opened under {ticket.policy}, not {policy.id}")
    if now.tzinfo is None:
        raise ValueError("now must have a time zone")
    row = _find(ticket, order)
    move = Move(
        ticket=ticket,
        actor=order.actor,
        data=_data(row, ticket, order),
        policy=policy,
        calendar=calendar,
        now=now,
        directory=directory,
        rule=rule,
    )
    for guard in row.guards:
        if reason := guard(move):
            raise NotAllowed(order.command, ticket.state, reason)
    to = (row.to.choose(move) if isinstance(row.to, Fork) else row.to) or ticket.state
    after = _left_behind(replace(ticket, **row.effect(move), state=to), now)
    after = heard(ticket, after, order.actor, now)
    return Advance(after, (_event(row, move, to),), row.tells(move, after), row.alerts(move, after))


def open_draft(draft: Draft, *, number: str, policy: Policy, now: datetime) -> Ticket:
    """T01: a ticket that is not submitted yet (待补充). A draft with an alarm is CRITICAL and a matter of safety; a
    report is confidential by default."""
    return Ticket(
        number=number,
        policy=policy.id,
        type=draft.type,
        category=draft.category,
        urgency=Urgency.CRITICAL if draft.alarm else draft.urgency,
        state=State.DRAFT,
        received_at=now,
        confidential=draft.confidential or draft.type is AppealType.REPORT,
        district=draft.district,
        safety=bool(draft.alarm) or draft.urgency is Urgency.CRITICAL,
    )


def open_ticket(draft: Draft, *, number: str, policy: Policy, calendar: Calendar, now: datetime) -> Advance:
    """A new ticket from a draft (T02); accepted at once (T10) when what the policy calls essential is there, or when
    there is an alarm, whatever it lacks (T04). A new fact on a terminated matter waits for a person (T45)."""
    accept = Order(Command.ACCEPT, Actor(Role.SYSTEM))
    submitted = submit_ticket(draft, number=number, policy=policy, calendar=calendar, now=now)
    if (policy.accept.lacking(draft.missing) or draft.new_fact) and not draft.alarm:
        return submitted
    done = advance(submitted.ticket, accept, policy=policy, calendar=calendar, now=now)
    return replace(done, events=(*submitted.events, *done.events))


def submit_ticket(draft: Draft, *, number: str, policy: Policy, calendar: Calendar, now: datetime) -> Advance:
    """A new ticket from a draft (T02) that a person decides on at once, as after a three-way chat (T06)."""
    ticket = open_draft(draft, number=number, policy=policy, now=now)
    return advance(ticket, Order(Command.SUBMIT, Actor(Role.CITIZEN)), policy=policy, calendar=calendar, now=now)


def _find(ticket: Ticket, order: Order) -> Row:
    rows = [row for row in BY_COMMAND[order.command] if ticket.state in row.of]
    if not rows:
        raise NotAllowed(order.command, ticket.state, "state")
    row, who = rows[0], order.actor
    if who.role not in row.by:
        raise NotAllowed(order.command, ticket.state, "role")
    if who.role is Role.UNIT and who.id not in _parties(row, ticket):
        raise NotAllowed(order.command, ticket.state, "not_yours")
    return row


def _parties(row: Row, ticket: Ticket) -> set[str]:
    """The units that may give this order."""
    return {ticket.lead_unit} - {""} if row.party is Party.LEAD else {one.unit for one in ticket.helping}


def _data(row: Row, ticket: Ticket, order: Order) -> dict[str, Any]:
    kinds = {**row.needs, **row.takes}
    given: dict[str, Any] = {}
    for name, value in order.data.items():
        if name not in kinds:
            raise NotAllowed(order.command, ticket.state, f"unknown:{name}")
        if value is None:
            continue
        try:
            given[name] = kinds[name](value)
        except (ValueError, TypeError):
            raise NotAllowed(order.command, ticket.state, f"invalid:{name}") from None
    for name in row.needs:
        if name not in given:
            raise NotAllowed(order.command, ticket.state, f"missing:{name}")
    return given


def _event(row: Row, move: Move, to: State) -> TicketEvent:
    return TicketEvent(
        at=move.now,
        actor=move.actor,
        command=row.command,
        from_state=move.ticket.state,
        to_state=to,
        data=plain(move.data) | row.facts(move) | ({"officer": move.actor.officer} if move.actor.officer else {}),
        sealed=row.sealed,
    )


def _left_behind(ticket: Ticket, now: datetime) -> Ticket:
    """What waited for a decision the ticket no longer needs: requests lapse, a consultation is moot."""
    if not (ticket.requests or ticket.consultations):
        return ticket
    requests = tuple(
        replace(one, state=RequestState.LAPSED, decided_at=now) if _lapses(one, ticket) else one
        for one in ticket.requests
    )
    moot = ticket.state not in _CONSULTED
    consultations = tuple(replace(one, settled_at=now) if one.open and moot else one for one in ticket.consultations)
    return replace(ticket, requests=requests, consultations=consultations)


def _lapses(request: Request, ticket: Ticket) -> bool:
    if request.state is not RequestState.PENDING:
        return False
    # In callback it is the office that asks.
    units = ticket.state is not State.TO_CALLBACK
    anothers = units and request.kind in _THE_LEADS and request.asked_by != ticket.lead_unit
    return anothers or ticket.state not in LIVE[request.kind]

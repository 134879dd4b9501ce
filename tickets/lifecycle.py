"""The life of a ticket (工单) as one table: who may order what, when, and where it leads.

Rule 1: everything that moves a ticket from one state to another is a row of this table. Rule 2: a row names guards,
effects and notices but holds no numbers; every number comes from the ticket's own policy. ``docs/lifecycle.md`` is
written from the table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum
from types import MappingProxyType
from typing import Any

from tickets import effects as e
from tickets import facts as f
from tickets import guards as g
from tickets import notices as n
from tickets.appeal import AppealType, ClosingKind, Draft, Reason, Satisfaction, Solved, Urgency
from tickets.calendar import Calendar
from tickets.facts import Facts
from tickets.move import Effect, Guard, Move
from tickets.orders import (
    Advance,
    Cause,
    Command,
    Fault,
    NotAllowed,
    Order,
    TicketEvent,
    Waiver,
    WithdrawReason,
)
from tickets.policy import Policy, Step
from tickets.ticket import OPEN, Actor, Role, State, Ticket

Kind = Callable[[Any], Any]
To = State | Callable[[Move], State] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One transition. ``to`` None keeps the state; ``needs`` and ``takes`` are the data an order must and may carry."""

    row: str
    """Its number in domain.md §2.4."""
    command: Command
    of: frozenset[State]
    by: frozenset[Role]
    to: To
    needs: Mapping[str, Kind] = field(default_factory=dict)
    takes: Mapping[str, Kind] = field(default_factory=dict)
    guards: tuple[Guard, ...] = ()
    effect: Effect = e.nothing
    facts: Facts = f.none
    tells: n.Telling = n.quietly


def many(kind: type[Enum]) -> Kind:
    """Several members of ``kind``."""
    return lambda values: tuple(kind(value) for value in ((values,) if isinstance(values, str) else values))


def words(value: object) -> str:
    """A text that is not empty."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError("empty")
    return value


def units(values: Any) -> tuple[str, ...]:
    """Unit codes."""
    return tuple(words(value) for value in ((values,) if isinstance(values, str) else values))


S, C, R = State, Command, Role
BEFORE_REVIEW = frozenset({S.RECEIVED, S.TO_DISPATCH, S.DISPATCHED, S.HANDLING})
REPLY = {"public_reply": words, "closing_kind": ClosingKind}


def _row(row: str, command: Command, of: frozenset[State] | State, by: set[Role], to: To, **rest: Any) -> Row:
    states = of if isinstance(of, frozenset) else frozenset({of})
    return Row(row=row, command=command, of=states, by=frozenset(by), to=to, **rest)


# fmt: off
TABLE: tuple[Row, ...] = (
    _row("T04", C.DIVERT_EMERGENCY, S.RECEIVED, {R.BOT, R.AGENT, R.SYSTEM}, S.EMERGENCY_DIVERTED,
         effect=e.diverted),
    _row("T05", C.ANSWER_FROM_KB, S.RECEIVED, {R.BOT, R.AGENT}, S.ANSWERED,
         needs={"public_reply": words}, guards=(g.only_consultations, g.no_personal_data), effect=e.answered,
         tells=n.plainly("ticket.replied")),
    _row("T10", C.ACCEPT, S.RECEIVED, {R.AGENT, R.BOT, R.SYSTEM}, S.TO_DISPATCH,
         effect=e.accepted, tells=n.plainly("ticket.accepted")),
    _row("T11", C.DISPATCH, S.TO_DISPATCH, {R.DISPATCHER, R.SYSTEM}, S.DISPATCHED,
         needs={"lead": words}, takes={"co": units, "note": str}, guards=(g.one_lead,),
         effect=e.dispatched, tells=n.plainly("ticket.dispatched")),
    _row("T13", C.SIGN, S.DISPATCHED, {R.UNIT}, S.HANDLING,
         effect=e.signed, facts=f.lateness, tells=n.plainly("ticket.signed")),
    _row("T14", C.AUTO_SIGN, S.DISPATCHED, {R.SYSTEM}, S.HANDLING, guards=(g.sign_time_passed,),
         effect=e.signed, facts=f.lateness),
    _row("T24", C.CONTACT, S.HANDLING, {R.UNIT}, None, takes={"method": str, "note": str}, effect=e.contacted),
    _row("T25", C.INTERIM, S.HANDLING, {R.UNIT}, None, needs={"text": words}, tells=n.plainly("ticket.interim")),
    _row("T32", C.SUBMIT_REPLY, S.HANDLING, {R.UNIT}, S.TO_REVIEW,
         needs=REPLY, takes={"internal_note": str, "signer": str},
         guards=(g.citizen_contacted, g.no_personal_data, g.closing_open_to_units), effect=e.replied),
    _row("T33", C.REVIEW_REJECT, S.TO_REVIEW, {R.REVIEWER}, S.HANDLING,
         needs={"fault": Fault}, takes={"note": str}, effect=e.rejected),
    _row("T34/T35", C.REVIEW_PASS, S.TO_REVIEW, {R.REVIEWER}, e.where_passing_leads,
         effect=e.passed, tells=n.plainly("ticket.replied")),
    _row("T35", C.CLOSE_WITHOUT_CALLBACK, S.TO_REVIEW, {R.REVIEWER}, S.CLOSED,
         needs={"waiver": Waiver}, effect=e.passed_and_closed, tells=n.plainly("ticket.replied")),
    _row("T36", C.ASK, S.TO_CALLBACK, {R.SYSTEM, R.CALLBACK_OFFICER}, None,
         guards=(g.not_rated, g.attempts_left, g.asking_time), effect=e.asked, tells=n.asking),
    _row("T36/T38", C.RATE, S.TO_CALLBACK, {R.CITIZEN, R.CALLBACK_OFFICER}, e.where_rating_leads,
         takes={"solved": Solved, "satisfaction": Satisfaction, "reasons": many(Reason), "comment": str},
         guards=(g.a_citizens_rating,), effect=e.rated),
    _row("T37", C.LAPSE, S.TO_CALLBACK, {R.SYSTEM, R.CALLBACK_OFFICER}, S.CLOSED,
         guards=(g.not_rated, g.silence_was_long), effect=e.lapsed),
    _row("T39", C.REDO, S.TO_CALLBACK, {R.REVIEWER, R.SYSTEM, R.OFFICE_LEADER}, S.HANDLING,
         needs={"cause": Cause}, takes={"note": str}, guards=(g.awaits_triage, g.cause_for_redo, g.redo_left),
         effect=e.redone, tells=n.plainly("ticket.redo")),
    _row("T40", C.EXPLAIN, S.TO_CALLBACK, {R.REVIEWER}, S.CLOSED,
         needs={"cause": Cause, "text": words}, guards=(g.awaits_triage, g.cause_to_explain),
         effect=e.explained, tells=n.plainly("ticket.closed")),
    _row("T44", C.WITHDRAW, BEFORE_REVIEW, {R.CITIZEN}, S.WITHDRAWN,
         needs={"reason": WithdrawReason}, guards=(g.free_to_withdraw,),
         effect=e.withdrawn, tells=n.plainly("ticket.withdrawn")),
    _row("T44", C.RESTORE, S.WITHDRAWN, {R.CITIZEN, R.AGENT}, e.where_it_stood,
         guards=(g.restore_window,), effect=e.restored, tells=n.plainly("ticket.restored")),
    _row("T45", C.REOPEN, S.CLOSED, {R.CITIZEN, R.AGENT}, S.HANDLING,
         takes={"note": str}, guards=(g.reopen_window,), effect=e.redone, tells=n.plainly("ticket.redo")),
    _row("T46", C.SUPPLEMENT, OPEN, {R.CITIZEN, R.AGENT}, None,
         takes={"text": str, "attachments": tuple}, guards=(g.something_new,), effect=e.supplemented),
    _row("T47", C.URGE, OPEN - {S.TO_CALLBACK}, {R.CITIZEN, R.AGENT}, None,
         guards=(g.urge_interval,), effect=e.urged, facts=f.overdue),
    _row("T49", C.RAISE_URGENCY, OPEN, {R.AGENT, R.DISPATCHER, R.SYSTEM}, None,
         needs={"urgency": Urgency}, guards=(g.faster,), effect=e.made_urgent),
)
# fmt: on
BY_COMMAND: Mapping[Command, tuple[Row, ...]] = MappingProxyType(
    {command: tuple(row for row in TABLE if row.command is command) for command in Command}
)


def advance(ticket: Ticket, order: Order, *, policy: Policy, calendar: Calendar, now: datetime) -> Advance:
    """The ticket after ``order``, its event, and what the citizen must be told. Raises NotAllowed; nothing changed.

    ``policy`` is the version the ticket was opened under; another, or a naive ``now``, is the caller's error: ValueError.
    """
    if policy.id != ticket.policy:
        raise ValueError(f"the ticket was opened under {ticket.policy}, not {policy.id}")
    if now.tzinfo is None:
        raise ValueError("now must have a time zone")
    row = _find(ticket, order)
    move = Move(
        ticket=ticket, actor=order.actor, data=_data(row, ticket, order), policy=policy, calendar=calendar, now=now
    )
    for guard in row.guards:
        if reason := guard(move):
            raise NotAllowed(order.command, ticket.state, reason)
    to = row.to(move) if callable(row.to) else row.to or ticket.state
    after = replace(ticket, **row.effect(move), state=to)
    event = TicketEvent(
        at=now,
        actor=order.actor,
        command=order.command,
        from_state=ticket.state,
        to_state=to,
        data=_plain(move.data) | row.facts(move),
    )
    return Advance(after, (event,), row.tells(move, after))


def open_ticket(draft: Draft, *, number: str, policy: Policy, calendar: Calendar, now: datetime) -> Advance:
    """A new ticket from a draft (T02); accepted at once (T10) when what the policy calls essential is there.

    A draft with an alarm opens as CRITICAL and safety whatever it lacks (T04); a report is confidential by default."""
    ticket = Ticket(
        number=number,
        policy=policy.id,
        type=draft.type,
        category=draft.category,
        urgency=Urgency.CRITICAL if draft.alarm else draft.urgency,
        state=State.RECEIVED,
        received_at=now,
        confidential=draft.confidential or draft.type is AppealType.REPORT,
        district=draft.district,
        safety=bool(draft.alarm) or draft.urgency is Urgency.CRITICAL,
    )
    citizen, system = Actor(Role.CITIZEN), Actor(Role.SYSTEM)
    move = Move(ticket=ticket, actor=citizen, data={}, policy=policy, calendar=calendar, now=now)
    # The due date is the citizen's from the first moment, even while a person looks at what is missing.
    ticket = replace(ticket, step_by=move.step_by(Step.ACCEPT), due_at=move.answer_by(now))
    submitted = TicketEvent(
        at=now, actor=citizen, command=Command.SUBMIT, from_state=State.DRAFT, to_state=State.RECEIVED
    )
    lacks = set(policy.accept.essential) & set(draft.missing)
    if lacks and not draft.alarm:
        return Advance(ticket, (submitted,))
    done = advance(ticket, Order(Command.ACCEPT, system), policy=policy, calendar=calendar, now=now)
    return Advance(done.ticket, (submitted, *done.events), done.notices)


def _find(ticket: Ticket, order: Order) -> Row:
    rows = [row for row in BY_COMMAND[order.command] if ticket.state in row.of]
    if not rows:
        raise NotAllowed(order.command, ticket.state, "state")
    row = rows[0]
    if order.actor.role not in row.by:
        raise NotAllowed(order.command, ticket.state, "role")
    if order.actor.role is Role.UNIT and order.actor.id != ticket.lead_unit:
        raise NotAllowed(order.command, ticket.state, "not_yours")
    return row


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


def _plain(data: Mapping[str, Any]) -> dict[str, object]:
    """Ready for JSON."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in data.items()}

"""What somebody may order for a ticket, and what comes of it: orders, events, notices, refusals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from tickets.ticket import Actor, State, Ticket


class Command(StrEnum):
    """What can be ordered; the numbers are rows of domain.md §2.4."""

    SUBMIT = "submit"
    DIVERT_EMERGENCY = "divert_emergency"
    ANSWER_FROM_KB = "answer_from_kb"
    ACCEPT = "accept"
    DISPATCH = "dispatch"
    SIGN = "sign"
    AUTO_SIGN = "auto_sign"
    CONTACT = "contact"
    INTERIM = "interim"
    SUBMIT_REPLY = "submit_reply"
    REVIEW_REJECT = "review_reject"
    REVIEW_PASS = "review_pass"
    CLOSE_WITHOUT_CALLBACK = "close_without_callback"
    ASK = "ask"
    RATE = "rate"
    LAPSE = "lapse"
    REDO = "redo"
    EXPLAIN = "explain"
    WITHDRAW = "withdraw"
    RESTORE = "restore"
    REOPEN = "reopen"
    SUPPLEMENT = "supplement"
    URGE = "urge"
    RAISE_URGENCY = "raise_urgency"


class Fault(StrEnum):
    """Why a reviewer sends a reply back (T33)."""

    EMPTY = "empty"
    OFF_POINT = "off_point"
    NO_CONTACT = "no_contact"
    LEAKS_IDENTITY = "leaks_identity"
    OTHER = "other"


class Waiver(StrEnum):
    """Why the citizen is not asked (T35)."""

    ANONYMOUS = "anonymous"
    DECLINED = "declined"
    NOT_SAMPLED = "not_sampled"


class Cause(StrEnum):
    """What triage finds behind a dissatisfied rating (T38, a-f)."""

    POOR_HANDLING = "poor_handling"
    POLICY = "policy"
    NOT_YET = "not_yet"
    UNREASONABLE = "unreasonable"
    ATTITUDE = "attitude"
    FALSE_CLOSING = "false_closing"


class WithdrawReason(StrEnum):
    """Why a citizen withdraws (domain.md §8.4 S6)."""

    SOLVED = "solved"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Order:
    """A command somebody gives. ``data`` holds what its rows of the table need and take, as values or plain text."""

    command: Command
    actor: Actor
    data: Mapping[str, object] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketEvent:
    """One line of a ticket's log. ``data`` is ready for JSON; it may hold citizens' words."""

    at: datetime
    actor: Actor
    command: Command
    from_state: State
    to_state: State
    data: Mapping[str, object] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class NoticeDue:
    """Something the citizen is to be told: a meaning (``key``) and its blanks, all strings; words are made elsewhere."""

    key: str
    params: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Advance:
    """What an order did: the changed ticket, its events in order, and what to tell the citizen."""

    ticket: Ticket
    events: tuple[TicketEvent, ...]
    notices: tuple[NoticeDue, ...] = ()


class NotAllowed(Exception):
    """The order was refused and nothing changed. ``reason`` is a code: "state", "role", "not_yours",
    "missing:<field>", "unknown:<field>", "invalid:<field>", or a guard's own ("safety", "interval" …)."""

    def __init__(self, command: Command, state: State, reason: str) -> None:
        super().__init__(f"{command} is not allowed in {state}: {reason}")
        self.command, self.state, self.reason = command, state, reason

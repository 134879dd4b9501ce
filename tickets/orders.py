"""What an order to a ticket is, and what comes of it: events, notices to the citizen, alerts to units, refusals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from tickets.appeal import Cause
from tickets.command import Command, ExclusionRule, Fault, ReturnReason, Waiver, WithdrawReason
from tickets.ticket import Actor, State, Ticket

__all__ = [
    "Advance",
    "AlertDue",
    "Cause",
    "Command",
    "ExclusionRule",
    "Fault",
    "NotAllowed",
    "NoticeDue",
    "Order",
    "Post",
    "ReturnReason",
    "TicketEvent",
    "Waiver",
    "WithdrawReason",
]


@dataclass(frozen=True, slots=True)
class Order:
    """A command somebody gives. ``data`` holds what its rows of the table need and take, as values or plain text."""

    command: Command
    actor: Actor
    data: Mapping[str, object] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketEvent:
    """One line of a ticket's log. ``data`` is ready for JSON; it may hold citizens' words. A ``sealed`` line is shown
    to nobody but those who may read the sealed file it speaks of."""

    at: datetime
    actor: Actor
    command: Command
    from_state: State
    to_state: State
    data: Mapping[str, object] = field(default_factory=dict, repr=False)
    sealed: bool = False


@dataclass(frozen=True, slots=True)
class NoticeDue:
    """Something the citizen is to be told: a meaning (``key``) and its blanks, all strings; words are made elsewhere."""

    key: str
    params: Mapping[str, str] = field(default_factory=dict, repr=False)


class Post(StrEnum):
    """Who of a unit, or of the city, is alerted."""

    LIAISON = "liaison"
    DEPUTY_HEAD = "deputy_head"
    HEAD = "head"
    OFFICE = "office"
    """The hotline's own leader."""
    INSPECTION = "inspection"
    """督查室."""


@dataclass(frozen=True, slots=True)
class AlertDue:
    """Something a unit's or the city's officer is to be told. ``unit`` is "" for the hotline's and the city's own."""

    key: str
    post: Post
    unit: str = ""
    number: str = ""
    """The ticket's number."""
    supervision: str = ""
    """The number of the supervision (督办编号) it speaks of, "" for none."""


@dataclass(frozen=True, slots=True)
class Advance:
    """What an order did: the changed ticket, its events in order, and whom to tell what."""

    ticket: Ticket
    events: tuple[TicketEvent, ...]
    notices: tuple[NoticeDue, ...] = ()
    alerts: tuple[AlertDue, ...] = ()


class NotAllowed(Exception):
    """The order was refused and nothing changed. ``reason`` is a code: "state", "role", "not_yours",
    "missing:<field>", "unknown:<field>", "invalid:<field>", or a guard's own ("safety", "interval" …)."""

    def __init__(self, command: Command, state: State, reason: str) -> None:
        super().__init__(f"{command} is not allowed in {state}: {reason}")
        self.command, self.state, self.reason = command, state, reason

"""One ticket (工单) as the life cycle sees it: facts, no words of the citizen."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from tickets.appeal import AppealType, ClosingKind, Satisfaction, Solved, Urgency


class State(StrEnum):
    """City-level states, domain.md §2.3."""

    DRAFT = "draft"
    RECEIVED = "received"
    NOT_ACCEPTED = "not_accepted"
    ANSWERED = "answered"
    EMERGENCY_DIVERTED = "emergency_diverted"
    TO_DISPATCH = "to_dispatch"
    DISPATCHED = "dispatched"
    HANDLING = "handling"
    IN_CONSULTATION = "in_consultation"
    SUSPENDED = "suspended"
    TO_REVIEW = "to_review"
    TO_CALLBACK = "to_callback"
    CLOSED = "closed"
    TERMINATED = "terminated"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"
    ARCHIVED = "archived"


OPEN = frozenset(
    {State.RECEIVED, State.TO_DISPATCH, State.DISPATCHED, State.HANDLING, State.TO_REVIEW, State.TO_CALLBACK}
)
"""States in which somebody of the hotline or a unit still works on it."""


class Role(StrEnum):
    """Who gives an order (domain.md §2.4)."""

    CITIZEN = "citizen"
    BOT = "bot"
    AGENT = "agent"
    DISPATCHER = "dispatcher"
    UNIT = "unit"
    REVIEWER = "reviewer"
    CALLBACK_OFFICER = "callback_officer"
    SUPERVISOR = "supervisor"
    OFFICE_LEADER = "office_leader"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody with a role. ``id`` is a unit code for UNIT, an account name for officers, "" for the citizen."""

    role: Role
    id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """The facts a transition may read and change. Every datetime is aware; None means "not yet"."""

    number: str
    policy: str
    """The policy version it was opened under, ``id@version``."""
    type: AppealType
    category: str
    urgency: Urgency
    state: State
    received_at: datetime
    confidential: bool = False
    district: str = ""
    lead_unit: str = ""
    """首接责任单位: exactly one from dispatch on."""
    co_units: tuple[str, ...] = ()
    """协办单位."""
    step_by: datetime | None = None
    """By when the office must take its own next step: accept, dispatch, review."""
    accepted_at: datetime | None = None
    dispatched_at: datetime | None = None
    sign_by: datetime | None = None
    signed_at: datetime | None = None
    contact_by: datetime | None = None
    contacted_at: datetime | None = None
    due_at: datetime | None = None
    replied_at: datetime | None = None
    """When the unit last submitted its reply."""
    reviewed_at: datetime | None = None
    """When the reviewer passed it: the citizen then has the answer."""
    callback_at: datetime | None = None
    """When the citizen is to be asked (again), or after the last asking, when silence ends it. None once rated."""
    withdrawn_from: State | None = None
    """Where a withdrawn ticket goes back to when the citizen restores it."""
    closed_at: datetime | None = None
    closing_kind: ClosingKind | None = None
    solved: Solved | None = None
    satisfaction: Satisfaction | None = None
    first_satisfaction: Satisfaction | None = None
    """The first rating ever given; later rounds never overwrite it."""
    redo_no: int = 0
    reject_count: int = 0
    urge_count: int = 0
    urged_at: datetime | None = None
    supplement_count: int = 0
    callback_no: int = 0
    """How many times the citizen was asked in this round of handling."""
    public_reply: str = field(default="", repr=False)
    internal_note: str = field(default="", repr=False)
    safety: bool = False
    """It concerns public safety: a citizen's withdrawal does not end it."""

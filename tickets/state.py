"""Where a ticket can stand (市级状态), and who gives orders to it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


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


BEFORE_A_UNIT = frozenset({State.RECEIVED, State.TO_DISPATCH})
"""No unit had it yet."""
WITH_UNIT = frozenset({State.DISPATCHED, State.HANDLING})
"""Where the unit that leads owes the next step."""
BEFORE_REVIEW = frozenset(
    {
        State.RECEIVED,
        State.TO_DISPATCH,
        State.DISPATCHED,
        State.HANDLING,
        State.IN_CONSULTATION,
        State.SUSPENDED,
    }
)
OPEN = BEFORE_REVIEW | {State.TO_REVIEW, State.TO_CALLBACK}
LED = frozenset({State.DISPATCHED, State.HANDLING, State.SUSPENDED, State.TO_REVIEW, State.TO_CALLBACK})
"""States in which exactly one unit leads."""
ENDED = frozenset(
    {
        State.NOT_ACCEPTED,
        State.ANSWERED,
        State.CLOSED,
        State.TERMINATED,
        State.WITHDRAWN,
        State.MERGED,
        State.ARCHIVED,
    }
)
"""States of a ticket that is over, as far as anybody knows: ``closed_at`` is set in these and no others."""


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
    PANELIST = "panelist"
    """评审员: sits on a consultation."""
    DISCIPLINE = "discipline"
    """纪检监察: reads what was referred to it, and answers."""
    SYSTEM = "system"
    # These give no orders to tickets; they see something of them, or of the hotline itself (domain.md §7.3).
    ANALYST = "analyst"
    KB_EDITOR = "kb_editor"
    AUDITOR = "auditor"
    SYSADMIN = "sysadmin"


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody with a role. ``id`` is a unit code for UNIT, an account name for officers, "" for the citizen; ``unit``
    the unit an officer works for, "" for the hotline's own people; ``officer`` the account of who acted for a UNIT."""

    role: Role
    id: str = ""
    unit: str = ""
    officer: str = ""

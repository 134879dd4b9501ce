"""A unit's part of a ticket (承办): the lead unit's, a co-organiser's, or that of a unit below the lead."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class AssignmentRole(StrEnum):
    """主办 (answers to the citizen), 协办 (answers to the lead), 下派 (a level-3 unit, answers to its level-2 unit)."""

    LEAD = "lead"
    CO = "co"
    SUB = "sub"


class AssignmentState(StrEnum):
    """Where a unit stands with its part (domain.md §2.2). RETURNED and RELIEVED end it without a result."""

    PENDING_SIGN = "pending_sign"
    HANDLING = "handling"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    RELIEVED = "relieved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """One unit's part, the ``n``-th of its ticket. ``due_at`` is the unit's own limit, not the citizen's promise."""

    n: int
    unit: str
    role: AssignmentRole
    dispatched_at: datetime
    due_at: datetime | None = None
    state: AssignmentState = AssignmentState.PENDING_SIGN
    parent: str = ""
    """The level-2 unit that sent it down, for a SUB."""
    forced: bool = False
    """Named by a panel, or kept after a rejected return: it cannot be returned (强制派单)."""
    note: str = field(default="", repr=False)
    """What the dispatcher told the unit."""
    signed_at: datetime | None = None
    submitted_at: datetime | None = None
    report: str = field(default="", repr=False)
    """What a helping unit handed to the lead."""
    overdue: bool = False
    """A helping unit missed its limit: it is scored itself, and the lead waits no longer."""
    ended_at: datetime | None = None

    @property
    def under_way(self) -> bool:
        """The unit still owes its part."""
        return self.ended_at is None and self.state in {AssignmentState.PENDING_SIGN, AssignmentState.HANDLING}

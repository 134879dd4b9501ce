"""Supervision (督办): the grades L0 to L5, one order of supervision, and which grades a ticket has earned by the rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType


class Level(StrEnum):
    """Grades of domain.md §2.6: reminder, yellow card, red card, written, joint, circular or referral."""

    L0 = "L0"
    L1 = "L1"
    L2 = "L2"
    L3 = "L3"
    L4 = "L4"
    L5 = "L5"


ANSWERED_IN_WRITING = frozenset({Level.L3, Level.L4, Level.L5})
"""These have a number, a limit and states of their own; the others are only told."""


NEXT = MappingProxyType({Level.L3: Level.L4, Level.L4: Level.L5})
"""The grade above one that is answered in writing."""


class SupervisionState(StrEnum):
    """Domain.md §2.1: 下发, 申请退回, 待审核, 办结; NOTED for the grades nobody answers."""

    NOTED = "noted"
    ISSUED = "issued"
    RETURN_ASKED = "return_asked"
    TO_REVIEW = "to_review"
    CLOSED = "closed"


class Ground(StrEnum):
    """Why a ticket is supervised."""

    TIME_USED = "time_used"
    YELLOW = "yellow"
    RED = "red"
    OVERDUE = "overdue"
    INTERIM_MISSED = "interim_missed"
    CONTACT_MISSED = "contact_missed"
    PLAN_MISSED = "plan_missed"
    DISSATISFIED_AGAIN = "dissatisfied_again"
    URGED = "urged"
    FALSE_CLOSING = "false_closing"
    INSTRUCTION = "instruction"
    MASS_INCIDENT = "mass_incident"
    EVASION = "evasion"
    """推诿、拖延、谎报、瞒报: a person's judgement, never the system's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Supervision:
    """One supervision, the ``n``-th of its ticket, in the round of handling ``round`` (redo 1 is round 1)."""

    n: int
    level: Level
    ground: Ground
    unit: str
    round: int
    opened_at: datetime
    by: str = ""
    """The supervisor's account, "" for the system."""
    number: str = ""
    """督办编号, as the citizen is told it; "" for grades without."""
    joint: bool = False
    """联合督办, with the inspection office (督查室)."""
    state: SupervisionState = SupervisionState.NOTED
    answer_by: datetime | None = None
    answer: str = field(default="", repr=False)
    answered_at: datetime | None = None
    closed_at: datetime | None = None
    overdue: bool = False
    """Its answer did not come in time."""

    @property
    def proposes(self) -> Level | None:
        """The next grade, once the answer is late: proposed to a person, never given by the clock."""
        return NEXT.get(self.level) if self.open and self.overdue else None

    @property
    def open(self) -> bool:
        """The unit or the supervisor still owes something."""
        return self.state not in {SupervisionState.NOTED, SupervisionState.CLOSED}

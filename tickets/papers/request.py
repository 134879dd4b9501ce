"""What somebody asks to be allowed (退单, 延期, 挂账 …): asked once, signed by others, never by the one who asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from tickets.state import WITH_UNIT, Role, State


class RequestKind(StrEnum):
    """What is asked."""

    REFUSAL = "refusal"
    """不予受理: an agent proposes, a reviewer confirms (T07)."""
    RETURN = "return"
    EXTENSION = "extension"
    SUSPEND = "suspend"
    UNREASONABLE = "unreasonable"
    TERMINATE = "terminate"
    CO_ORGANISER = "co_organiser"
    EXCLUSION = "exclusion"
    SCORE_APPEAL = "score_appeal"


class RequestState(StrEnum):
    """LAPSED: the ticket moved on before anybody decided."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One asking, the ``n``-th of its ticket. ``data`` is what its row took, ready for JSON."""

    n: int
    kind: RequestKind
    asked_by: str
    """A unit's code or an officer's account."""
    asked_at: datetime
    decide_by: datetime | None = None
    state: RequestState = RequestState.PENDING
    escalated: bool = False
    """Nobody decided in time: the office's leader may."""
    signed: tuple[str, ...] = ()
    """Who has approved so far, in order."""
    decided_by: str = ""
    decided_at: datetime | None = None
    data: Mapping[str, object] = field(default_factory=dict, repr=False)


LIVE: Mapping[RequestKind, frozenset[State]] = MappingProxyType(
    {
        RequestKind.REFUSAL: frozenset({State.RECEIVED}),
        RequestKind.RETURN: WITH_UNIT,
        RequestKind.EXTENSION: frozenset({State.HANDLING}),
        RequestKind.SUSPEND: frozenset({State.HANDLING, State.TO_CALLBACK}),
        RequestKind.UNREASONABLE: frozenset({State.HANDLING, State.TO_CALLBACK}),
        RequestKind.TERMINATE: frozenset({State.HANDLING, State.TO_REVIEW, State.TO_CALLBACK, State.CLOSED}),
        RequestKind.CO_ORGANISER: WITH_UNIT,
        RequestKind.EXCLUSION: frozenset({State.CLOSED}),
        RequestKind.SCORE_APPEAL: frozenset({State.CLOSED}),
    }
)
"""Where a request may wait; a ticket that leaves these states leaves it lapsed."""

SIGNATURES: Mapping[RequestKind, tuple[Role, ...]] = MappingProxyType(
    {
        RequestKind.REFUSAL: (Role.REVIEWER,),
        RequestKind.RETURN: (Role.DISPATCHER,),
        RequestKind.SUSPEND: (Role.OFFICE_LEADER,),
        RequestKind.UNREASONABLE: (Role.REVIEWER, Role.OFFICE_LEADER),
        RequestKind.TERMINATE: (Role.OFFICE_LEADER, Role.OFFICE_LEADER),
        RequestKind.CO_ORGANISER: (Role.DISPATCHER,),
        RequestKind.EXCLUSION: (Role.REVIEWER, Role.OFFICE_LEADER),
        RequestKind.SCORE_APPEAL: (Role.REVIEWER, Role.OFFICE_LEADER),
    }
)
"""Who must sign, in order, each a different person. Extensions are not here: their signer stands in the policy."""

"""Referral to the discipline organ (移交问题线索): sealed, proposed with reasons, decided by a named person."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from tickets.state import Actor, Role


class ReferralState(StrEnum):
    """PROPOSED until the office's leader decides; ANSWERED once the organ reported back."""

    PROPOSED = "proposed"
    REFERRED = "referred"
    DISMISSED = "dismissed"
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    """One sealed file, the ``n``-th of its ticket. Nothing of it shows in a repr."""

    n: int
    unit: str = field(repr=False)
    proposed_by: str = field(repr=False)
    proposed_at: datetime
    grounds: str = field(default="", repr=False)
    state: ReferralState = field(default=ReferralState.PROPOSED, repr=False)
    decided_by: str = field(default="", repr=False)
    decided_at: datetime | None = field(default=None, repr=False)
    reason: str = field(default="", repr=False)
    readers: tuple[str, ...] = field(default=(), repr=False)
    """Accounts of the discipline organ's officers who may read it."""
    feedback: str = field(default="", repr=False)
    answered_at: datetime | None = field(default=None, repr=False)


def may_read(referral: Referral, reader: Actor) -> bool:
    """Whether ``reader`` may know that this file exists: the office's leader, and the officers it names. No unit,
    no supervisor, no administrator."""
    if reader.role is Role.OFFICE_LEADER:
        return True
    return reader.role is Role.DISCIPLINE and bool(reader.id) and reader.id in referral.readers

"""Consultation (会商): when nobody knows or agrees who leads, a panel decides, if need be the standing meeting."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Panel(StrEnum):
    """Who sits: the district, the city's office, the government's standing meeting (市政府常务会议)."""

    DISTRICT = "district"
    CITY_OFFICE = "city_office"
    STANDING_MEETING = "standing_meeting"


PANELS = tuple(Panel)
"""From the first to the last instance."""


class ConsultReason(StrEnum):
    """Why a panel is asked."""

    NO_MATCH = "no_match"
    CONFLICT = "conflict"
    RETURNED = "returned"
    DISPUTE = "dispute"


@dataclass(frozen=True, slots=True, kw_only=True)
class Consultation:
    """One consultation, the ``n``-th of its ticket."""

    n: int
    reason: ConsultReason
    opened_by: str
    opened_at: datetime
    settle_by: datetime
    candidates: tuple[str, ...] = ()
    panel: Panel = Panel.DISTRICT
    lead: str = ""
    """Whom the panel named."""
    minutes: str = field(default="", repr=False)
    settled_by: str = ""
    settled_at: datetime | None = None

    @property
    def open(self) -> bool:
        """Not settled yet."""
        return self.settled_at is None

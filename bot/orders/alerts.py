"""Writes down whom an order alerts (单位提醒), in the order's own transaction: who gave it makes no difference."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.store.tables import alert
from bot.words.alerts import GRAVE
from bot.work import Changes
from tickets.orders import Advance


@dataclass(frozen=True, slots=True)
class Alerts:
    """``by_phone``: the city has an account through which the graver ones also reach officers' phones."""

    by_phone: bool = False

    def note(self, changes: Changes, done: Advance, *, event: int, now: datetime) -> None:
        """What the order with the ``event``-th place in its ticket's log is to tell officers; each post once."""
        for one in done.alerts:
            changes.keep(
                alert,
                ticket=done.ticket.number,
                event=event,
                key=one.key,
                post=one.post.value,
                unit=one.unit,
                supervision=one.supervision,
                urgency=done.ticket.urgency.value,
                at=now,
                texted="due" if self.by_phone and one.key in GRAVE else "",
            )

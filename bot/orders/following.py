"""What the desk writes down of repeats and families: where to look for the same, who was said to be different."""

from __future__ import annotations

from datetime import datetime

from bot.store.tables import family_look, family_news, kept_apart, matter_member, place_key
from bot.work import Changes
from tickets.appeal import AppealType, Draft, Urgency
from tickets.assessment.spots import Spot, keys_of
from tickets.orders import Advance

KEY_LENGTH = 80
FOLLOWERS_HEAR = frozenset(
    (
        *(f"ticket.{name}" for name in ("dispatched", "transferred", "signed", "interim", "consultation", "extended")),
        *(f"ticket.{name}" for name in ("suspended", "replied", "redo", "explained", "refused", "terminated")),
        *(f"ticket.{name}" for name in ("confirmed", "overdue", "reopened", "resumed", "hastened", "rescheduled")),
        "ticket.withdrawn",
        "survey.ask",
    )
)
"""What happens to a ticket that those who follow it learn too; of a withdrawal they learn that they stand alone."""


def noted(changes: Changes, number: str, draft: Draft, *, now: datetime) -> None:
    """A ticket was opened: where it is, so that others on the same matter find it, and that its like is to be looked
    for. Reports and emergencies leave no trace here: they are never joined."""
    for earlier in draft.unlike:
        apart(changes, number, earlier, by="citizen", now=now)
    spot = Spot(district=draft.district, words=draft.place, latitude=draft.latitude, longitude=draft.longitude)
    keys = sorted(key for key in keys_of(spot) if len(key) <= KEY_LENGTH)
    alone = draft.type in {AppealType.REPORT, AppealType.PRAISE} or draft.urgency is Urgency.CRITICAL or draft.alarm
    if alone or not keys:
        return
    for key in keys:
        changes.insert(place_key, ticket=number, key=key, category=draft.category, received_at=now)
    changes.insert(family_look, ticket=number, at=now)


def apart(changes: Changes, number: str, other: str, *, by: str, now: datetime) -> None:
    """Somebody says these two are not the same matter: the pair is never proposed again."""
    first, second = sorted((number, other))
    changes.keep(kept_apart, one=first, other=second, at=now, by=by)


def left(changes: Changes, number: str, parent: str, *, by: str, now: datetime) -> None:
    """The ticket has left: its place in the matter is kept as a memory."""
    changes.update(matter_member, "ticket", number, state="apart", decided_at=now, decided_by=by)
    apart(changes, number, parent, by=by, now=now)


def spread(changes: Changes, number: str, done: Advance, *, n: int, now: datetime) -> None:
    """Write down what those who follow ``number`` are to hear of its ``n``-th event."""
    for place, notice in enumerate(done.notices):
        if notice.key in FOLLOWERS_HEAR:
            changes.insert(
                family_news, ticket=number, n=n, place=place, key=notice.key, params=dict(notice.params), at=now
            )

"""Takes a rating that came by the link in a letter: once, for its own asking, as long as that is open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.exc import IntegrityError

from bot.orders.office import Case, Office
from bot.orders.ordering import NoSuchTicket
from bot.orders.rating_link import Pass, RatingLinks
from bot.store.tables import survey, ticket, used_link
from bot.store.wording import storable
from tickets.command import Command
from tickets.orders import NotAllowed, Order
from tickets.state import Actor, Role

CITIZEN = Actor(Role.CITIZEN)


class Stands(StrEnum):
    """How a link stands."""

    OPEN = "open"
    THANKS = "thanks"
    """It rated just now."""
    USED = "used"
    EXPIRED = "expired"
    OVER = "over"
    """The asking is over: nobody answered in time, or the matter is handled again."""
    UNKNOWN = "unknown"
    """Not one of ours."""


@dataclass(frozen=True, slots=True)
class LetterRatings:
    """The links' other end."""

    office: Office = field(repr=False)
    links: RatingLinks = field(repr=False)

    async def look(self, token: str) -> tuple[Stands, Pass | None]:
        """How a link stands; nothing changes."""
        allowed, stands = self._read(token)
        if allowed is None or stands is not Stands.OPEN:
            return stands, allowed
        used = exists().where(used_link.c.survey == allowed.survey)
        statement = select(ticket.c.state, ticket.c.redo_no, ticket.c.satisfaction, used.label("used"))
        async with self.office.database.read() as connection:
            row = (
                (await connection.execute(statement.where(ticket.c.number == allowed.number))).mappings().one_or_none()
            )
        return (_stands(allowed, row, used=row["used"]) if row else Stands.OVER), allowed

    async def rate(self, token: str, said: Mapping[str, object]) -> Stands:
        """What the citizen said: solved, satisfaction, reasons, comment. Raises NotAllowed where it is no rating."""
        allowed, stands = self._read(token)
        if allowed is None or stands is not Stands.OPEN:
            return stands
        try:
            async with self.office.at(allowed.number) as case:
                stands = await self._rate(case, allowed, said)
        except NoSuchTicket:
            return Stands.OVER
        except IntegrityError:  # two at once: the other one rated
            return Stands.USED
        return stands

    async def _rate(self, case: Case, allowed: Pass, said: Mapping[str, object]) -> Stands:
        mine = used_link.c.survey == allowed.survey
        used = await case.connection.scalar(select(exists().where(mine)))
        stands = _stands(allowed, case.row, used=bool(used))
        if stands is not Stands.OPEN:
            return stands
        try:
            case.order(Order(Command.RATE, CITIZEN, said))
        except NotAllowed as refused:
            if refused.reason == "rated":
                return Stands.USED
            if refused.reason in {"lapsed", "window", "changed", "state"}:
                return Stands.OVER
            raise
        case.changes.insert(used_link, survey=allowed.survey, at=case.now)
        asked = select(survey.c.state).where(survey.c.id == allowed.survey)
        if await case.connection.scalar(asked) == "open":
            case.changes.update(survey, "id", allowed.survey, **_answered(said), answered_at=case.now)
        return Stands.THANKS

    def _read(self, token: str) -> tuple[Pass | None, Stands]:
        allowed = self.links.read(token)
        if allowed is None:
            return None, Stands.UNKNOWN
        return allowed, Stands.OPEN if self.office.now() < allowed.until else Stands.EXPIRED


def _stands(allowed: Pass, row: Mapping[Any, Any], *, used: bool) -> Stands:
    if used:
        return Stands.USED
    same_round = row["redo_no"] == allowed.round and row["state"] in {"to_callback", "closed"}
    return Stands.OPEN if same_round and row["satisfaction"] != "unreachable" else Stands.OVER


def _answered(said: Mapping[str, object]) -> dict[str, Any]:
    """The survey's columns."""
    columns: dict[str, Any] = {name: said[name] for name in ("solved", "satisfaction") if said.get(name)}
    reasons = said.get("reasons") or ()
    comment = storable(str(said.get("comment") or ""))
    return columns | {"reasons": list(reasons), "comment": comment, "state": "answered"}  # type: ignore[call-overload]

"""Which tickets an officer may see at all, and how each stands to him."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, false, or_, select

from bot.store.engine import Database
from bot.store.tables import assignment, call_task, conversation, referral, reveal, ticket
from tickets.privacy.access import RIGHTS, FieldClass, Look, Officer, Relation, Sight, relation_of
from tickets.state import Role

_REFERRED = select(referral.c.ticket).where(referral.c.state == "referred")


def visible_to(officer: Officer) -> ColumnElement[bool] | None:
    """The condition on tickets he may see, None where he may see all."""
    if any(RIGHTS[role][FieldClass.MATTER][1] is not Sight.HIDDEN for role in officer.roles):
        return None
    own: list[ColumnElement[bool]] = [false()]
    if Role.UNIT in officer.roles:
        own.append(of_unit(officer.unit))
    if Role.PANELIST in officer.roles:
        own.append(ticket.c.state == "in_consultation")
    if Role.DISCIPLINE in officer.roles:
        own.append(ticket.c.number.in_(_REFERRED))
    return or_(*own)


def of_unit(unit: str) -> ColumnElement[bool]:
    """Tickets the unit leads or helps with."""
    helped = select(assignment.c.ticket).where(assignment.c.unit == unit, assignment.c.ended_at.is_(None))
    return or_(ticket.c.lead_unit == unit, ticket.c.number.in_(helped))


async def look_at(database: Database, officer: Officer, row: Mapping[str, Any], *, now: datetime) -> Look:
    """His look at one ticket, with the reveals that run for him. ``row`` has its papers."""
    running = (reveal.c.ticket == row["number"], reveal.c.account == officer.account, reveal.c.until > now)
    async with database.read() as connection:
        talking = await connection.scalar(
            select(conversation.c.agent).where(conversation.c.id == row["conversation_id"])
        )
        to_call = select(call_task.c.id).where(call_task.c.ticket == row["number"], call_task.c.done_at.is_(None))
        call = await connection.scalar(to_call.limit(1)) is not None
        fields = (await connection.scalars(select(reveal.c.field).where(*running))).all()
        referred = False
        if Role.DISCIPLINE in officer.roles:
            of_it = _REFERRED.where(referral.c.ticket == row["number"])
            referred = await connection.scalar(of_it) is not None
    parts = [row["lead_unit"], *(one.unit for one in row["assignments"] if one.ended_at is None)]
    units = [unit for unit in parts if unit]
    relation = relation_of(officer, units, talking=talking or "", state=row["state"], call=call, referred=referred)
    return Look(
        officer=officer,
        relation=relation,
        secret=row["confidential"],
        revealed=frozenset(FieldClass(field) for field in fields),
    )


def glance(officer: Officer, row: Mapping[str, Any]) -> Look:
    """His look at one line of a list that was already cut down to what he may see (:func:`visible_to`)."""
    only_own = visible_to(officer) is not None
    relation = Relation.OWN if only_own else relation_of(officer, [row["lead_unit"]], state=row["state"])
    return Look(officer=officer, relation=relation, secret=row["confidential"])

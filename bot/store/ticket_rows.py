"""Tickets as rows: read for the citizen's eyes, read for an order, and written after one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import datetime, timedelta
from enum import StrEnum
from hmac import compare_digest
from typing import Any

from sqlalchemy import bindparam, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import paper_rows
from bot.store.paper_rows import PAPERS
from bot.store.several import among
from bot.store.tables import survey, ticket
from bot.store.types import Moment
from dialog.turn import Asks, SurveyView, TicketView
from tickets.appeal import AppealType, Cause, ClosingKind, Satisfaction, Solved, Urgency
from tickets.ticket import State, Ticket

SHOWN_AFTER_CLOSING = timedelta(days=30)
SHOWN_AT_MOST = 20

_VIEW = (
    ticket.c.citizen,
    ticket.c.number,
    ticket.c.type,
    ticket.c.urgency,
    ticket.c.state,
    ticket.c.title,
    ticket.c.category,
    ticket.c.received_at,
    ticket.c.lead_unit,
    ticket.c.due_at,
    ticket.c.signed_at,
    ticket.c.contacted_at,
    ticket.c.contact_by,
    ticket.c.public_reply,
    ticket.c.reviewed_at,
    ticket.c.urge_count,
    ticket.c.urged_at,
    ticket.c.supplement_count,
    ticket.c.redo_no,
    ticket.c.safety,
    ticket.c.closed_at,
    ticket.c.satisfaction,
)

# Built once: building a statement costs more than running it.
_OF_CITIZENS = (
    select(*_VIEW)
    .where(
        among(ticket.c.citizen, "citizens"),
        or_(ticket.c.closed_at.is_(None), ticket.c.closed_at > bindparam("since", type_=Moment())),
    )
    .order_by(ticket.c.received_at.desc())
)
_LOCKED = select(ticket).where(among(ticket.c.number, "numbers")).order_by(ticket.c.number).with_for_update()
_OPEN_SURVEYS = (
    select(survey)
    .where(among(survey.c.citizen, "citizens"), survey.c.state == "open")
    .order_by(survey.c.asked_at.desc())
)

_ENUMS: dict[str, type[StrEnum]] = {
    "type": AppealType,
    "urgency": Urgency,
    "state": State,
    "withdrawn_from": State,
    "closing_kind": ClosingKind,
    "solved": Solved,
    "satisfaction": Satisfaction,
    "first_satisfaction": Satisfaction,
    "cause": Cause,
}
_FIELDS = tuple(one.name for one in fields(Ticket) if one.name not in PAPERS)


async def views(
    connection: AsyncConnection, citizens: Iterable[int], *, units: Mapping[str, str], now: datetime
) -> dict[int, tuple[TicketView, ...]]:
    """Each citizen's own tickets, newest first: the open ones and those closed lately."""
    found: dict[int, list[TicketView]] = {}
    asked = {"citizens": sorted(set(citizens)), "since": now - SHOWN_AFTER_CLOSING}
    for row in await connection.execute(_OF_CITIZENS, asked):
        mine = found.setdefault(row.citizen, [])
        if len(mine) < SHOWN_AT_MOST:
            mine.append(_view(row, units))
    return {citizen: tuple(mine) for citizen, mine in found.items()}


def _view(row: Any, units: Mapping[str, str]) -> TicketView:
    return TicketView(
        number=row.number,
        type=AppealType(row.type),
        urgency=Urgency(row.urgency),
        state=State(row.state),
        title=row.title,
        category=row.category,
        received_at=row.received_at,
        unit=units.get(row.lead_unit, row.lead_unit),
        due_at=row.due_at,
        signed_at=row.signed_at,
        contacted_at=row.contacted_at,
        contact_by=row.contact_by,
        # The citizen has the answer only after the reviewer passed it.
        public_reply=row.public_reply if row.reviewed_at else "",
        replied_at=row.reviewed_at,
        urge_count=row.urge_count,
        urged_at=row.urged_at,
        supplement_count=row.supplement_count,
        redo_no=row.redo_no,
        safety=row.safety,
        closed_at=row.closed_at,
        satisfaction=Satisfaction(row.satisfaction) if row.satisfaction else None,
    )


async def by_code(
    connection: AsyncConnection, number: str, code: str, *, units: Mapping[str, str]
) -> TicketView | None:
    """The ticket ``number`` for whoever knows its query code, None where the two do not fit."""
    row = (await connection.execute(select(*_VIEW, ticket.c.query_code).where(ticket.c.number == number))).one_or_none()
    if row is None or not compare_digest(row.query_code.encode(), code.encode("utf-8", "replace")):
        return None
    return _view(row, units)


async def open_surveys(connection: AsyncConnection, citizens: Iterable[int]) -> dict[int, SurveyView]:
    """Each citizen's oldest open survey."""
    rows = await connection.execute(_OPEN_SURVEYS, {"citizens": sorted(set(citizens))})
    return {row.citizen: _survey(row) for row in rows}


def _survey(row: Any) -> SurveyView:
    return SurveyView(
        number=row.ticket,
        asks=Asks(row.asks),
        solved=Solved(row.solved) if row.solved else None,
        satisfaction=Satisfaction(row.satisfaction) if row.satisfaction else None,
    )


async def lock(connection: AsyncConnection, numbers: Iterable[str]) -> dict[str, Mapping[str, Any]]:
    """Lock tickets and load their whole rows, with their papers."""
    rows = await connection.execute(_LOCKED, {"numbers": sorted(set(numbers))})
    found: dict[str, dict[str, Any]] = {row["number"]: dict(row) for row in rows.mappings()}
    await paper_rows.load(connection, found)
    return {**found}


def read_ticket(row: Mapping[str, Any]) -> Ticket:
    """A row and its papers as the life cycle wants them."""
    values: dict[str, Any] = {name: row[name] for name in (*_FIELDS, *PAPERS)}
    for name, kind in _ENUMS.items():
        if values[name] is not None:
            values[name] = kind(values[name])
    return Ticket(**values)


def ticket_columns(one: Ticket) -> dict[str, Any]:
    """The facts as columns; the units at work are there too, for lists to find them by."""
    columns = {name: value.value if isinstance(value := getattr(one, name), StrEnum) else value for name in _FIELDS}
    papers = [name for name in PAPERS if getattr(one, name)]
    return columns | {"lead_unit": one.lead_unit, "co_units": list(one.co_units), "papers": papers}

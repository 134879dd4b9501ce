"""A citizen's own tickets as he may see them, and as a new appeal of his is compared with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Any

from sqlalchemy import Select, and_, bindparam, func, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import paper_rows
from bot.store.manners.several import among
from bot.store.tables import survey, ticket
from bot.store.types import Moment
from dialog.view import TicketView
from tickets.appeal import AppealType, Satisfaction, Urgency
from tickets.assessment.repeats import Appealed
from tickets.assessment.rule import Repeats
from tickets.assessment.spots import Spot
from tickets.ticket import OPEN, State

SHOWN_AFTER_CLOSING = timedelta(days=30)
SHOWN_AT_MOST = 20
WORDS = 400
"""Characters of an appeal that tell its matter."""

_PARENT = ticket.alias("parent")
_FOLLOWED = (
    "number",
    "state",
    "lead_unit",
    "due_at",
    "signed_at",
    "contacted_at",
    "contact_by",
    "public_reply",
    "reviewed_at",
    "redo_no",
    "urged_at",
    "papers",
)
"""What a follower is shown of the ticket he follows; whose it is and what it says stays there."""
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
    ticket.c.objection_count,
    ticket.c.safety,
    ticket.c.closed_at,
    ticket.c.satisfaction,
    ticket.c.papers,
    ticket.c.changed_satisfaction,
    ticket.c.district,
    ticket.c.place,
    ticket.c.latitude,
    ticket.c.longitude,
    func.substr(ticket.c.content, 1, WORDS).label("content"),
    ticket.c.merged_into,
    ticket.c.linked_to,
    *(_PARENT.c[name].label(f"parent_{name}") for name in _FOLLOWED),
)

# Built once: building a statement costs more than running it.
_OF_CITIZENS = (
    select(*_VIEW)
    .outerjoin(_PARENT, (ticket.c.merged_into == _PARENT.c.number) & (ticket.c.merged_into != ""))
    .where(
        among(ticket.c.citizen, "citizens"),
        or_(
            ticket.c.closed_at.is_(None),
            ticket.c.closed_at > bindparam("since", type_=Moment()),
            and_(ticket.c.state == "terminated", ticket.c.closed_at > bindparam("ended_since", type_=Moment())),
            and_(ticket.c.state == "merged", _PARENT.c.closed_at.is_(None)),
        ),
    )
    .order_by(ticket.c.received_at.desc())
)
_OF_NUMBERS = (
    select(*_VIEW)
    .outerjoin(_PARENT, (ticket.c.merged_into == _PARENT.c.number) & (ticket.c.merged_into != ""))
    .where(among(ticket.c.number, "numbers"))
)
_BY_NUMBER = (
    select(*_VIEW, ticket.c.query_code)
    .outerjoin(_PARENT, (ticket.c.merged_into == _PARENT.c.number) & (ticket.c.merged_into != ""))
    .where(ticket.c.number == bindparam("number"))
)


async def views(
    connection: AsyncConnection,
    citizens: Iterable[int],
    claimed: Mapping[int, Sequence[str]],
    *,
    units: Mapping[str, str],
    rule: Repeats,
    now: datetime,
) -> dict[int, tuple[TicketView, ...]]:
    """Each citizen's own tickets and those he ``claimed``, newest first: the open ones, and those that ended so lately
    that a new appeal may repeat them."""
    found: dict[int, list[TicketView]] = {}
    since = now - max(rule.window.roughly, SHOWN_AFTER_CLOSING)
    asked = {
        "citizens": sorted(set(citizens)),
        "since": since,
        "ended_since": now - rule.terminated.roughly,
    }
    rows = [(row.citizen, row) for row in await connection.execute(_OF_CITIZENS, asked)]
    if claimed:
        rows = await _with_claimed(connection, rows, claimed, since=since)
    watched = {at["number"] for at in (_handled(row) for _, row in rows) if _watched(at)}
    supervised = await paper_rows.supervised(connection, watched)
    for citizen, row in rows:
        mine = found.setdefault(citizen, [])
        if len(mine) < SHOWN_AT_MOST:
            mine.append(_view(row, units, supervised.get(_handled(row)["number"], "")))
    return {citizen: tuple(mine) for citizen, mine in found.items()}


async def _with_claimed(
    connection: AsyncConnection, rows: list[tuple[int, Any]], claimed: Mapping[int, Sequence[str]], *, since: datetime
) -> list[tuple[int, Any]]:
    """``rows`` with what is not the citizen's own, but his to follow."""
    numbers = sorted({number for each in claimed.values() for number in each})
    others = {row.number: row for row in await connection.execute(_OF_NUMBERS, {"numbers": numbers})}
    known = {(citizen, row.number) for citizen, row in rows}
    more = [(citizen, others[number]) for citizen, each in claimed.items() for number in each if number in others]
    fresh = [
        (citizen, row)
        for citizen, row in more
        if (citizen, row.number) not in known and (row.closed_at is None or row.closed_at > since)
    ]
    return sorted([*rows, *fresh], key=lambda pair: pair[1].received_at, reverse=True)


async def by_code(
    connection: AsyncConnection, number: str, code: str, *, units: Mapping[str, str]
) -> TicketView | None:
    """The ticket ``number`` for whoever knows its query code, None where the two do not fit."""
    row = (await connection.execute(_BY_NUMBER, {"number": number})).one_or_none()
    if row is None or not compare_digest(row.query_code.encode(), code.encode("utf-8", "replace")):
        return None
    return _view(row, units, "")


def shown(one: TicketView, *, now: datetime) -> bool:
    """Whether the citizen is shown it among his own: open, or ended lately."""
    lately = one.closed_at is None or one.closed_at > now - SHOWN_AFTER_CLOSING
    return lately or one.stands in OPEN


def meant(tickets: Sequence[TicketView], ending: str) -> str:
    """The number of his ticket that ends so, "" for none."""
    return next((one.number for one in tickets if ending and one.number.endswith(ending)), "")


def answered_first(tickets: Sequence[TicketView], ending: str, *, now: datetime) -> tuple[TicketView, ...]:
    """Those the citizen is shown: the one his text answers before the others, which are newest first."""
    seen = [one for one in tickets if shown(one, now=now)]
    return tuple(sorted(seen, key=lambda one: not (ending and one.number.endswith(ending))) if ending else seen)


def _handled(row: Any) -> Mapping[str, Any]:
    """What is shown of the ticket a unit handles for it: of itself, or of the one it follows."""
    followed = row.state == State.MERGED and row.parent_state
    return {name: getattr(row, f"parent_{name}" if followed else name) for name in _FOLLOWED}


def _watched(at: Mapping[str, Any]) -> bool:
    return "supervisions" in at["papers"] and at["state"] in OPEN


def _view(row: Any, units: Mapping[str, str], supervision: str) -> TicketView:
    at = _handled(row)
    follows = State(at["state"]) if at["number"] != row.number else None
    return TicketView(
        number=row.number,
        type=AppealType(row.type),
        urgency=Urgency(row.urgency),
        state=State(row.state),
        title=row.title,
        category=row.category,
        received_at=row.received_at,
        unit=units.get(at["lead_unit"], at["lead_unit"]),
        due_at=row.due_at,
        unit_due_at=at["due_at"],
        signed_at=at["signed_at"],
        contacted_at=at["contacted_at"],
        contact_by=at["contact_by"],
        # The citizen has the answer only after the reviewer passed it.
        public_reply=at["public_reply"] if at["reviewed_at"] else "",
        replied_at=at["reviewed_at"],
        urge_count=row.urge_count,
        urged_at=at["urged_at"],
        supplement_count=row.supplement_count,
        redo_no=at["redo_no"],
        safety=row.safety,
        closed_at=row.closed_at,
        satisfaction=Satisfaction(row.satisfaction) if row.satisfaction else None,
        objection_count=row.objection_count,
        supervision=supervision,
        rating_changed=row.changed_satisfaction is not None,
        parent=row.merged_into or row.linked_to,
        follows=follows,
        appealed=replace(appealed(row._mapping), state=follows or State(row.state)),
    )


def appealed(row: Mapping[str, Any]) -> Appealed:
    """What of a ticket's row tells its matter; its words shortened."""
    return Appealed(
        type=AppealType(row["type"]),
        category=row["category"],
        at=row["received_at"],
        text=row["content"][:WORDS],
        spot=spot(row),
        urgency=Urgency(row["urgency"]),
        safety=row["safety"],
        state=State(row["state"]),
        ended=row["closed_at"],
    )


def spot(row: Mapping[str, Any]) -> Spot:
    """Where it happened."""
    return Spot(district=row["district"], words=row["place"], latitude=row["latitude"], longitude=row["longitude"])


async def hand_over(
    connection: AsyncConnection, conversation_id: int, *, was: int, citizen: int, but: Select[Any] | None = None
) -> None:
    """What was opened in a conversation before its citizen was recognised is his like the rest, ``but`` for numbers of
    others' tickets that he only follows there."""
    for table, number, when in (
        (ticket, ticket.c.number, true()),
        (survey, survey.c.ticket, survey.c.state == "open"),
    ):
        mine = (table.c.citizen == was) & (table.c.conversation_id == conversation_id) & when
        others = true() if but is None else number.not_in(but)
        await connection.execute(update(table).where(mine, others).values(citizen=citizen))

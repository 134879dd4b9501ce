"""Fills a database with tickets whose callback is due at one and the same moment, each of another citizen."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, text

from bot.store.engine import Database
from bot.store.tables import assignment, conversation, ticket
from bot.store.ticket_rows import ticket_columns
from tickets.appeal import AppealType, ClosingKind, Urgency
from tickets.number import make
from tickets.papers.assignment import Assignment, AssignmentRole, AssignmentState
from tickets.state import State
from tickets.ticket import Ticket

UNITS = tuple(f"D{number:02}" for number in range(1, 21))
POLICY = "cn-jinan-like@1"
_AT_ONCE = 2_000
_TEXTS = {
    "alarm": "",
    "title": "路灯不亮",
    "content": "路灯不亮了",
    "place": "明湖西路",
    "occurred": "",
    "respondent": "",
}
_REST = {"query_code": "1234567890", "emotion": 0, "wanted": "", "missing": [], "attachments": [], "events": 0}


def phone(number: int) -> str:
    """The phone of one citizen."""
    return f"139{number:08}"


async def fill(database: Database, count: int, *, at: datetime) -> None:
    """``count`` citizens who wrote text messages, each with a ticket that was answered a day ago and is due ``at``."""
    for first in range(0, count, _AT_ONCE):
        numbers = range(first + 1, min(first + _AT_ONCE, count) + 1)
        async with database.begin() as connection:
            await connection.execute(insert(conversation), [_conversation(one, at) for one in numbers])
            cases = [_case(one, at) for one in numbers]
            rows = [_row(one, case) for one, case in zip(numbers, cases, strict=True)]
            await connection.execute(insert(ticket), rows)
            await connection.execute(insert(assignment), [_part(case) for case in cases])
    if not database.sqlite:
        async with database.begin() as connection:  # the ids above were our own
            await connection.execute(
                text("SELECT setval(pg_get_serial_sequence('conversation', 'id'), :last)"), {"last": count}
            )


def _conversation(number: int, at: datetime) -> dict[str, Any]:
    own = phone(number)
    row = {"id": number, "channel": "sms", "account": "city", "peer": own, "peer_sealed": own}
    row |= {"phone": own, "phone_sealed": own}
    return row | {"citizen": number, "memory": {"greeted": True}, "created_at": at, "updated_at": at}


def _case(number: int, at: datetime) -> Ticket:
    day = at - timedelta(days=1)
    part = Assignment(
        n=1,
        unit=UNITS[number % len(UNITS)],
        role=AssignmentRole.LEAD,
        dispatched_at=day,
        state=AssignmentState.ACCEPTED,
    )
    return Ticket(
        number=make(day.date(), number),
        policy=POLICY,
        type=AppealType.HELP,
        category="0203",
        urgency=Urgency.NORMAL,
        state=State.TO_CALLBACK,
        received_at=day,
        due_at=day + timedelta(days=5),
        replied_at=day,
        reviewed_at=day,
        callback_at=at,
        closing_kind=ClosingKind.SOLVED,
        public_reply="已更换灯头，当晚复查正常。",
        assignments=(part,),
    )


def _row(number: int, case: Ticket) -> dict[str, Any]:
    return ticket_columns(case) | _TEXTS | _REST | {"conversation_id": number, "citizen": number}


def _part(case: Ticket) -> dict[str, Any]:
    (part,) = case.assignments
    row = {"id": f"{case.number}/1", "ticket": case.number, "n": 1, "unit": part.unit, "role": "lead"}
    return row | {"state": part.state.value, "dispatched_at": part.dispatched_at}

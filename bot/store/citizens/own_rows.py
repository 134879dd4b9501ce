"""Everything kept of one citizen, read together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.citizens import contacts
from bot.store.tables import (
    attachment,
    call,
    conversation,
    link,
    message,
    outbox,
    proof,
    supplement,
    survey,
    ticket,
    ticket_event,
)

_HIS_TICKET = (
    "number", "query_code", "type", "category", "urgency", "state", "confidential", "title", "content", "district", "place",
    "occurred", "respondent", "wanted", "received_at", "due_at", "lead_unit", "public_reply", "closed_at", "solved",
    "satisfaction",
)  # fmt: skip
"""What of a ticket is the citizen's to know: not what officers wrote for each other."""
_HIS_TALK = ("channel", "account", "peer_sealed", "phone_sealed", "elsewhere", "elsewhere_at", "created_at")


async def gather(connection: AsyncConnection, citizen: int, *, units: Mapping[str, str]) -> dict[str, Any]:
    """Conversations, tickets, ratings, files, and who looked; moments are moments still."""
    talks = await _rows(connection, select(conversation).where(of_citizen(citizen)).order_by(conversation.c.id))
    ids = [row["id"] for row in talks]
    mine = await _rows(connection, select(ticket).where(ticket.c.citizen == citizen).order_by(ticket.c.number))
    numbers = [row["number"] for row in mine]
    return {
        "conversations": [{name: row[name] for name in _HIS_TALK} for row in talks],
        "links": await _rows(connection, _links(ids)),
        "codes": await _rows(connection, _codes(ids)),
        "messages": await _rows(connection, _said(ids)),
        "answers": [
            {"at": row["created_at"], "text": row["body"].get("text", "")}
            for row in await _rows(connection, _told(ids))
        ],
        "calls": await _rows(connection, _calls(ids)),
        "tickets": [{name: row[name] for name in _HIS_TICKET} for row in mine],
        "log": await _rows(connection, _log(numbers)),
        "supplements": await _rows(connection, _supplements(numbers)),
        "ratings": await _rows(connection, _ratings(citizen)),
        "files": await _rows(connection, _files(ids)),
        "looks": [
            {"at": one.at, "role": one.role, "unit": one.unit, "purpose": one.purpose}
            for one in (await contacts.looks(connection, [citizen], units=units)).get(citizen, ())
        ],
    }


def of_citizen(citizen: int) -> ColumnElement[bool]:
    """The conversations of a citizen: the first of them gives him his number."""
    return or_(conversation.c.citizen == citizen, conversation.c.id == citizen)


def _links(ids: Sequence[int]) -> Select[Any]:
    columns = link.c.kind, link.c.ticket, link.c.phone_sealed, link.c.proof, link.c.made_at, link.c.ended_at
    return select(*columns).where(link.c.conversation_id.in_(ids)).order_by(link.c.id)


def _codes(ids: Sequence[int]) -> Select[Any]:
    columns = proof.c.kind, proof.c.ticket, proof.c.phone_sealed, proof.c.asked_at, proof.c.used_at
    return select(*columns).where(proof.c.conversation_id.in_(ids)).order_by(proof.c.id)


def _said(ids: Sequence[int]) -> Select[Any]:
    columns = message.c.received_at.label("at"), message.c.kind, message.c.text
    return select(*columns).where(message.c.conversation_id.in_(ids)).order_by(message.c.id)


def _told(ids: Sequence[int]) -> Select[Any]:
    return select(outbox.c.created_at, outbox.c.body).where(outbox.c.conversation_id.in_(ids)).order_by(outbox.c.id)


def _calls(ids: Sequence[int]) -> Select[Any]:
    columns = call.c.began_at, call.c.direction, call.c.line, call.c.answered_at, call.c.ended_at
    return select(*columns).where(call.c.conversation_id.in_(ids)).order_by(call.c.began_at)


def _log(numbers: Sequence[str]) -> Select[Any]:
    columns = ticket_event.c.ticket, ticket_event.c.at, ticket_event.c.command, ticket_event.c.to_state
    mine = ticket_event.c.ticket.in_(numbers), ticket_event.c.sealed.is_(False)
    return select(*columns).where(*mine).order_by(ticket_event.c.ticket, ticket_event.c.n)


def _supplements(numbers: Sequence[str]) -> Select[Any]:
    columns = supplement.c.ticket, supplement.c.at, supplement.c.text
    return select(*columns).where(supplement.c.ticket.in_(numbers)).order_by(supplement.c.id)


def _ratings(citizen: int) -> Select[Any]:
    columns = survey.c.ticket, survey.c.asked_at, survey.c.solved, survey.c.satisfaction, survey.c.comment
    return select(*columns).where(survey.c.citizen == citizen).order_by(survey.c.id)


def _files(ids: Sequence[int]) -> Select[Any]:
    columns = attachment.c.created_at, attachment.c.kind, attachment.c.name, attachment.c.size, attachment.c.sha256
    return select(*columns).where(attachment.c.conversation_id.in_(ids)).order_by(attachment.c.created_at)


async def _rows(connection: AsyncConnection, statement: Any) -> list[dict[str, Any]]:
    return [dict(row) for row in (await connection.execute(statement)).mappings()]

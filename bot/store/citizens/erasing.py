"""Takes people out of what is kept: what they said goes, what tells nothing of them stays for the statistics."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Table, bindparam, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.citizens import link_rows, permits
from bot.store.tables import (
    assignment,
    attachment,
    call,
    call_task,
    call_ticket,
    callback,
    consultation,
    conversation,
    guess,
    handover,
    link,
    message,
    outbox,
    proof,
    push,
    supervision,
    supplement,
    survey,
    ticket,
    ticket_event,
    ticket_request,
    unanswered,
)
from bot.work import insert_or_keep

NOBODY = ("", "", "")
"""Channel, account and peer of the conversation that anonymised tickets belong to."""
_WORDS = ("title", "content", "place", "occurred", "respondent", "wanted", "public_reply", "internal_note", "unit_text")
_TELLS_NOTHING = frozenset(
    {
        "late", "overdue", "lead", "co", "unit", "solved", "satisfaction", "reasons", "cause", "fault", "waiver",
        "urgency", "closing_kind", "workdays", "level", "ground", "method", "rule", "until", "suggested", "officer",
    }
)  # fmt: skip
"""What the log and the requests of an anonymised ticket still say: codes and dates the statistics are made of."""
OF_TICKETS: tuple[tuple[Table, Mapping[str, Any]], ...] = (
    (supplement, {"text": "", "attachments": []}),
    (assignment, {"note": "", "report": ""}),
    (supervision, {"answer": ""}),
    (consultation, {"minutes": ""}),
    (callback, {"findings": []}),
)
OF_TALKS: tuple[tuple[Table, str, Mapping[str, Any]], ...] = (
    (message, "received_at", {"text": "", "body": None, "digest": ""}),
    (outbox, "created_at", {"body": {"text": ""}, "peer": "", "provider_id": ""}),
    (handover, "at", {"summary": ""}),
    (call_task, "created_at", {"text": "", "result": ""}),
    (unanswered, "at", {"question": ""}),
    # Among a call's marks is the address of its recording.
    (call, "began_at", {"marks": {}}),
)
"""Tables of what was said, the column of when, and what is left of a row."""


async def nobody(connection: AsyncConnection, *, now: datetime) -> int:
    """The conversation of nobody, made on first use."""
    channel, account, peer = NOBODY
    row = {"channel": channel, "account": account, "peer": peer, "memory": {}, "created_at": now, "updated_at": now}
    await connection.execute(insert_or_keep(connection, conversation), row)
    is_it = (conversation.c.channel == channel, conversation.c.account == account, conversation.c.peer == peer)
    return int((await connection.execute(select(conversation.c.id).where(*is_it))).scalar_one())


async def anonymise(connection: AsyncConnection, numbers: Sequence[str], *, now: datetime) -> list[str]:
    """Take the citizen out of tickets that are over; category, times, units and ratings stay, and the chain of the log
    still holds. Returns the digests of files nobody needs any more."""
    left = await nobody(connection, now=now)
    of_them = ticket.c.number.in_(numbers)
    rows = (await connection.execute(select(ticket.c.attachments).where(of_them))).scalars().all()
    more = select(supplement.c.attachments).where(supplement.c.ticket.in_(numbers))
    files = [file for listed in (*rows, *(await connection.scalars(more)).all()) for file in listed]
    gone: dict[str, Any] = {"latitude": None, "longitude": None, "attachments": [], "query_code": "", "citizen": 0}
    words = dict.fromkeys(_WORDS, "")
    await connection.execute(
        update(ticket).where(of_them).values(**words, **gone, conversation_id=left, anonymised_at=now)
    )
    for table, empty in OF_TICKETS:
        await connection.execute(update(table).where(table.c.ticket.in_(numbers)).values(**empty))
    nobodys = {"comment": "", "citizen": 0, "conversation_id": left}
    await connection.execute(update(survey).where(survey.c.ticket.in_(numbers)).values(**nobodys))
    nobodys = {"text": "", "result": "", "conversation_id": left, "outbox_id": None}
    await connection.execute(update(call_task).where(call_task.c.ticket.in_(numbers)).values(**nobodys))
    # By the call during which it was registered he could be found again.
    for traces in (call_ticket, proof, link):
        await connection.execute(delete(traces).where(traces.c.ticket.in_(numbers)))
    await _forget_data(connection, ticket_event, numbers, erased=True)
    await _forget_data(connection, ticket_request, numbers)
    return await forget_files(connection, files)


async def _forget_data(connection: AsyncConnection, table: Table, numbers: Sequence[str], **marks: Any) -> None:
    rows = (await connection.execute(select(table.c.id, table.c.data).where(table.c.ticket.in_(numbers)))).all()
    values = [{"id_": row.id, "data_": _facts(row.data)} for row in rows]
    if values:
        await connection.execute(
            update(table)
            .where(table.c.id == bindparam("id_"))
            .values(data=bindparam("data_", type_=table.c.data.type), **marks),
            values,
        )


def _facts(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name in _TELLS_NOTHING}


async def forget_files(connection: AsyncConnection, ids: Iterable[str]) -> list[str]:
    """Delete files' rows; the digests of those no other row holds, whose contents may go once this is committed."""
    mine = attachment.c.id.in_(list(ids))
    digests = set((await connection.scalars(select(attachment.c.sha256).where(mine))).all()) - {""}
    await connection.execute(delete(attachment).where(mine))
    held = await connection.scalars(select(attachment.c.sha256).where(attachment.c.sha256.in_(digests)))
    return sorted(digests - set(held.all()))


async def forget_talks(connection: AsyncConnection, conversations: Sequence[int], *, now: datetime) -> list[str]:
    """Everything ever said in these conversations, and whose they were; the rows stay as marks of what happened. Another
    citizen's ticket that was claimed in one is told about at home again."""
    await link_rows.give_back(connection, conversations, now=now)
    for gone in (proof, guess, link):
        await connection.execute(delete(gone).where(gone.c.conversation_id.in_(conversations)))
    for table, _, empty in OF_TALKS:
        await connection.execute(update(table).where(table.c.conversation_id.in_(conversations)).values(**empty))
    for id in conversations:
        erased: dict[str, Any] = {
            "peer": f"erased:{id}",
            "peer_sealed": None,
            "phone": None,
            "phone_sealed": None,
            "memory": {},
            "citizen": id,
            "opted_out_at": now,
            "elsewhere": None,
            "elsewhere_at": None,
        }
        await connection.execute(update(conversation).where(conversation.c.id == id).values(**erased, updated_at=now))
    await connection.execute(delete(push).where(push.c.conversation_id.in_(conversations)))
    await permits.forget(connection, conversations)
    files = select(attachment.c.id).where(attachment.c.conversation_id.in_(conversations))
    return await forget_files(connection, (await connection.scalars(files)).all())


async def unsent(connection: AsyncConnection, conversations: Sequence[int]) -> int:
    """How many letters to these conversations are still on their way."""
    waiting = outbox.c.conversation_id.in_(conversations), outbox.c.state.in_(("queued", "leased", "offered"))
    return await connection.scalar(select(func.count()).select_from(outbox).where(*waiting)) or 0

"""What a three-way chat leaves: a ticket with the answer or for the unit, a transcript, and a draft for the knowledge base."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.knowledge.upkeep import Upkeep
from bot.logs import logger
from bot.orders.numbers import Numbers
from bot.orders.ticketing import Overlay, Ticketing
from bot.store import messages, ticket_rows
from bot.store.tables import message, three_way, unanswered
from bot.store.tables.three_way import NO_DRAFT
from bot.talks.conversing import Held
from dialog.knowledge.entry import QUESTION_LIMIT, EntryError
from dialog.knowledge.life import NotPossible
from dialog.knowledge.scrub import scrub
from dialog.lexicon import fold
from dialog.matters import matter_of
from dialog.view import FreshNumber
from tickets.appeal import AppealType, Draft
from tickets.command import Command
from tickets.lifecycle import submit_ticket
from tickets.orders import Order
from tickets.state import Actor, Role

log = logger(__name__)

BEFORE = 10
"""Lines before the invitation that belong to it: the question and what led there."""
LINES = 200
TITLE = 40
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """Opens the ticket of a session."""

    rules: Ticketing = field(repr=False)
    numbers: Numbers[FreshNumber] = field(repr=False)

    async def ticket(self, held: Held, row: Row, *, by: str, answer: str) -> str:
        """T06: the consultation as a ticket, answered on the line, or waiting to be dispatched to the unit. ``numbers``
        must be stocked. Raises NotAllowed for an answer that names persons."""
        fresh, mine = self.numbers.take(), held.mine
        whose = {"conversation_id": mine.id, "citizen": mine.citizen, "query_code": fresh.query_code}
        asked = Draft(
            type=AppealType.CONSULT,
            category=matter_of(fold(row["question"])).category,
            title=row["question"][:TITLE],
            content=row["question"],
        )
        self.rules.open(held.changes, asked, number=fresh.number, row=whose, now=held.now, how=submit_ticket)
        await held.changes.write(held.connection)
        overlay = Overlay({**await ticket_rows.lock(held.connection, [fresh.number])})
        data = {"unit": row["unit"], "note": f"三方通话 {row['id']}"} | ({"public_reply": answer} if answer else {})
        order = Order(Command.THREE_WAY, Actor(Role.AGENT, by), data)
        self.rules.order(held.changes, overlay, fresh.number, order, now=held.now)
        if not answer:
            due = self.rules.calendar.local(overlay[fresh.number]["due_at"]).date().isoformat()
            held.notice("expert.registered", {"number": fresh.number, "due": due}, once=f"x:{row['id']}:ticket")
        return fresh.number


async def first_line(connection: AsyncConnection, row: Row) -> int:
    """The place in the conversation from which a session's expert may read."""
    heard = select(message.c.seq).where(
        message.c.conversation_id == row["conversation_id"], message.c.received_at <= row["invited_at"]
    )
    last = await connection.scalar(heard.order_by(message.c.seq.desc()).limit(1)) or 0
    return int(max(last - BEFORE, 0))


async def transcript(held: Held, row: Row, *, unit: str) -> str:
    """What was said, without what tells who the citizen is."""
    after = await first_line(held.connection, row)
    said = await messages.lines(held.connection, held.mine.id, after=after, limit=LINES)
    names = {"agent": unit, "bot": "机器人", "system": "系统"}
    told = (
        f"{names[line['sender']]}：{line['body']['text']}" if "sender" in line else f"市民：{line['text']}"
        for _, line in said
    )
    return scrub("\n".join(told))


async def draft_answers(upkeep: Upkeep) -> int:
    """Every answered session becomes a draft of the unit's, for its editor to finish and a reviewer to publish."""
    async with upkeep.database.read() as connection:
        waiting = select(three_way).where(NO_DRAFT).order_by(three_way.c.id).limit(LINES)
        rows = [dict(row) for row in (await connection.execute(waiting)).mappings()]
    for row in rows:
        draft = await _drafted(upkeep, row)
        async with upkeep.database.begin() as connection:
            await connection.execute(update(three_way).where(three_way.c.id == row["id"]).values(draft=draft))
    return len(rows)


async def _drafted(upkeep: Upkeep, row: Row) -> str:
    """The id of the entry, "-" where its text cannot become one as it is."""
    asked = select(unanswered.c.task_id).where(
        unanswered.c.conversation_id == row["conversation_id"], unanswered.c.question == row["question"]
    )
    async with upkeep.database.read() as connection:
        gap = await connection.scalar(asked.order_by(unanswered.c.id.desc()).limit(1))
    given = {
        "question": scrub(row["question"])[:QUESTION_LIMIT],
        "answer": scrub(row["answer"]),
        "owner_unit": row["unit"],
        "nature": "日常咨询",
    }
    try:
        return await upkeep.draft(given, by=row["expert"], task=gap)
    except (EntryError, NotPossible) as refused:
        log.warning("no draft made", action="three_way.no_draft", number=row["id"], error=type(refused).__name__)
        return "-"

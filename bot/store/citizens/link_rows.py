"""Who is linked with whom: made by proof, by reference only, and undone so that each has again what was his."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, insert, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.citizens import own_tickets
from bot.store.conversations import Conversation, citizens_by_phone
from bot.store.manners.several import among
from bot.store.tables import conversation, link, reveal, survey, ticket
from bot.store.tables.linking import LINKED
from bot.work import insert_or_keep

_CLAIMED = select(link.c.citizen, link.c.ticket).where(
    among(link.c.citizen, "citizens"), LINKED, link.c.ticket.is_not(None)
)


async def claimed(connection: AsyncConnection, citizens: Iterable[int]) -> dict[int, list[str]]:
    """Citizen -> the tickets he claimed beside his own."""
    found: dict[int, list[str]] = {}
    for citizen, number in await connection.execute(_CLAIMED, {"citizens": sorted(set(citizens))}):
        found.setdefault(citizen, []).append(number)
    return found


async def join(connection: AsyncConnection, mine: Conversation, phone: str, *, proof: str, now: datetime) -> None:
    """The conversation is ``phone``'s citizen's from now on, by ``proof``; what was opened in it is his like the rest."""
    if mine.phone and mine.phone != phone:
        await _leave(connection, mine, now=now)
    was = mine.citizen
    mine.citizen = (await citizens_by_phone(connection, [phone])).get(phone, was)
    mine.phone = phone
    if mine.citizen != was:
        await own_tickets.hand_over(connection, mine.id, was=was, citizen=mine.citizen, but=_claimed_in(mine.id))
    here = link.c.conversation_id == mine.id, LINKED
    await connection.execute(update(link).where(*here).values(citizen=mine.citizen))
    proved = {"phone": phone, "phone_sealed": phone, "citizen": mine.citizen}
    await connection.execute(update(conversation).where(conversation.c.id == mine.id).values(**proved))
    await connection.execute(insert(link), phone_link(mine, was=was, proof=proof, now=now))


def phone_link(mine: Conversation, *, was: int, proof: str, now: datetime) -> dict[str, Any]:
    """The row that says: a phone was proved here, and how."""
    return {
        "kind": "phone",
        "conversation_id": mine.id,
        "citizen": mine.citizen,
        "was": was,
        "proof": proof,
        "made_at": now,
    }


async def part(connection: AsyncConnection, mine: Conversation, *, now: datetime) -> None:
    """The conversation stands for itself again: its own tickets go with it, claimed ones back to where they were told
    about before, and whoever else is the citizen it was stays together."""
    await give_back(connection, [mine.id], now=now)
    await _leave(connection, mine, now=now)
    mine.elsewhere = mine.elsewhere_at = None


async def _leave(connection: AsyncConnection, mine: Conversation, *, now: datetime) -> None:
    """Without the phone, and without those it joined him to."""
    group, own = mine.citizen, mine.id
    others = conversation.c.citizen == group, conversation.c.id != own
    if group != own:
        await _move(connection, group, own, only=own)
    elif (heir := await connection.scalar(select(func.min(conversation.c.id)).where(*others))) is not None:
        await connection.execute(update(conversation).where(*others).values(citizen=heir))
        await _move(connection, group, heir, but=own)
        theirs = link.c.citizen == group, link.c.conversation_id != own
        await connection.execute(update(link).where(*theirs).values(citizen=heir))
    mine.citizen, mine.phone = own, ""
    here = link.c.conversation_id == own, LINKED
    await connection.execute(update(link).where(*here, link.c.kind == "phone").values(ended_at=now))
    await connection.execute(update(link).where(*here).values(citizen=own))
    bare = {"phone": None, "phone_sealed": None, "citizen": own}
    await connection.execute(update(conversation).where(conversation.c.id == own).values(**bare))


async def _move(connection: AsyncConnection, was: int, citizen: int, *, only: int = 0, but: int = 0) -> None:
    """What was opened in the conversation ``only``, or in every one ``but`` this, is ``citizen``'s."""
    for table in (ticket, survey):
        here = table.c.conversation_id == only if only else table.c.conversation_id != but
        number = table.c.number if table is ticket else table.c.ticket
        theirs = table.c.citizen == was, here, number.not_in(_claimed_in(only or but))
        await connection.execute(update(table).where(*theirs).values(citizen=citizen))
    his = reveal.c.ticket.in_(select(ticket.c.number).where(ticket.c.citizen == citizen))
    await connection.execute(update(reveal).where(reveal.c.citizen == was, his).values(citizen=citizen))


def _claimed_in(conversation_id: int) -> Select[Any]:
    return select(link.c.ticket).where(link.c.conversation_id == conversation_id, LINKED, link.c.ticket.is_not(None))


async def give_back(connection: AsyncConnection, conversations: Sequence[int], *, now: datetime) -> None:
    """Tickets claimed in these conversations are told about where they were opened, as before."""
    of_them = link.c.conversation_id.in_(conversations), LINKED, link.c.ticket.is_not(None)
    for row in (await connection.execute(select(link).where(*of_them).order_by(link.c.ticket))).all():
        await _tell_at(connection, row.ticket, row.origin)
    await connection.execute(update(link).where(*of_them).values(ended_at=now))


async def claim(
    connection: AsyncConnection, mine: Conversation, number: str, *, origin: int, phone: str, proof: str, now: datetime
) -> None:
    """News of the ticket ``number``, opened in ``origin``, come here from now on; the last who proved it has it."""
    before = select(link.c.origin).where(link.c.ticket == number, LINKED)
    first = await connection.scalar(before) or origin
    await connection.execute(update(link).where(link.c.ticket == number, LINKED).values(ended_at=now))
    row = {"kind": "ticket", "conversation_id": mine.id, "citizen": mine.citizen, "was": mine.citizen, "ticket": number}
    row |= {"origin": first, "phone": phone, "phone_sealed": phone, "proof": proof, "made_at": now}
    await connection.execute(insert_or_keep(connection, link), row)
    await _tell_at(connection, number, mine.id)


async def _tell_at(connection: AsyncConnection, number: str, conversation_id: int) -> None:
    """Where a ticket's news and its open question go."""
    for table, column, when in ((ticket, ticket.c.number, true()), (survey, survey.c.ticket, survey.c.state == "open")):
        its = column == number, when
        await connection.execute(update(table).where(*its).values(conversation_id=conversation_id))

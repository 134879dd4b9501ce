"""Tells each follower what happened to the ticket he follows: with his own number, in his own channel and language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Column, Select, delete, select, union_all, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.desk import SYSTEM
from bot.orders.families import Families, Sitting
from bot.store.tables import family_news, matter, matter_member, ticket
from bot.work import Changes
from tickets.orders import Command, NotAllowed, NoticeDue, Order

AT_ONCE = 50
"""Followers told in one transaction: few enough that citizens who are writing now never wait for it."""
News = Mapping[str, Any]


async def tell(families: Families) -> int:
    """Tell everybody what is still to be told, in the order it happened. Returns how many notices there were."""
    told = 0
    while (news := await _next(families)) is not None:
        while not await _some(families, news):
            pass
        told += 1
    return told


async def _next(families: Families) -> int | None:
    async with families.office.database.read() as connection:
        return await connection.scalar(select(family_news.c.id).order_by(family_news.c.id).limit(1))


async def _some(families: Families, news_id: int) -> bool:
    """A few followers in one transaction, with the mark of who comes next; whether that was all."""
    changes = Changes()
    async with families.office.database.begin() as connection:
        mine = select(family_news).where(family_news.c.id == news_id).with_for_update()
        found = (await connection.execute(mine)).mappings().first()
        if found is None:
            return True  # another process told it
        news = dict(found)
        followers = await _followers(connection, news)
        if not followers:
            await connection.execute(delete(family_news).where(family_news.c.id == news_id))
            return True
        sitting = await families.sit(connection, changes, followers)
        for number in followers:
            _tell(families, sitting, number, news)
        await connection.execute(update(family_news).where(family_news.c.id == news_id).values(told=followers[-1]))
        await families.rise(sitting)
    changes.committed()
    return False


async def _followers(connection: AsyncConnection, news: News) -> Sequence[str]:
    """Those who followed, or stood beside, when it happened, the next few by number."""
    found = union_all(*(_following(column, news) for column in (ticket.c.merged_into, ticket.c.linked_to))).subquery()
    return list(await connection.scalars(select(found.c.number).order_by(found.c.number).limit(AT_ONCE)))


def _following(column: Column[str], news: News) -> Select[tuple[str]]:
    """By one of the two partial indexes of followers."""
    mine = column == news["ticket"], column != "", ticket.c.number > news["told"]
    return select(ticket.c.number).where(*mine)


def _tell(families: Families, sitting: Sitting, number: str, news: News) -> None:
    row, own = sitting.overlay[number], {**news["params"], "number": number}
    if row["linked_to"] == news["ticket"]:
        if news["key"] == "ticket.replied":
            _say(families, sitting, number, NoticeDue("ticket.replied_beside", own), news)
        return
    if row["merged_into"] != news["ticket"] or row["closed_at"] > news["at"]:
        return  # it left, or joined after this
    if news["key"] == "ticket.withdrawn":
        _released(families, sitting, number, news)
    elif news["key"] != "survey.ask" or _asked(families, sitting, number, news):
        _say(families, sitting, number, NoticeDue(news["key"], own), news)


def _say(families: Families, sitting: Sitting, number: str, notice: NoticeDue, news: News) -> None:
    key = f"f:{number}:{news['ticket']}:{news['n']}.{news['place']}"
    mine, row = sitting.conversation_of(number), sitting.overlay[number]
    families.office.say(sitting.changes, mine, row, notice, key=key, now=sitting.now)
    sitting.changes.then(families.office.wake)


def _asked(families: Families, sitting: Sitting, number: str, news: News) -> bool:
    """His own survey, in the round of the ticket he follows; his answer will be his own."""
    order = Order(Command.FOLLOW, SYSTEM, {"round": int(news["params"]["redo"])})
    try:
        families.office.ticketing.order(sitting.changes, sitting.overlay, number, order, now=sitting.now)
    except NotAllowed:
        return False
    return True


def _released(families: Families, sitting: Sitting, number: str, news: News) -> None:
    """The citizen whose ticket he followed withdrew it: his own goes on alone."""
    order = Order(Command.UNMERGE, SYSTEM)
    done = families.office.ticketing.order(sitting.changes, sitting.overlay, number, order, now=sitting.now)
    left = {"state": "apart", "decided_at": sitting.now, "decided_by": SYSTEM.role.value}
    sitting.changes.update(matter_member, "ticket", number, **left)
    sitting.changes.update(matter, "parent", news["ticket"], state="dissolved")
    families.office.tell(
        sitting.changes, sitting.conversation_of(number), sitting.overlay[number], done, now=sitting.now
    )

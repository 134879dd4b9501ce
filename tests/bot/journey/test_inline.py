"""Inline replies: confirmed together once written, sent another way when the provider hung up, held when nobody knows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import insert, select

from bot.journey.inline import PROVIDER_RETRIES, UNCONFIRMED, Inline
from bot.store.engine import Database
from bot.store.tables import conversation, message, outbox
from channels.adapter import Taken

NOW = datetime(2026, 9, 18, 12, 33, tzinfo=UTC)


async def offered(database: Database, count: int) -> list[Taken]:
    """That many messages of one citizen, each with a reply on offer."""
    async with database.begin() as connection:
        await connection.execute(
            insert(conversation),
            {
                "id": 1,
                "channel": "wechat",
                "account": "city",
                "peer": "o1",
                "memory": {},
                "created_at": NOW,
                "updated_at": NOW,
            },
        )
        for n in range(1, count + 1):
            heard = {"conversation_id": 1, "channel": "wechat", "account": "city", "kind": "text", "text": "您好"}
            await connection.execute(
                insert(message),
                {**heard, "id": n, "seq": 2 * n, "dedupe_key": str(n), "sent_at": NOW, "received_at": NOW},
            )
            told = {
                "conversation_id": 1,
                "channel": "wechat",
                "account": "city",
                "peer": "o1",
                "sender": "bot",
                "priority": 1,
            }
            told |= {"key": f"r:{n}", "seq": 2 * n + 1, "body": {"text": "您好"}, "in_reply_to": n}
            await connection.execute(
                insert(outbox), {**told, "state": "offered", "route": "inline", "not_before": NOW, "created_at": NOW}
            )
    return [Taken(n, 2 * n, NOW, False, "") for n in range(1, count + 1)]


async def states(database: Database) -> list[tuple[str, str]]:
    async with database.read() as connection:
        return [
            tuple(row) for row in await connection.execute(select(outbox.c.state, outbox.c.why).order_by(outbox.c.id))
        ]


async def test_many_are_confirmed_together(database: Database) -> None:
    inline = Inline(database, now=lambda: NOW)
    for one in (await offered(database, 5))[:3]:
        await inline.sent(one)
    await inline.flush()
    assert [state for state, _ in await states(database)] == ["sent"] * 3 + ["offered"] * 2


async def test_who_hung_up_is_told_another_way_once_he_stopped_asking(database: Database) -> None:
    inline = Inline(database, now=lambda: NOW)
    for one in await offered(database, 2):
        await inline.failed(one)
    await inline.flush()
    assert await states(database) == [("queued", "inline_failed")] * 2
    async with database.read() as connection:
        later = set(await connection.scalars(select(outbox.c.not_before)))
    assert later == {NOW + PROVIDER_RETRIES}


async def test_a_reply_nobody_confirmed_is_held_and_released_when_the_provider_asks_again(database: Database) -> None:
    clock = [NOW]
    inline = Inline(database, now=lambda: clock[0])
    first, second = await offered(database, 2)
    await inline.sent(first)
    await inline.flush()
    clock[0] = NOW + UNCONFIRMED
    await inline.hold_unconfirmed()
    assert [state for state, _ in await states(database)] == ["sent", "offered"], "its time is not over"
    clock[0] += timedelta(seconds=1)
    await inline.hold_unconfirmed()
    assert await states(database) == [("sent", ""), ("held", "inline_unconfirmed")]
    await inline.sent(second)
    await inline.flush()
    assert [state for state, _ in await states(database)] == ["sent", "sent"]

"""One transaction's changes: written in the order of their keys, once where a constraint says so, dropped with a failure."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from bot.store.engine import Database
from bot.store.tables import call_task, conversation, job_run, message, outbox
from bot.work import Changes
from tests.bot.house import NOW

TALK = {"channel": "app", "account": "web", "memory": {}, "created_at": NOW, "updated_at": NOW}


def told(key: str, **more: Any) -> dict[str, Any]:
    row = {"key": key, "conversation_id": 1, "channel": "app", "account": "web", "peer": "p1", "body": {"text": "您好"}}
    row |= {"sender": "bot", "priority": 1, "state": "queued", "not_before": NOW, "created_at": NOW}
    return row | more


def heard(id_: int, seq: int) -> dict[str, Any]:
    row = {"id": id_, "conversation_id": 1, "seq": seq, "channel": "app", "account": "web", "dedupe_key": str(id_)}
    return row | {"kind": "text", "text": "您好", "sent_at": NOW, "received_at": NOW}


@pytest.fixture
async def talked(database: Database) -> Database:
    """A database with one conversation."""
    async with database.begin() as connection:
        await connection.execute(insert(conversation), TALK | {"id": 1, "peer": "p1"})
    return database


async def write(database: Database, changes: Changes) -> None:
    async with database.begin() as connection:
        await changes.write(connection)


async def keys(database: Database) -> list[str]:
    async with database.read() as connection:
        return list(await connection.scalars(select(outbox.c.key).order_by(outbox.c.id)))


async def test_rows_are_written_before_those_that_refer_to_them(talked: Database) -> None:
    changes = Changes()
    changes.keep(outbox, **told("r:7", seq=2, in_reply_to=7))
    changes.insert(message, **heard(7, 1))
    await write(talked, changes)
    assert await keys(talked) == ["r:7"]


async def test_what_is_kept_happens_once(talked: Database) -> None:
    for _ in range(2):
        changes = Changes()
        changes.keep(outbox, **told("t:1:survey.ask", seq=1))
        await write(talked, changes)
    assert await keys(talked) == ["t:1:survey.ask"]


async def test_what_is_inserted_twice_fails_and_takes_all_of_it_back(talked: Database) -> None:
    changes = Changes()
    changes.insert(message, **heard(1, 1))
    changes.update(conversation, "id", 1, last_seq=9)
    changes.insert(message, **heard(1, 2))
    with pytest.raises(IntegrityError):
        await write(talked, changes)
    async with talked.read() as connection:
        assert (await connection.execute(select(message))).all() == []
        assert await connection.scalar(select(conversation.c.last_seq)) == 0


async def test_rows_with_different_columns_each_keep_their_own(talked: Database) -> None:
    changes = Changes()
    changes.keep(outbox, **told("a", seq=1))
    changes.keep(outbox, **told("b", seq=2, ticket="260918000000011"))
    changes.keep(outbox, **told("c", seq=3))
    await write(talked, changes)
    async with talked.read() as connection:
        found = await connection.execute(select(outbox.c.key, outbox.c.ticket).order_by(outbox.c.seq))
    assert [tuple(row) for row in found] == [("a", None), ("b", "260918000000011"), ("c", None)]


async def test_many_rows_are_changed_each_by_its_own_values(talked: Database) -> None:
    changes = Changes()
    for n in range(1, 4):
        changes.insert(message, **heard(n, n))
    await write(talked, changes)
    again = Changes()
    for n in range(1, 4):
        again.update(message, "id", n, state="stuck", error_id=f"e{n}")
    await write(talked, again)
    async with talked.read() as connection:
        found = await connection.execute(select(message.c.id, message.c.error_id).order_by(message.c.id))
    assert [tuple(row) for row in found] == [(1, "e1"), (2, "e2"), (3, "e3")]


async def test_a_later_change_of_the_same_row_wins(talked: Database) -> None:
    changes, own = Changes(), Changes()
    changes.update(conversation, "id", 1, last_seq=1, phone="1")
    own.update(conversation, "id", 1, last_seq=2)
    own.update(conversation, "id", 1, last_seq=3, phone="3")
    changes.absorb(own)
    changes.update(conversation, "id", 1, last_seq=4)
    await write(talked, changes)
    async with talked.read() as connection:
        found = (await connection.execute(select(conversation.c.last_seq, conversation.c.phone))).one()
    assert tuple(found) == (4, "3"), "whichever columns came together"


async def test_calls_wait_for_the_commit_and_are_made_once() -> None:
    changes, own, called = Changes(), Changes(), []
    changes.then(lambda: called.append("first"))
    own.then(lambda: called.append("second"))
    changes.absorb(own)
    assert called == []
    changes.committed()
    changes.committed()
    assert called == ["first", "second"]


async def test_written_changes_are_not_written_again(talked: Database) -> None:
    changes = Changes()
    changes.insert(job_run, job="j", slot=NOW, host="h", started_at=NOW)
    changes.insert(call_task, key="k", conversation_id=1, reason="call", text="请回电", created_at=NOW)
    await write(talked, changes)
    await write(talked, changes)
    async with talked.read() as connection:
        assert len((await connection.execute(select(call_task))).all()) == 1

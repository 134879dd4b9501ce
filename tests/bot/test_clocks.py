"""The clock over the database: found by one index, given once by however many processes, told to whom it concerns."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, insert, select, text, update

from bot.jobs import clocks
from bot.services import Services
from bot.store import ticket_rows
from bot.store.engine import Database
from bot.store.lists import alert_lists, supervision_lists
from bot.store.tables import alert, conversation, outbox, supervision, ticket, ticket_event
from bot.texts import texting
from channels.message import Batch
from tests.bot.house import at_work, house, words
from tests.journeys.clock import Clock
from tests.journeys.town import EVENING
from tickets.command import Command as C
from tickets.orders import NotAllowed, Order
from tickets.state import Actor, Role

LEAD = Actor(Role.UNIT, "E04")
DISPATCH = Order(C.DISPATCH, Actor(Role.DISPATCHER, "白"), {"lead": "E04"})
SUPERVISOR = Actor(Role.SUPERVISOR, "督")
WRITTEN = Order(C.SUPERVISE, SUPERVISOR, {"level": "L3", "ground": "instruction"})


@pytest.fixture
def clock() -> Clock:
    return Clock(EVENING)


@pytest.fixture
async def services(database_url: str, tmp_path: Path, clock: Clock) -> AsyncIterator[Services]:
    async with at_work(house(database_url, tmp_path, now=clock.now)) as one:
        yield one


@pytest.fixture
async def another(database_url: str, tmp_path: Path, clock: Clock) -> AsyncIterator[Services]:
    """A second process of the same city."""
    async with at_work(house(database_url, tmp_path, now=clock.now)) as one:
        yield one


async def report(services: Services, citizen: str = "p1") -> str:
    said = ("天桥区明湖西路12号门口的路灯不亮了，三天了", "提交")
    await services.hub.receive(Batch(tuple(words(citizen, one) for one in said)))
    return str((await rows(services, ticket))[-1]["number"])


async def rows(services: Services, table: Any) -> list[Any]:
    async with services.database.read() as connection:
        return list((await connection.execute(select(table).order_by(*table.primary_key.columns))).mappings())


async def told(services: Services) -> list[tuple[str, str, str]]:
    return [(row["key"], row["post"], row["unit"]) for row in await rows(services, alert)]


async def test_every_way_of_giving_an_order_keeps_its_alerts(services: Services, clock: Clock) -> None:
    number = await report(services)
    await services.office.order(number, DISPATCH)  # an officer
    clock.set(2026, 9, 20, 14, 33)  # a make-up working Sunday: four office hours after the dispatch
    await services.hub.receive(Batch((words("p1", "催办"),)))  # the citizen
    await clocks.keep_time(services.office)  # the clock
    assert await told(services) == [
        ("unit.dispatched", "liaison", "E04"),
        ("unit.urged", "liaison", "E04"),
        ("unit.not_signed", "head", "E04"),
    ]
    with pytest.raises(NotAllowed):
        await services.office.order(number, DISPATCH)
    assert len([one for one in await told(services) if one[0] == "unit.dispatched"]) == 1


async def test_after_long_downtime_two_processes_give_everything_once_and_in_order(
    services: Services, another: Services, clock: Clock
) -> None:
    numbers = [await report(services, f"p{n}") for n in range(4)]
    for number in numbers:
        await services.office.order(number, DISPATCH)
    clock.advance(timedelta(days=60))
    await asyncio.gather(*(clocks.keep_time(one.office) for one in (services, another, services)))
    for number in numbers:
        mine = [row for row in await rows(services, supervision) if row["ticket"] == number]
        assert [f"{row['level']} {row['ground']}" for row in sorted(mine, key=lambda row: row["n"])] == [
            "L1 contact_missed", "L0 time_used", "L0 time_used", "L1 yellow", "L2 red", "L3 overdue", "L4 overdue"
        ]  # fmt: skip
        commands = [row["command"] for row in await rows(services, ticket_event) if row["ticket"] == number]
        assert (commands.count("auto_sign"), commands.count("note_silence")) == (1, 2)
    given = [row["number"] for row in await rows(services, supervision) if row["number"]]
    assert len(given) == len(set(given)) == 8
    assert all(one.startswith("DB-261117-") for one in given), given
    events = len(await rows(services, ticket_event))
    clock.advance(-timedelta(days=50))  # somebody sets the clock back
    await asyncio.gather(*(clocks.keep_time(one.office) for one in (services, another)))
    clock.advance(timedelta(days=50))
    await clocks.keep_time(services.office)
    assert len(await rows(services, ticket_event)) == events, "nothing twice"


async def test_a_look_that_finds_nothing_only_sets_the_next(services: Services, clock: Clock) -> None:
    number = await report(services)
    await services.office.order(number, DISPATCH)
    async with services.database.begin() as connection:  # as the migration leaves it
        await connection.execute(update(ticket).values(watch_at=clock.now()))
    events = len(await rows(services, ticket_event))
    assert [await clocks.keep_time(services.office) for _ in range(2)] == [1, 0]
    (row,) = await rows(services, ticket)
    assert len(await rows(services, ticket_event)) == events
    assert row["watch_at"] == services.office.ticketing.look_again(await stored(services, number)) > clock.now()


async def stored(services: Services, number: str) -> Any:
    async with services.database.begin() as connection:
        return (await ticket_rows.lock(connection, [number]))[number]


async def test_every_order_sets_the_next_look(services: Services, clock: Clock) -> None:
    number = await report(services)
    looks = [(await rows(services, ticket))[0]["watch_at"]]
    orders = [
        DISPATCH,
        Order(C.SIGN, LEAD),
        Order(C.RAISE_URGENCY, Actor(Role.AGENT, "安"), {"urgency": "critical"}),
        Order(C.CONTACT, LEAD),
        Order(C.SUBMIT_REPLY, LEAD, {"public_reply": "已修好", "closing_kind": "solved", "signer": "主任"}),
        Order(C.REVIEW_PASS, Actor(Role.REVIEWER, "安")),
        Order(C.RATE, Actor(Role.CITIZEN), {"satisfaction": "satisfied"}),
    ]
    for order in orders:
        await services.office.order(number, order)
        looks.append((await rows(services, ticket))[0]["watch_at"])
    accepted, dispatched, signed, urgent, *_, asked, closed = looks
    assert accepted is not None
    assert dispatched is not None
    assert urgent < signed, "more urgent: looked at sooner"
    assert asked is None, "the citizen's callback has a clock of its own"
    assert closed == clock.now() + timedelta(days=365)


async def test_a_supervision_gets_its_number_whoever_orders_it(
    services: Services, another: Services, clock: Clock
) -> None:
    numbers = [await report(services, f"p{n}") for n in range(6)]
    for number in numbers:
        await services.office.order(number, DISPATCH)
    houses = (services, another) * 3
    await asyncio.gather(*(one.office.order(n, WRITTEN) for one, n in zip(houses, numbers, strict=True)))
    given = [row["number"] for row in await rows(services, supervision)]
    assert len(set(given)) == 6
    assert all(one.startswith("DB-260918-0") for one in given)
    (first, *_) = await supervision_lists.under_way(services.database)
    assert (first["state"], first["overdue"], first["proposes"]) == ("issued", False, "")
    assert await supervision_lists.under_way(services.database, unit="D04") == []
    clock.advance(timedelta(days=20))
    await clocks.keep_time(services.office)
    late = {row["number"]: row["proposes"] for row in await supervision_lists.under_way(services.database)}
    assert {late[one] for one in given} == {"L4"}, "a person is asked to think about the next grade"


async def test_an_alert_is_seen_once(services: Services, clock: Clock) -> None:
    await services.office.order(await report(services), DISPATCH)
    (one,) = await alert_lists.listed(services.database, unit="E04", post="liaison")
    assert await alert_lists.listed(services.database, unit="D04") == []
    assert await alert_lists.listed(services.database, post="head") == []
    async with services.database.read() as connection:
        assert await connection.scalar(alert_lists.unseen()) == 1
    seen = [await alert_lists.seen(services.database, [one["id"]], officer=by, now=clock.now()) for by in ("甲", "乙")]
    assert seen == [1, 0]
    assert await alert_lists.listed(services.database) == []
    (kept,) = await alert_lists.of_ticket(services.database, one["ticket"])
    assert (kept["seen_by"], kept["seen_at"]) == ("甲", clock.now())


async def test_a_ticket_from_before_the_clock_gets_its_first_look(services: Services, clock: Clock) -> None:
    """Nothing of the new columns is known of it: it is looked at, and what it missed is given."""
    number = await report(services)
    await services.office.order(number, DISPATCH)
    old = {"watch_at": clock.now(), "heard_at": None, "silence_told": 0, "step_told": None}
    async with services.database.begin() as connection:
        await connection.execute(update(ticket).values(old))
    clock.advance(timedelta(days=14))
    assert await clocks.keep_time(services.office) == 1
    grades = {row["level"] for row in await rows(services, supervision)}
    assert grades == {"L0", "L1", "L2", "L3"}


LOOKS = "watch_at <="


@pytest.fixture
async def many(database: Database) -> Database:
    """Two thousand tickets of which a handful are due, so that a planner has something to choose from."""
    async with database.begin() as connection:
        talk = {"id": 1, "channel": "app", "account": "web", "peer": "p", "memory": {}}
        moment = {"created_at": EVENING, "updated_at": EVENING}
        await connection.execute(insert(conversation), talk | moment)
        later = EVENING + timedelta(days=1)
        await connection.execute(insert(ticket), [_row(n, watch_at=EVENING if n < 5 else later) for n in range(2000)])
    async with database.begin() as connection:
        await connection.execute(text("ANALYZE"))
    return database


def _row(n: int, **columns: Any) -> dict[str, Any]:
    texts = ("alarm", "title", "content", "district", "place", "occurred", "respondent", "wanted", "public_reply")
    numbers = ("emotion", "redo_no", "reject_count", "urge_count", "supplement_count", "callback_no", "events")
    return (
        dict.fromkeys(texts, "")
        | dict.fromkeys(numbers, 0)
        | {"number": f"{n:013d}", "query_code": "1", "policy": "demo@1", "conversation_id": 1, "citizen": 1}
        | {"type": "help", "category": "0203", "urgency": "normal", "state": "handling", "confidential": False}
        | {"safety": False, "missing": [], "attachments": [], "lead_unit": "E04", "co_units": [], "internal_note": ""}
        | {"received_at": EVENING, "due_at": EVENING}
        | columns
    )


async def test_the_job_finds_what_is_due_by_its_index_alone(many: Database) -> None:
    asked: list[tuple[str, Any]] = []

    def note(_c: object, _cursor: object, statement: str, parameters: Any, _context: object, _many: bool) -> None:
        if LOOKS in statement:
            asked.append((statement, parameters))

    event.listen(many._reader.sync_engine, "before_cursor_execute", note)
    async with many.read() as connection:
        found = (await connection.execute(clocks.due_at(EVENING))).all()
        assert len(found) == 5
        ((statement, parameters),) = asked
        prefix = "EXPLAIN QUERY PLAN " if many.sqlite else "EXPLAIN "
        plan = "\n".join(str(row) for row in await connection.exec_driver_sql(prefix + statement, parameters))
    assert "ix_ticket_watch" in plan
    assert "Seq Scan" not in plan
    assert "SCAN" not in plan


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # PostgreSQL reads an empty table whole, rightly
async def test_what_waits_to_be_texted_or_supervised_is_found_by_its_index_too(many: Database) -> None:
    statements = (texting.DUE, alert_lists.unseen(), supervision_lists.late())
    async with many.read() as connection:
        for statement in statements:
            sql = str(statement.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True}))
            plan = "\n".join(str(row) for row in await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}"))
            scanned = [
                line for line in plan.splitlines() if "SCAN" in line and "INDEX" not in line and "SUBQ" not in line
            ]
            assert not [line for line in scanned if "alert" in line or "supervision" in line], plan


async def test_a_grave_alert_without_an_account_stays_at_the_desk(services: Services, clock: Clock) -> None:
    await services.office.order(await report(services), DISPATCH)
    clock.advance(timedelta(days=20))
    await clocks.keep_time(services.office)
    assert {row["texted"] for row in await rows(services, alert)} == {""}
    assert [row for row in await rows(services, outbox) if row["key"].startswith("alert:")] == []

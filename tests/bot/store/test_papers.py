"""The papers of a ticket and its chained log in the database: stored and read back they are what the life cycle made."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, update

from bot.jobs import clocks
from bot.services import Services
from bot.store import audit, ticket_rows
from bot.store.lists.ticket_lists import whole
from bot.store.tables import ticket, ticket_event
from channels.message import Batch
from tests.bot.house import at_work, house, words
from tests.journeys.clock import Clock
from tests.journeys.town import EVENING
from tickets.chain import Broken
from tickets.command import Command as C
from tickets.lifecycle import advance
from tickets.orders import Order
from tickets.replay import Unlawful
from tickets.state import Actor, Role, State
from tickets.ticket import Ticket

LEAD, OFFICE = "E04", Actor(Role.OFFICE_LEADER, "李")
DISPATCHER, PANEL = Actor(Role.DISPATCHER, "白"), Actor(Role.PANELIST, "陈")
REFERRED = {"reason": "证据充分", "readers": ["纪"]}


def unit(code: str) -> Actor:
    return Actor(Role.UNIT, code)


RETURN = {"reason": "not_our_duty", "clause": "三定第四条", "suggested": "D04"}
LIFE: tuple[tuple[float, Order], ...] = (
    (0, Order(C.DISPATCH, DISPATCHER, {"lead": LEAD, "co": ["M06"], "note": "请先联系\0市民"})),
    (1, Order(C.REQUEST_RETURN, unit(LEAD), RETURN)),
    (1, Order(C.APPROVE_RETURN, DISPATCHER)),
    (0, Order(C.TO_CONSULTATION, DISPATCHER, {"reason": "conflict", "candidates": ["D04", LEAD]})),
    (1, Order(C.DECIDE_LEAD, PANEL, {"lead": "D04", "minutes": "纪要", "co": ["M06"]})),
    (1, Order(C.SIGN, unit("D04"))),
    (0, Order(C.CO_SUBMIT, unit("M06"), {"report": "已配合"})),
    (0, Order(C.REQUEST_EXTENSION, unit("D04"), {"workdays": 3, "text": "等待配件", "citizen_informed": True})),
    (1, Order(C.APPROVE_EXTENSION, DISPATCHER)),
    (1, Order(C.SUPERVISE, Actor(Role.SUPERVISOR, "督"), {"level": "L3", "ground": "instruction", "number": "DB-1"})),
    (0, Order(C.ANSWER_SUPERVISION, unit("D04"), {"number": "DB-1", "text": "已整改"})),
    (1, Order(C.CONTACT, unit("D04"), {"method": "phone"})),
    (0, Order(C.SUBMIT_REPLY, unit("D04"), {"public_reply": "已更换灯头。", "closing_kind": "explained"})),
    (1, Order(C.REVIEW_PASS, Actor(Role.REVIEWER, "安"))),
    (5, Order(C.NO_REACH, Actor(Role.CALLBACK_OFFICER, "丁"))),
    (
        1,
        Order(
            C.RATE,
            Actor(Role.CITIZEN),
            {"satisfaction": "dissatisfied", "reasons": ["policy"], "contacted": False, "comment": "标准\0不合理"},
        ),
    ),
)


@pytest.fixture
def clock() -> Clock:
    return Clock(EVENING)


@pytest.fixture
async def services(database_url: str, tmp_path: Path, clock: Clock) -> AsyncIterator[Services]:
    async with at_work(house(database_url, tmp_path, now=clock.now)) as one:
        yield one


@pytest.fixture
async def number(services: Services) -> str:
    said = ("天桥区明湖西路12号门口的路灯不亮了，三天了", "提交")
    await services.hub.receive(Batch(tuple(words("p1", text) for text in said)))
    async with services.database.read() as connection:
        return str((await connection.execute(ticket.select())).mappings().one()["number"])


async def stored(services: Services, number: str) -> Ticket:
    async with services.database.begin() as connection:
        return ticket_rows.read_ticket((await ticket_rows.lock(connection, [number]))[number])


async def lived(services: Services, number: str, clock: Clock) -> Ticket:
    """The whole life through the office; the same orders carried out on the value alone."""
    pure, ticketing = await stored(services, number), services.office.ticketing
    for hours, order in LIFE:
        clock.advance(timedelta(hours=hours))
        await services.office.order(number, order)
        pure = advance(
            pure,
            order,
            policy=ticketing.policies.get(pure.policy),
            calendar=ticketing.calendar,
            now=clock.now(),
            directory=ticketing.directory,
        ).ticket
    return pure


def plain(one: Ticket) -> str:
    """Without what the database rightly changes: NUL, and the zone a moment is written in."""
    return repr(_utc(one)).replace("\\x00", "")


def _utc(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    if isinstance(value, tuple):
        return tuple(_utc(one) for one in value)
    if hasattr(value, "__dataclass_fields__"):
        return {name: _utc(getattr(value, name)) for name in value.__dataclass_fields__}
    if isinstance(value, dict):
        return {name: _utc(one) for name, one in sorted(value.items())}
    return list(value) if isinstance(value, list) else value


async def test_a_log_lived_again_leads_to_the_stored_ticket(services: Services, number: str, clock: Clock) -> None:
    await lived(services, number, clock)
    rules = services.office.ticketing.rules
    judged = await audit.judge(services.database, rules)
    assert (judged.tickets, judged.untold, judged.unlawful) == (1, 0, [])
    async with services.database.begin() as connection:
        await connection.execute(update(ticket).values(satisfaction="very"))
    (found,) = (await audit.judge(services.database, rules, number=number)).unlawful
    assert found == (number, Unlawful(0, "differs: satisfaction"))
    assert (await audit.verify(services.database)).broken == [], "the chain alone does not see it"
    async with services.database.begin() as connection:
        await connection.execute(update(ticket_event).where(ticket_event.c.n == 3).values(erased=True, data={}))
    judged = await audit.judge(services.database, rules)
    assert (judged.tickets, judged.untold) == (0, 1)
    with pytest.raises(LookupError):
        await audit.judge(services.database, rules, number="1")


async def test_what_is_read_back_is_what_the_life_cycle_made(services: Services, number: str, clock: Clock) -> None:
    made = await lived(services, number, clock)
    found = await stored(services, number)
    assert found.state is State.TO_CALLBACK
    assert len(found.assignments) == 4
    assert plain(found) == plain(made)


async def test_the_log_verifies_until_somebody_touches_it(services: Services, number: str, clock: Clock) -> None:
    await lived(services, number, clock)
    whole_ = await audit.verify(services.database)
    assert (whole_.tickets, whole_.broken, whole_.older) == (1, [], 0)
    assert whole_.events == len(LIFE) + 2
    async with services.database.begin() as connection:
        third = (ticket_event.c.ticket == number) & (ticket_event.c.n == 3)
        await connection.execute(update(ticket_event).where(third).values(actor="别人"))
    assert (await audit.verify(services.database, number=number)).broken == [(number, Broken(3, "hash"))]
    async with services.database.begin() as connection:
        await connection.execute(update(ticket_event).where(third).values(actor="白"))
        await connection.execute(delete(ticket_event).where(ticket_event.c.n == len(LIFE) + 2))
    assert (await audit.verify(services.database)).broken == [(number, Broken(len(LIFE) + 1, "end"))]
    with pytest.raises(LookupError, match="no ticket 1"):
        await audit.verify(services.database, number="1")


async def test_a_sealed_file_shows_to_nobody_who_reads_the_ticket(
    services: Services, number: str, clock: Clock
) -> None:
    await lived(services, number, clock)
    async with services.database.begin() as connection:
        enough = {"dissatisfied_count": 3, "cause": "false_closing"}
        await connection.execute(update(ticket).where(ticket.c.number == number).values(enough))
    await services.office.order(number, Order(C.PROPOSE_REFERRAL, Actor(Role.SYSTEM), {"text": "三次不满意"}))
    await services.office.order(number, Order(C.REFER_DISCIPLINE, OFFICE, REFERRED))
    row, events = await whole(services.database, number)
    assert row["referrals"] == ()
    assert "referrals" not in row["papers"]
    assert "证据充分" not in str((row, events))
    assert {C.PROPOSE_REFERRAL, C.REFER_DISCIPLINE}.isdisjoint(event["command"] for event in events)
    (file,) = (await stored(services, number)).referrals
    assert (file.state, file.readers) == ("referred", ("纪",))
    assert (await audit.verify(services.database)).broken == []


async def test_the_clock_sends_up_what_nobody_decided_and_marks_who_is_late(
    services: Services, number: str, clock: Clock
) -> None:
    order, look = services.office.order, partial(clocks.keep_time, services.office)
    await order(number, Order(C.DISPATCH, DISPATCHER, {"lead": LEAD, "co": ["M06"]}))
    await order(number, Order(C.REQUEST_RETURN, unit(LEAD), RETURN))
    assert await look() == 0
    clock.advance(timedelta(days=30))
    assert [await look(), await look()] == [1, 0]
    found = await stored(services, number)
    assert (found.requests[0].escalated, found.helping[0].overdue) == (True, True)
    await order(number, Order(C.APPROVE_RETURN, OFFICE))
    await order(number, Order(C.TO_CONSULTATION, DISPATCHER, {"reason": "no_match", "candidates": ["D04"]}))
    for panel in ("city_office", "standing_meeting"):
        clock.advance(timedelta(days=10))
        assert await look() == 1
        assert (await stored(services, number)).consultations[0].panel == panel
    clock.advance(timedelta(days=10))
    assert await look() == 0


async def test_limits_are_counted_again_when_the_years_notice_comes(
    services: Services, number: str, clock: Clock
) -> None:
    uncertain = {"due_uncertain": True, "counted_from": clock.now() - timedelta(days=1)}
    async with services.database.begin() as connection:
        await connection.execute(update(ticket).where(ticket.c.number == number).values(uncertain))
    before = await stored(services, number)
    assert [await clocks.recount(services.office) for _ in range(2)] == [1, 0]
    after = await stored(services, number)
    assert before.due_at is not None
    assert (after.due_uncertain, after.due_at) == (False, before.due_at - timedelta(days=1))

"""A panel's ruling becomes a proposal, a proposal signed by somebody else a version, and the next ticket goes right."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.dispatch.rulebook import NotSigned, read_rule, write_rule
from bot.services import Services
from bot.store.lists.ticket_lists import whole
from bot.store.tables import catalogue_proposal, catalogue_version, ticket
from channels.message import Batch
from tests.bot.house import at_work, house, words
from tests.journeys.clock import Clock
from tests.journeys.town import EVENING
from tickets.command import Command as C
from tickets.dispatch.catalogue import Rule
from tickets.orders import NotAllowed, Order
from tickets.state import Actor, Role

DISPATCHER, PANEL = Actor(Role.DISPATCHER, "白"), Actor(Role.PANELIST, "陈")
RULING = {"lead": "M03", "co": ["E04"], "minutes": "背街小巷路灯由城管部门养护", "members": ["丁", "戊"]}


@pytest.fixture
def clock() -> Clock:
    return Clock(EVENING)


@pytest.fixture
async def services(database_url: str, tmp_path: Path, clock: Clock) -> AsyncIterator[Services]:
    async with at_work(house(database_url, tmp_path, now=clock.now)) as one:
        yield one


async def reported(services: Services, peer: str) -> str:
    said = ("天桥区明湖西路12号门口的路灯不亮了，三天了", "提交")
    await services.hub.receive(Batch(tuple(words(peer, text) for text in said)))
    async with services.database.read() as connection:
        return str(await connection.scalar(select(ticket.c.number).order_by(ticket.c.number.desc()).limit(1)))


async def ruled(services: Services, number: str) -> None:
    """A panel sits on the ticket and names M03."""
    for order in (
        Order(C.TO_CONSULTATION, DISPATCHER, {"reason": "conflict", "candidates": ["E04", "M03"]}),
        Order(C.DECIDE_LEAD, PANEL, RULING),
    ):
        await services.office.order(number, order)


async def first(services: Services, number: str) -> tuple[str, str]:
    row, _ = await whole(services.database, number)
    best = services.advice.suggest(row, now=services.now())[0]
    return best.unit, best.reason


async def proposal(services: Services) -> int:
    (row,) = await services.rulebook.proposals()
    return int(row["id"])


async def test_a_ruling_becomes_the_next_tickets_suggestion(
    services: Services, database_url: str, tmp_path: Path
) -> None:
    number = await reported(services, "p1")
    assert (await first(services, number))[0] == "E04"
    await ruled(services, number)
    await services.rulebook.refresh()
    again = await reported(services, "p2")
    row, _ = await whole(services.database, again)
    waiting = {one.unit: one for one in services.advice.suggest(row, now=services.now())}
    assert next(iter(waiting)) == "E04", "a ruling nobody signed does not overturn the catalogue"
    assert any(number in reason.words for reason in waiting["M03"].reasons)
    (asked,) = await services.rulebook.proposals()
    assert (asked["rule"].lead, asked["rule"].district, asked["rule"].ruling) == ("M03", "04", number)
    assert (asked["reason"], asked["barred"]) == (RULING["minutes"], ["陈", "丁", "戊"])
    await services.rulebook.approve(asked["id"], by="编辑甲", now=services.now())
    other = house(database_url, tmp_path, now=services.now)  # another process of the hub
    for one in (services, other):
        await one.rulebook.refresh()
        unit, reason = await first(one, again)
        assert unit == "M03"
        assert "会商裁定" in reason
        assert number in reason
    await other.http.close()
    await other.database.close()


async def test_nobody_signs_his_own(services: Services) -> None:
    await ruled(services, await reported(services, "p1"))
    mine = await proposal(services)
    for who, reason in (("陈", "same_person"), ("丁", "same_person"), (" ", "nameless")):
        with pytest.raises(NotSigned, match=reason):
            await services.rulebook.approve(mine, by=who, now=services.now())
    own = await services.rulebook.propose(
        Rule(category="0203", lead="E04"), reason="试行", by="编辑甲", now=services.now()
    )
    with pytest.raises(NotSigned, match="same_person"):
        await services.rulebook.approve(own, by="编辑甲", now=services.now())
    with pytest.raises(NotSigned, match="same_person"):
        await services.rulebook.reject(own, by="编辑甲", now=services.now(), note="算了")
    with pytest.raises(NotSigned, match="no_such"):
        await services.rulebook.approve(own + 7, by="编辑乙", now=services.now())
    async with services.database.read() as connection:
        assert (await connection.execute(select(catalogue_version))).all() == []


async def test_of_two_signatures_at_once_one_counts(services: Services) -> None:
    await ruled(services, await reported(services, "p1"))
    mine = await proposal(services)
    ends = await asyncio.gather(
        *(services.rulebook.approve(mine, by=f"编辑{n}", now=services.now()) for n in range(3)),
        return_exceptions=True,
    )
    assert sorted(str(end) for end in ends) == ["None", "decided", "decided"]
    (kept,) = await services.rulebook.history()
    assert (kept["proposed_by"], kept["rule"].lead) == ("陈", "M03")


async def test_a_declined_ruling_stays_that_one_tickets(services: Services) -> None:
    number = await reported(services, "p1")
    await ruled(services, number)
    await services.rulebook.reject(await proposal(services), by="编辑甲", now=services.now(), note="个案")
    await services.rulebook.refresh()
    assert (services.advice.rulings.pending, await services.rulebook.history()) == ((), [])
    (kept,) = await services.rulebook.proposals(state="rejected")
    assert (kept["decided_by"], kept["note"]) == ("编辑甲", "个案")
    assert (await first(services, await reported(services, "p2")))[0] == "E04"


async def test_an_editor_narrows_a_ruling_and_begins_it_later(services: Services, clock: Clock) -> None:
    await ruled(services, await reported(services, "p1"))
    later = Rule(category="0203", district="04", lead="M03", valid_from=date(2026, 10, 1))
    await services.rulebook.approve(await proposal(services), later, by="编辑甲", now=services.now())
    await services.rulebook.refresh()
    again = await reported(services, "p2")
    assert (await first(services, again))[0] == "E04"
    clock.set(2026, 10, 1, 0, 1)
    assert (await first(services, again))[0] == "M03"


async def test_rows_that_cannot_be_are_not_proposed(services: Services) -> None:
    for rule, cure in (
        (Rule(category="0203", lead="X9"), "X9 is not in units"),
        (Rule(category="0203", lead="D04S1", department_only=True), "must not go to one"),
        (Rule(category="0203", lead="M27", valid_from=date(2026, 9, 1)), "ended on 2026-06-30"),
    ):
        with pytest.raises(NotSigned, match=cure):
            await services.rulebook.propose(rule, reason="试", by="编辑甲", now=services.now())
    async with services.database.read() as connection:
        assert (await connection.execute(select(catalogue_proposal))).all() == []


def test_a_row_is_read_back_as_it_was_written() -> None:
    rule = Rule(
        category="0203", lead="M03", co=("E04",), district="04", valid_from=date(2026, 10, 1), department_only=True
    )
    assert read_rule(write_rule(rule)) == rule
    assert read_rule(write_rule(rule) | {"of_a_newer_hub": 1}) == rule


async def test_a_department_matter_is_not_sent_down_to_a_street(services: Services) -> None:
    said = ("我要投诉天桥区堤口路5号工地拖欠工资", "从九月开始", "希望督促支付", "提交")
    await services.hub.receive(Batch(tuple(words("p1", text) for text in said)))
    async with services.database.read() as connection:
        number = str(await connection.scalar(select(ticket.c.number)))
    with pytest.raises(NotAllowed, match="department_only"):
        await services.office.order(number, Order(C.DISPATCH, DISPATCHER, {"lead": "D04S1"}))
    await services.office.order(number, Order(C.DISPATCH, DISPATCHER, {"lead": "D04"}))
    await services.office.order(number, Order(C.SIGN, Actor(Role.UNIT, "D04")))
    with pytest.raises(NotAllowed, match="department_only"):
        await services.office.order(number, Order(C.SUB_DISPATCH, Actor(Role.UNIT, "D04"), {"unit": "D04S1"}))
    await services.office.order(number, Order(C.SUB_DISPATCH, Actor(Role.UNIT, "D04"), {"unit": "D04C"}))

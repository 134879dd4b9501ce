"""Dispatch over a real database: what is learned from closed and returned tickets, what the system sends itself, panels."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from bot.dispatch.agenda import paper, scrubbed
from bot.dispatch.learner import PAGE, SETTLED
from bot.jobs import clocks
from bot.jobs.dispatching import dispatch_sure
from bot.jobs.table import of_dispatch
from bot.services import Services
from bot.store.lists.dispatch_lists import accuracy, open_consultations
from bot.store.lists.ticket_lists import whole
from bot.store.tables import ticket, ticket_event
from channels.message import Batch
from tests.bot.house import at_work, house, words
from tests.journeys.clock import Clock
from tests.journeys.town import EVENING
from tickets.command import Command as C
from tickets.orders import NotAllowed, Order
from tickets.state import Actor, Role

DISPATCHER, LEADER, SYSTEM = Actor(Role.DISPATCHER, "白"), Actor(Role.OFFICE_LEADER, "李"), Actor(Role.SYSTEM)
RETURN = {"reason": "not_our_duty", "clause": "《路灯管理办法》第四条", "suggested": "M03"}


@pytest.fixture
def clock() -> Clock:
    return Clock(EVENING)


@pytest.fixture
async def services(database_url: str, tmp_path: Path, clock: Clock) -> AsyncIterator[Services]:
    async with at_work(house(database_url, tmp_path, now=clock.now)) as one:
        yield one


async def reported(
    services: Services, peer: str = "p1", said: str = "天桥区明湖西路12号门口的路灯不亮了，三天了"
) -> str:
    await services.hub.receive(Batch(tuple(words(peer, text) for text in (said, "提交"))))
    async with services.database.read() as connection:
        return str(await connection.scalar(select(ticket.c.number).order_by(ticket.c.number.desc()).limit(1)))


async def row_of(services: Services, number: str) -> Any:
    return (await whole(services.database, number))[0]


async def order(services: Services, number: str, command: C, actor: Actor, **data: object) -> None:
    await services.office.order(number, Order(command, actor, data))


async def returned(services: Services, number: str, lead: str = "E04", **change: str) -> None:
    await order(services, number, C.DISPATCH, DISPATCHER, lead=lead)
    await order(services, number, C.REQUEST_RETURN, Actor(Role.UNIT, lead), **RETURN | change)
    await order(services, number, C.APPROVE_RETURN, DISPATCHER)


async def past(services: Services, count: int, *, like: str, clock: Clock, **change: Any) -> None:
    """So many tickets like one that were closed an hour ago, a second apart."""
    names = [column.name for column in ticket.columns]
    one = {name: value for name, value in (await row_of(services, like)).items() if name in names} | {"papers": []}
    begun = clock.now() - timedelta(hours=1)
    closed = {"state": "closed", "closing_kind": "solved", "lead_unit": "M03", "confidential": False} | change
    rows = [
        one | {"closed_at": begun + timedelta(seconds=n // 3)} | closed | {"number": f"{like}x{n}"}
        for n in range(count)
    ]
    async with services.database.begin() as connection:
        await connection.execute(insert(ticket), rows)


async def test_closed_tickets_are_learned_once_page_by_page_and_then_as_they_close(
    services: Services, clock: Clock
) -> None:
    number = await reported(services)
    await past(services, PAGE + 40, like=number, clock=clock)
    learner = services.advice.learner
    assert await learner.refresh(now=clock.now(), pages=1) == PAGE
    assert await learner.refresh(now=clock.now(), pages=1) == 40
    assert await learner.refresh(now=clock.now()) == 0
    wanted = services.advice.case(await row_of(services, number), now=clock.now()).trace
    seen = learner.experience.seen(wanted, "M03")
    assert seen == pytest.approx(PAGE + 40, rel=0.01)
    clock.advance(timedelta(minutes=5))
    await past(services, 7, like=await reported(services, "p2"), clock=clock, closed_at=clock.now())
    assert await learner.refresh(now=clock.now()) == 0, "others of this moment may not be there yet"
    clock.advance(SETTLED)
    assert await learner.refresh(now=clock.now()) == 7
    assert await learner.refresh(now=clock.now()) == 0


async def test_what_says_nothing_of_duties_is_not_learned(services: Services, clock: Clock) -> None:
    number = await reported(services)
    for place, change in enumerate(
        (
            {"confidential": True},
            {"closing_kind": "withdrawn"},
            {"closing_kind": "out_of_duty"},
            {"lead_unit": ""},
            {"closed_at": clock.now() - timedelta(days=400)},
        )
    ):
        peer = await reported(services, f"q{place}")
        await past(services, 1, like=peer, clock=clock)
        async with services.database.begin() as connection:
            await connection.execute(update(ticket).where(ticket.c.number == f"{peer}x0").values(change))
    assert await services.advice.learner.refresh(now=clock.now()) == 0
    assert services.advice.suggest(await row_of(services, number), now=clock.now())[0].unit == "E04"


async def test_returns_with_good_reason_count_against_a_unit(services: Services, clock: Clock) -> None:
    before = services.advice.suggest(await row_of(services, await reported(services, "p0")), now=clock.now())
    assert before[0].unit == "E04"
    for place in range(6):
        number = await reported(services, f"p{place + 1}")
        await returned(services, number)
        own = services.advice.suggest(await row_of(services, number), now=clock.now())
        assert "E04" not in {one.unit for one in own}, "who returned this very ticket is not proposed again"
    clock.advance(SETTLED)
    await services.advice.learner.refresh(now=clock.now())
    await services.advice.learner.refresh(now=clock.now())
    after = services.advice.suggest(await row_of(services, await reported(services, "p9")), now=clock.now())
    lead = next(one for one in after if one.unit == "E04")
    assert lead.confidence == pytest.approx(before[0].confidence * (1 - 6 / 10), rel=0.01)
    assert "60%" in lead.reasons[-1].words


async def test_a_return_for_the_area_says_nothing_of_duties(services: Services, clock: Clock) -> None:
    await returned(services, await reported(services), "D05", reason="not_our_area")
    clock.advance(SETTLED)
    learner = services.advice.learner
    await learner.refresh(now=clock.now())
    case = services.advice.case(await row_of(services, await reported(services, "p2")), now=clock.now())
    assert learner.returned("D05", case) == 0.0


async def test_the_system_dispatches_only_where_the_policy_lets_it(services: Services, clock: Clock) -> None:
    sure, own = await reported(services), await reported(services, "p2", "天桥区堤口路5号的电力井盖没了，两天了")
    unsure = await reported(services, "p3", "天桥区堤口路9号有件事请你们管管，两天了")
    async with services.database.begin() as connection:
        await connection.execute(update(ticket).where(ticket.c.number == unsure).values(category="7777"))
        await connection.execute(update(ticket).where(ticket.c.number == own).values(urgency="normal"))
    assert await dispatch_sure(services.office, services.advice) == 0, "the packaged policies leave it to a person"
    advice = replace(services.advice, rules=replace(services.advice.rules, automatic=True))
    assert await dispatch_sure(services.office, advice) == 3
    rows = [await row_of(services, number) for number in (sure, own, unsure)]
    assert [row["state"] for row in rows] == ["dispatched", "dispatched", "to_dispatch"]
    assert [row["lead_unit"] for row in rows] == ["E04", "V02", ""]
    async with services.database.read() as connection:
        logged = select(ticket_event.c.role, ticket_event.c.data).where(ticket_event.c.command == "dispatch")
        events = (await connection.execute(logged.order_by(ticket_event.c.id))).all()
    assert {role for role, _ in events} == {"system"}
    assert events[1].data["because"] == "派单目录 0202 谁的井谁负责"
    assert events[1].data["co"] == ["E04"]


async def test_the_clock_dispatches_only_where_the_policy_lets_it(services: Services) -> None:
    sends = replace(services.advice, rules=replace(services.advice.rules, automatic=True))
    names = [
        {job.name for job in of_dispatch(services.office, advice, services.rulebook)}
        for advice in (services.advice, sends)
    ]
    assert names[1] - names[0] == {"ticket.dispatch_sure"}


@pytest.mark.parametrize("change", [{"confidential": True}, {"urgency": "critical"}, {"type": "report"}])
async def test_the_system_never_dispatches_what_is_delicate(services: Services, change: dict[str, Any]) -> None:
    number = await reported(services)
    async with services.database.begin() as connection:
        await connection.execute(update(ticket).where(ticket.c.number == number).values(change))
    advice = replace(services.advice, rules=replace(services.advice.rules, automatic=True))
    assert await dispatch_sure(services.office, advice) == 0
    with pytest.raises(NotAllowed, match="not_automatic"):
        await order(services, number, C.DISPATCH, SYSTEM, lead="E04")


async def test_the_accuracy_of_dispatch_is_of_the_days_it_was_dispatched(services: Services, clock: Clock) -> None:
    day = timedelta(days=1)
    begin = clock.now() - day
    await returned(services, await reported(services))
    await order(services, await reported(services, "p2"), C.DISPATCH, DISPATCHER, lead="E04", co=["M03"])
    clock.advance(2 * day)
    await order(services, await reported(services, "p3"), C.DISPATCH, DISPATCHER, lead="E04")
    whole_, *units = await accuracy(services.database, since=begin, until=begin + 2 * day)
    assert (whole_.dispatched, whole_.returned, whole_.share) == (2, 1, 0.5)
    assert [(one.unit, one.dispatched) for one in units] == [("E04", 2)]
    (nothing,) = await accuracy(services.database, since=begin - day, until=begin)
    assert nothing.share is None


async def disputed(services: Services) -> str:
    """A return rejected, and the unit's head disputes it."""
    number = await reported(services)
    lead = Actor(Role.UNIT, "E04")
    await order(services, number, C.DISPATCH, DISPATCHER, lead="E04")
    await order(services, number, C.REQUEST_RETURN, lead, **RETURN | {"note": "已与市民李女士13800138000核实"})
    await order(services, number, C.REJECT_RETURN, DISPATCHER, note="路灯由你单位养护")
    with pytest.raises(NotAllowed, match="locked"):
        await order(services, number, C.REQUEST_RETURN, lead, **RETURN)
    argued = {"signer": "赵局长", "note": "背街小巷路灯不在养护清单", "candidates": ["M03", "D04"]}
    await order(services, number, C.DISPUTE, lead, **argued)
    return number


async def test_silence_takes_a_dispute_up_to_the_standing_meeting(services: Services, clock: Clock) -> None:
    number = await disputed(services)
    for panel in ("district", "city_office", "standing_meeting"):
        (row,) = await open_consultations(services.database)
        assert (row["ticket"], row["panel"], row["candidates"]) == (number, panel, ["M03", "D04"])
        clock.advance(row["settle_by"] - clock.now())
        await clocks.keep_time(services.office)
    assert [one["panel"] for one in await open_consultations(services.database)] == ["standing_meeting"]
    assert (await row_of(services, number))["state"] == "handling", "先办后议: signed by the clock meanwhile"
    ruled = {"lead": "M03", "co": ["E04"], "minutes": "由市城管局牵头"}
    await order(services, number, C.DECIDE_LEAD, LEADER, **ruled)
    assert await open_consultations(services.database) == []
    row = await row_of(services, number)
    assert (row["lead_unit"], row["assignments"][-2].forced) == ("M03", True)
    with pytest.raises(NotAllowed, match="locked"):
        await order(services, number, C.REQUEST_RETURN, Actor(Role.UNIT, "M03"), **RETURN)


async def test_the_agenda_paper_holds_the_case_and_nobodys_data(services: Services) -> None:
    number = await disputed(services)
    text = await paper(services, number)
    for words_ in (
        "# 会商议题：路灯（天桥区）",
        "区县会商",
        "单位提出派单异议",
        "泉城市政养护集团",
        "泉城市城市管理局",
        "《路灯管理办法》第四条",
        "背街小巷路灯不在养护清单",
        "职责条款：《市政养护集团职责规定》第三条",
        "已驳回",
        "派单目录 0203",
        "请会议裁定",
    ):
        assert words_ in text, words_
    for secret in ("13800138000", "李女士", "明湖西路", "不亮了"):
        assert secret not in text
    with pytest.raises(LookupError, match="no open consultation"):
        await paper(services, await reported(services, "p2"))


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("电话138-0013-8000，身份证110101199003070012", "电话（号码略），身份证（号码略）"),
        ("我叫王小明，联系人：张三", "我叫（姓名略），联系人（姓名略）"),
        ("已到3号楼2单元501室见到李先生", "已到（住址略）见到（姓名略）"),
        ("依据《办法》第12条，2026年办理", "依据《办法》第12条，2026年办理"),
    ],
)
def test_personal_data_is_left_out(text: str, clean: str) -> None:
    assert scrubbed(text) == clean

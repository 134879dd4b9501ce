"""The desk's alerts and supervisions: filtered, seen once, and a written supervision from its issue to its end."""

from __future__ import annotations

import re

from aiohttp import ClientSession
from sqlalchemy import select

from bot.services import Services
from bot.store.tables import alert, supervision
from tests.bot.web.desk.test_desk import officer, reported, services, stranger, text_of
from tickets.orders import Command, Order
from tickets.ticket import Actor, Role

__all__ = ["officer", "services", "stranger"]

UNIT = "D01C"


async def dispatched(services: Services) -> str:
    number = await reported(services)
    await services.office.order(number, Order(Command.DISPATCH, Actor(Role.DISPATCHER, "白"), {"lead": UNIT}))
    return number


async def test_alerts_are_filtered_and_seen(services: Services, officer: ClientSession) -> None:
    number = await dispatched(services)
    assert (await (await officer.get("/desk/news")).json())["alerts"] == 1
    page = await text_of(officer, f"/desk/alerts?unit={UNIT}&post=liaison")
    assert "新工单待签收" in page
    assert number in page
    assert "历下区城管局" in page
    assert "徐雅静" in page, "who holds the post"
    assert number not in await text_of(officer, "/desk/alerts?unit=D02")
    assert number not in await text_of(officer, "/desk/alerts?post=head")
    assert "单位提醒" in await text_of(officer, f"/desk/tickets/{number}")
    (row,) = re.findall(r'<input type="hidden" name="id" value="(\d+)"><button', page)
    answer = await officer.post(f"/desk/alerts?unit={UNIT}&post=", data={"id": row})
    assert str(answer.url.relative()) == f"/desk/alerts?unit={UNIT}"
    assert "没有未阅的提醒" in await answer.text()
    assert "王敏 已于" in await text_of(officer, f"/desk/tickets/{number}")
    async with services.database.read() as connection:
        assert await connection.scalar(select(alert.c.seen_by)) == "王敏"


async def test_nonsense_sees_nothing(services: Services, officer: ClientSession) -> None:
    await dispatched(services)
    answer = await officer.post("/desk/alerts?unit=X&post=king", data={"id": ["9" * 30, "abc", "-1", "2"]})
    assert answer.url.path == "/desk/alerts"
    assert (await (await officer.get("/desk/news")).json())["alerts"] == 1


async def test_a_written_supervision_goes_its_way(services: Services, officer: ClientSession) -> None:
    path = f"/desk/tickets/{await dispatched(services)}"
    page = await text_of(officer, path)
    assert f'action="{path}/supervise"' in page
    assert f'action="{path}/answer_supervision"' not in page
    issued = await officer.post(f"{path}/supervise", data={"level": "L4", "ground": "instruction"})
    assert (issued.status, "已督办" in await issued.text()) == (200, True)
    page = await text_of(officer, path)
    (number,) = set(re.findall(r'value="(DB-\d{6}-\d{3})"', page))
    assert f"{number}(联合督办)" in page
    listed = await text_of(officer, "/desk/supervision")
    assert number in listed
    assert "待单位回复" in listed
    assert number not in await text_of(officer, "/desk/supervision?unit=D02")
    wrong = await officer.post(f"{path}/answer_supervision", data={"number": "DB-1", "text": "已整改"})
    assert (wrong.status, "请从列表中选择" in await wrong.text()) == (400, True)
    steps = (
        ("answer_supervision", {"text": "已整改"}),
        ("reject_supervision", {"note": "缺少照片"}),
        ("return_supervision", {"text": "非本单位职责"}),
        ("pass_supervision", {}),
    )
    for command, data in steps:
        answer = await officer.post(f"{path}/{command}", data={"number": number} | data)
        assert answer.status == 200, command
    assert "没有在办的督办" in await text_of(officer, "/desk/supervision")
    async with services.database.read() as connection:
        row = (await connection.execute(select(supervision))).mappings().one()
    assert (row["state"], row["joint"], row["by"], row["answer"]) == ("closed", True, "王敏", "已整改")

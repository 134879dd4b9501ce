"""Dispatch at the desk: a proposal taken in one click, panels with their papers, the catalogue changed by two people."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession, CookieJar
from aiohttp.test_utils import TestServer
from sqlalchemy import select

from bot.running import working
from bot.services import Services, build
from bot.store.tables import assignment, ticket
from bot.web.app import make_app
from channels.message import Batch
from tests.bot.house import words
from tests.bot.web.desk.test_desk import KEY, OURS, hears, settings, text_of

LAMP = ("天桥区明湖西路12号门口的路灯不亮了，三天了", "提交")


@pytest.fixture
async def services(database_url: str, tmp_path: Path) -> AsyncIterator[Services]:
    async with working(build(settings(database_url, tmp_path, desk_key=KEY))) as running:
        yield running


@pytest.fixture
async def officer(services: Services) -> AsyncIterator[ClientSession]:
    server = TestServer(make_app(services))
    await server.start_server()
    async with ClientSession(str(server.make_url("/")), cookie_jar=CookieJar(unsafe=True), headers=OURS) as session:
        await login(session, "王敏")
        yield session
    await server.close()


async def login(session: ClientSession, name: str) -> None:
    assert (await session.post("/desk/login", data={"name": name, "key": KEY})).status == 200


@pytest.fixture
async def path(services: Services) -> str:
    """The page of a ticket that waits for dispatch."""
    await hears(services, *LAMP)
    async with services.database.read() as connection:
        return f"/desk/tickets/{await connection.scalar(select(ticket.c.number))}"


async def does(session: ClientSession, path: str, command: str, **data: str | list[str]) -> None:
    given = [(name, one) for name, values in data.items() for one in ([values] if isinstance(values, str) else values)]
    answer = await session.post(f"{path}/{command}", data=given)
    assert (answer.status, answer.url.query.get("done")) == (200, command), await answer.text()


def selected(page: str, name: str) -> list[str]:
    """What is chosen in a list of the page."""
    found = re.search(rf'<select id="{name}".*?</select>', page, re.S)
    assert found, name
    return re.findall(r'<option value="(\w+)" selected', found[0])


async def test_a_proposal_fills_the_form_in_one_click(services: Services, officer: ClientSession, path: str) -> None:
    page = await text_of(officer, path)
    assert page.count("按此填写派单") == 3
    assert "《市政养护集团职责规定》第三条" in page, "the clause is quoted"
    filled = await text_of(officer, f"{path}?take=1")
    assert selected(filled, "dispatch-lead") == ["E04"]
    assert selected(filled, "dispatch-co") == ["M03"]
    assert 'value="派单目录 0203"' in filled
    assert selected(await text_of(officer, f"{path}?take=9"), "dispatch-lead") == []
    await does(officer, path, "dispatch", lead="E04", co=["M03", "M16"], because="派单目录 0203")
    async with services.database.read() as connection:
        parts = (await connection.execute(select(assignment.c.unit, assignment.c.role).order_by(assignment.c.n))).all()
    assert [tuple(part) for part in parts] == [("E04", "lead"), ("M03", "co"), ("M16", "co")]
    assert "派单目录 0203" in await text_of(officer, path)


async def test_helpers_sign_and_submit_and_the_lead_hands_down(officer: ClientSession, path: str) -> None:
    await does(officer, path, "dispatch", lead="D04", co="M03")
    await does(officer, path, "sign")
    page = await text_of(officer, path)
    for below in ("D04C", "D04S1", "D04S2"):
        assert f'<option value="{below}">' in page
    await does(officer, path, "sub_dispatch", unit="D04C", note="请到现场")
    await does(officer, path, "co_sign", acting="M03")
    await does(officer, path, "co_submit", acting="M03", report="已提供图纸")
    await does(officer, path, "co_submit", acting="D04C", report="已修好")
    page = await text_of(officer, path)
    assert "已修好" in page
    assert f'action="{path}/co_submit"' not in page
    alien = await officer.post(f"{path}/sub_dispatch", data={"unit": "D05C"})
    assert alien.status == 409
    assert "只能下派给本单位的下级单位" in await alien.text()


async def test_a_dispute_goes_to_a_panel_and_its_ruling_to_the_catalogue(
    services: Services, officer: ClientSession, path: str
) -> None:
    await does(officer, path, "dispatch", lead="E04")
    await does(officer, path, "request_return", reason="not_our_duty", clause="养护清单", suggested="M03")
    await does(officer, path, "reject_return", note="由你单位养护")
    page = await text_of(officer, path)
    assert f'action="{path}/request_return"' not in page, "once, and then no more"
    await does(officer, path, "dispute", signer="赵局长", note="不在清单", candidates=["M03", "D04"])
    panels = await text_of(officer, "/desk/consultations")
    assert "区县会商" in panels
    assert "市城管局、天桥区" in panels
    paper = await text_of(officer, path.replace("tickets", "consultations"))
    assert paper.startswith("# 会商议题：路灯（天桥区）")
    await does(officer, path, "escalate")
    assert "市热线办会商" in await text_of(officer, "/desk/consultations")
    await does(officer, path, "decide_lead", lead="M03", co="E04", minutes="由市城管局牵头", members="丁、戊")
    assert "没有正在进行的会商" in await text_of(officer, "/desk/consultations")
    page = await text_of(officer, "/desk/catalogue")
    assert "路灯（0203） · 天桥区" in page
    (action,) = re.findall(r'action="(/desk/catalogue/\d+)/approve"', page)
    row = {"lead": "M03", "co": "E04", "district": "04", "clause": "背街小巷路灯由城管部门养护"}
    for name in ("王敏", "丁"):
        await login(officer, name)
        own = await officer.post(f"{action}/approve", data=row)
        assert (own.status, "须由另一人审核" in await own.text()) == (409, True), name
    await login(officer, "编辑甲")
    assert "已审核同意" in await (await officer.post(f"{action}/approve", data=row)).text()
    again = await officer.post(f"{action}/reject", data={"remark": "不"})
    assert (again.status, "已经审核过" in await again.text()) == (409, True)
    await services.hub.receive(Batch((words("another", LAMP[0]), words("another", LAMP[1]))))
    listed = await text_of(officer, "/desk?state=to_dispatch")
    new = re.findall(r'href="(/desk/tickets/\w+)"', listed)[-1]
    filled = await text_of(officer, f"{new}?take=1")
    assert selected(filled, "dispatch-lead") == ["M03"]
    assert "会商裁定" in filled
    assert "背街小巷路灯由城管部门养护" in filled


async def test_an_editor_proposes_and_another_declines(services: Services, officer: ClientSession) -> None:
    row = {"category": "0203", "lead": "M03", "reason": "机构调整"}
    for change, told in (
        ({"street": "药山街道"}, "须同时选择区县"),
        ({"co": "M03"}, "不能同时是协办单位"),
        ({"valid_from": "2027-02-01", "valid_to": "2027-01-01"}, "不能早于生效日期"),
        ({"valid_from": "明天"}, "2026-01-31"),
        ({"category": ""}, "请填写类别"),
        ({"category": "7777"}, "7777"),
    ):
        refused = await officer.post("/desk/catalogue", data=row | change)
        assert (refused.status, told in await refused.text()) == (409, True), told
    assert "待他人审核" in await (await officer.post("/desk/catalogue", data=row)).text()
    (action,) = re.findall(r'action="(/desk/catalogue/\d+)/reject"', await text_of(officer, "/desk/catalogue"))
    await login(officer, "李强")
    empty = await officer.post(f"{action}/reject", data={"remark": " "})
    assert (empty.status, "请填写不同意的理由" in await empty.text()) == (409, True)
    assert "已退回" in await (await officer.post(f"{action}/reject", data={"remark": "无依据"})).text()
    page = await text_of(officer, "/desk/catalogue")
    assert "没有待审核的条目" in page
    assert "近30天派单 0 件" in page
    assert (await officer.get("/desk/consultations/X404")).status == 404


async def test_how_good_dispatch_was_is_one_line(officer: ClientSession, path: str) -> None:
    await does(officer, path, "dispatch", lead="E04")
    await does(officer, path, "request_return", reason="not_our_duty", clause="清单", suggested="M03")
    await does(officer, path, "approve_return")
    await does(officer, path, "dispatch", lead="M03")
    page = await text_of(officer, "/desk/catalogue")
    assert "近30天派单 2 件，同意退单 1 件" in page
    assert "派单准确率 50.0%" in page

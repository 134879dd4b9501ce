"""The desk's pages of families: proposals with their evidence, joining, parting, and what a ticket shows of its like."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession, CookieJar
from aiohttp.test_utils import TestServer

from bot.jobs import families
from bot.services import Services, build
from bot.store.tables import matter_member, ticket
from bot.web.app import make_app
from tests.bot.house import at_work
from tests.bot.orders.test_families import LAMPS, handled, report, row, rows, says
from tests.bot.web.desk.test_desk import KEY, OURS, settings, text_of
from tickets.orders import Command, Order
from tickets.ticket import Actor, Role


@pytest.fixture
async def services(database_url: str, tmp_path: Path) -> AsyncIterator[Services]:
    async with at_work(build(settings(database_url, tmp_path, desk_key=KEY))) as one:
        yield one


@pytest.fixture
async def officer(services: Services) -> AsyncIterator[ClientSession]:
    server = TestServer(make_app(services))
    await server.start_server()
    async with ClientSession(str(server.make_url("/")), cookie_jar=CookieJar(unsafe=True), headers=OURS) as session:
        assert (await session.post("/desk/login", data={"name": "王敏", "key": KEY})).status == 200
        yield session
    await server.close()


@pytest.fixture
async def lamps(services: Services) -> list[str]:
    numbers = [await report(services, f"p{n}", text) for n, text in enumerate(LAMPS)]
    await families.propose(services.families)
    return numbers


async def test_a_proposal_is_confirmed_with_its_evidence_before_ones_eyes(
    services: Services, officer: ClientSession, lamps: list[str]
) -> None:
    parent, second, third = lamps
    page = await text_of(officer, "/desk/matters")
    assert parent in page
    assert "2件" in page
    assert (await (await officer.get("/desk/news")).json())["matters"] == 2
    (link,) = re.findall(r'href="(/desk/matters/\d+)"', page)
    page = await text_of(officer, link)
    assert "同一地点" in page
    assert "分类相同" in page
    assert re.search(r"文字相似\d+%", page)
    answer = await officer.post(f"{link}/join", data={"ticket": second})
    assert answer.status == 200
    assert "已并入" in await answer.text()
    assert (await row(services, second))["merged_into"] == parent
    answer = await officer.post(f"{link}/join", data={"ticket": second})
    assert answer.status == 409
    assert "可能刚刚被别人处理过" in await answer.text()
    answer = await officer.post(f"{link}/part", data={"ticket": third})
    assert "不再建议并入" in await answer.text()
    assert {one["ticket"]: one["state"] for one in await rows(services, matter_member)} == {
        second: "joined",
        third: "apart",
    }
    answer = await officer.post(f"{link}/join", data={"ticket": third})
    assert answer.status == 200, "an officer may change his mind"
    answer = await officer.post(f"{link}/split", data=[("ticket", second), ("ticket", third)])
    assert answer.status == 200
    assert answer.url.path != link
    assert (await row(services, third))["merged_into"] == second
    answer = await officer.post(f"{answer.url.path}/dissolve")
    assert "已解散" in await answer.text()
    assert [one["state"] for one in await rows(services, ticket)] == ["to_dispatch"] * 3


async def test_what_cannot_be_done_is_said(officer: ClientSession, lamps: list[str]) -> None:
    assert (await officer.get("/desk/matters/999")).status == 404
    assert (await officer.post("/desk/matters/999/dissolve")).status == 404
    answer = await officer.post("/desk/matters", data={"parent": lamps[0], "ticket": "2609180000999"})
    assert answer.status == 404
    assert "没有这个工单号" in await answer.text()
    answer = await officer.post("/desk/matters", data={"parent": lamps[0], "ticket": lamps[0]})
    assert answer.status == 409
    assert "不能并入自身" in await answer.text()
    page = await text_of(officer, "/desk/matters")
    (link,) = re.findall(r'href="(/desk/matters/\d+)"', page)
    assert (await officer.post(f"{link}/split")).status == 404
    foreign = {"Sec-Fetch-Site": "cross-site"}
    assert (await officer.post(f"{link}/dissolve", headers=foreign)).status == 403


async def test_a_ticket_shows_what_is_like_it(services: Services, officer: ClientSession, lamps: list[str]) -> None:
    assert "建议并入" in await text_of(officer, f"/desk/tickets/{lamps[1]}")
    assert lamps[1] in await text_of(officer, f"/desk/tickets/{lamps[0]}")
    await officer.post("/desk/matters", data={"parent": lamps[0], "ticket": lamps[1]})
    page = await text_of(officer, f"/desk/tickets/{lamps[1]}")
    assert "已并案" in page
    assert f"/desk/tickets/{lamps[0]}" in page
    assert "已反映 2 次" in await text_of(officer, f"/desk/tickets/{lamps[0]}")


async def test_an_agent_confirms_that_it_was_never_put_right(
    services: Services, officer: ClientSession, lamps: list[str]
) -> None:
    number = lamps[0]
    await handled(services, number)
    rating = Order(Command.RATE, Actor(Role.CITIZEN), {"satisfaction": "basic"})
    await services.office.order(number, rating)
    page = await text_of(officer, f"/desk/tickets/{number}")
    assert "上次没有解决（重复诉求，退回原单位重办）" in page
    answer = await officer.post(f"/desk/tickets/{number}/reopen", data={"repeat": "yes", "note": "电话核实"})
    assert answer.status == 200
    one = await row(services, number)
    assert (one["state"], one["redo_no"], one["repeat_count"]) == ("handling", 1, 1)
    assert "请在答复中说明上次未解决的原因" in await text_of(officer, f"/desk/tickets/{number}")


async def test_the_page_of_one_citizens_words_is_not_shown_to_another(services: Services, lamps: list[str]) -> None:
    """What a follower is told holds nothing of the others but their number."""
    await services.families.join(lamps[0], lamps[1], by=Actor(Role.DISPATCHER, "王敏"))
    await says(services, "p1", "查询")
    from bot.store.tables import conversation, outbox

    (mine,) = await rows(services, conversation, peer="p1")
    heard = " ".join(one["body"]["text"] for one in await rows(services, outbox, conversation_id=mine["id"]))
    assert LAMPS[0] not in heard
    assert "p0" not in heard

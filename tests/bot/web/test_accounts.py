"""The desk with accounts: each officer sees and does what his roles give him, a unit only its own tickets."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from aiohttp import ClientSession, CookieJar
from aiohttp.test_utils import TestServer
from argon2 import PasswordHasher
from sqlalchemy import select, update

from bot.running import working
from bot.services import Services, build
from bot.store import officers
from bot.store.tables import ticket, ticket_event
from bot.web.app import make_app
from bot.web.desk.doors import ROOMS
from tests.bot.web.desk.test_desk import OURS, hears, reported, settings, text_of
from tickets.orders import Command, Order
from tickets.privacy.access import Officer
from tickets.state import Actor, Role

PASSWORD = "correct horse battery"
HASHED = PasswordHasher().hash(PASSWORD)
"""Hashed once: it is slow on purpose."""
OFFICERS = {
    "agent": (("agent",), ""),
    "dispatcher": (("dispatcher",), ""),
    "d01c": (("unit",), "D01C"),
    "d02c": (("unit",), "D02C"),
    "reviewer": (("reviewer",), ""),
    "leader": (("office_leader",), ""),
    "auditor": (("auditor",), ""),
    "root": (("sysadmin",), ""),
}
Login = Callable[[str], Awaitable[ClientSession]]


@pytest.fixture
async def services(database_url: str, tmp_path: Path) -> AsyncIterator[Services]:
    """A hub in production: no demonstration key."""
    async with working(build(settings(database_url, tmp_path))) as running:
        async with running.database.begin() as connection:
            for account, (roles, unit) in OFFICERS.items():
                one = Officer(account, f"{account}同志", frozenset(map(Role, roles)), unit)
                await officers.add(connection, one, hash=HASHED, now=running.now())
        yield running


@pytest.fixture
async def login(services: Services) -> AsyncIterator[Login]:
    """``await login("agent")`` -> his browser."""
    server = TestServer(make_app(services))
    await server.start_server()
    async with AsyncExitStack() as browsers:

        async def enter(account: str) -> ClientSession:
            session = ClientSession(str(server.make_url("/")), cookie_jar=CookieJar(unsafe=True), headers=OURS)
            await browsers.enter_async_context(session)
            answer = await session.post("/desk/login", data={"name": account, "key": PASSWORD})
            assert answer.status == 200, await answer.text()
            return session

        yield enter
    await server.close()


async def dispatched(services: Services, lead: str = "D01C") -> str:
    number = await reported(services)
    await services.office.order(number, Order(Command.DISPATCH, Actor(Role.DISPATCHER, "x"), {"lead": lead}))
    return number


async def test_a_wrong_password_and_a_stranger_stay_outside(services: Services, login: Login) -> None:
    browser = await login("agent")
    await browser.post("/desk/logout")
    assert (await browser.get("/desk", allow_redirects=False)).status == 303
    for name, key in (("agent", "wrong"), ("nobody", PASSWORD), ("", PASSWORD)):
        assert (await browser.post("/desk/login", data={"name": name, "key": key})).status == 403
    await services.roster.disable("agent", by="cli")
    assert (await browser.post("/desk/login", data={"name": "agent", "key": PASSWORD})).status == 403


async def test_the_demonstration_key_opens_no_account(database_url: str, tmp_path: Path) -> None:
    key = "desk-key-of-the-tests"
    async with working(build(settings(database_url, tmp_path, desk_key=key))) as running:
        await running.roster.add("li", "李", roles=("agent",), unit="", password=PASSWORD, by="cli")
        server = TestServer(make_app(running))
        await server.start_server()
        jar = CookieJar(unsafe=True)
        async with ClientSession(str(server.make_url("/")), cookie_jar=jar, headers=OURS) as session:
            assert (await session.post("/desk/login", data={"name": "li", "key": key})).status == 403
            assert (await session.post("/desk/login", data={"name": "li", "key": PASSWORD})).status == 200
            assert (await session.get("/desk/audit")).status == 403, "an agent, not every role"
        await server.close()


@pytest.mark.parametrize(
    ("account", "rooms"),
    [
        ("agent", {"", "matters", "alarms", "talks", "phone", "calls", "letters", "knowledge", "experts", "requests"}),
        ("d01c", {"", "alerts", "supervision", "knowledge", "experts"}),
        ("reviewer", {"", "triage", "knowledge"}),
        (
            "leader",
            {
                "",
                "matters",
                "alarms",
                "alerts",
                "supervision",
                "consultations",
                "catalogue",
                "triage",
                "talks",
                "knowledge",
                "reveals",
                "requests",
            },
        ),
        ("auditor", {"audit"}),
        ("root", {"letters"}),
    ],
)
async def test_each_role_has_its_rooms(login: Login, account: str, rooms: set[str]) -> None:
    browser = await login(account)
    for room in (path.removeprefix("/desk").removeprefix("/") for path, _, _ in ROOMS.values()):
        path = f"/desk/{room}".rstrip("/")
        answer = await browser.get(path, allow_redirects=False)
        assert (answer.status == 200) is (room in rooms), path
    page = await text_of(browser, "/desk")
    assert set(re.findall(r'<a href="/desk/?(\w*)"', page)) == rooms - {"phone"}, (
        "without a hotline its door is not shown"
    )


async def test_a_unit_sees_and_handles_only_its_own(services: Services, login: Login) -> None:
    number = await dispatched(services)
    mine, other = await login("d01c"), await login("d02c")
    path = f"/desk/tickets/{number}"
    assert number in await text_of(mine, "/desk")
    assert number not in await text_of(other, "/desk")
    assert (await other.get(path)).status == 404
    assert (await other.post(f"{path}/sign")).status == 404
    page = await text_of(mine, path)
    assert "13800138000" not in page
    assert "/desk/talks/" not in page
    assert f'action="{path}/sign"' in page
    assert f'action="{path}/raise_urgency"' not in page
    assert (await mine.post(f"{path}/raise_urgency", data={"urgency": "urgent"})).status == 409
    assert (await mine.post(f"{path}/sign")).status == 200
    assert (await mine.post("/desk/talks/1/take")).status == 403
    async with services.database.read() as connection:
        event = (await connection.execute(select(ticket_event).where(ticket_event.c.command == "sign"))).one()
    assert (event.actor, event.data["officer"]) == ("D01C", "d01c"), "the unit, and who of it"


async def test_orders_are_given_in_ones_own_roles(services: Services, login: Login) -> None:
    number = await reported(services)
    path, reviewer, dispatcher = f"/desk/tickets/{number}", await login("reviewer"), await login("dispatcher")
    assert "现在没有要办理的事项" in await text_of(reviewer, path)
    assert (await reviewer.post(f"{path}/dispatch", data={"lead": "D01C"})).status == 409
    assert (await dispatcher.post(f"{path}/dispatch", data={"lead": "D01C"})).status == 200


async def test_of_a_confidential_ticket_the_unit_reads_the_written_text(services: Services, login: Login) -> None:
    number = await dispatched(services)
    async with services.database.begin() as connection:
        said = "我叫王小明，电话13800138000，家住3号楼2单元501室，楼下烧烤店油烟"
        await connection.execute(update(ticket).values(confidential=True, content=said))
    path, unit, agent = f"/desk/tickets/{number}", await login("d01c"), await login("agent")
    page = await text_of(unit, path)
    for secret in ("小明", "1380", "501", "8000"):
        assert secret not in page
    assert "楼下烧烤店油烟" in page
    telling = {"text": "我叫王小明，楼下有烧烤店"}
    refused = await agent.post(f"{path}/rewrite", data=telling)
    assert (refused.status, "个人信息" in await refused.text()) == (409, True)
    assert (await agent.post(f"{path}/rewrite", data={"text": "某小区楼下烧烤店夜间油烟"})).status == 200
    page = await text_of(unit, path)
    assert "某小区楼下烧烤店夜间油烟" in page
    assert "〔" not in re.search(r'id="content".*?</p>', page, re.DOTALL)[0]  # type: ignore[index]
    assert "王**" in await text_of(agent, path)


async def test_agents_alone_speak_with_citizens(services: Services, login: Login) -> None:
    await hears(services, "转人工")
    leader, agent = await login("leader"), await login("agent")
    assert "接待由坐席进行" in await text_of(leader, "/desk/talks/1")
    assert (await leader.post("/desk/talks/1/take")).status == 403
    assert "agent同志" in await (await agent.post("/desk/talks/1/take")).text()

"""The desk's callback pages: calls taken and written down, the dissatisfied looked into, and sealed files seen nowhere."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, CookieJar
from aiohttp.test_utils import TestServer
from click.testing import CliRunner, Result
from sqlalchemy import select, update

from benchmarks.due import fill
from bot.cli import main
from bot.jobs import callbacks, draws
from bot.services import Services, build
from bot.settings import load
from bot.store.tables import callback, callback_call, referral, ticket
from bot.web.app import make_app
from tests.bot.orders.test_calls import NINE
from tests.journeys.clock import Clock
from tickets.command import Command as C
from tickets.orders import Order
from tickets.state import Actor, Role

KEY = "desk-key-of-the-tests"
CITIZEN = Actor(Role.CITIZEN)
PHONE = "13900000001"


@pytest.fixture
def clock() -> Clock:
    return Clock(NINE)


@pytest.fixture
async def services(database_url: str, tmp_path: Path, clock: Clock) -> AsyncIterator[Services]:
    default = {
        "store": {"url": database_url, "connections": 4},
        "files": {"folder": str(tmp_path / "files")},
        "web": {"desk_key": KEY},
        "channels": {"app": {"web": {"jwt_secret": "j" * 40}}},
    }
    built = build(load(None, {}, default=default), now=clock.now)
    yield built
    await built.http.close()
    await built.database.close()


@pytest.fixture
async def officer(services: Services) -> AsyncIterator[ClientSession]:
    """王敏 at her desk."""
    server = TestServer(make_app(services))
    await server.start_server()
    jar, ours = CookieJar(unsafe=True), {"Sec-Fetch-Site": "same-origin"}
    async with ClientSession(str(server.make_url("/")), cookie_jar=jar, headers=ours) as session:
        await session.post("/desk/login", data={"name": "王敏", "key": KEY})
        yield session
    await server.close()


@pytest.fixture
async def number(services: Services) -> str:
    """A citizen who was asked, about an urgent matter."""
    await fill(services.database, 1, at=NINE)
    async with services.database.begin() as connection:
        await connection.execute(update(ticket).values(urgency="urgent"))
    await callbacks.call_back(services.office)
    await draws.draw_calls(services.office)
    return str((await rows(services, ticket))[0]["number"])


async def rows(services: Services, table: Any) -> list[Any]:
    async with services.database.read() as connection:
        return list((await connection.execute(select(table).order_by(*table.primary_key.columns))).mappings())


async def text_of(session: ClientSession, path: str, *, status: int = 200) -> str:
    answer = await session.get(path)
    assert answer.status == status, path
    return await answer.text()


async def test_a_call_is_taken_made_and_written_down(
    services: Services, officer: ClientSession, number: str, clock: Clock
) -> None:
    path = f"/desk/callbacks/{number}-0"
    assert "现在没有要打的回访电话" in await text_of(officer, "/desk/callbacks")
    assert (await officer.post(f"{path}/take")).status == 409
    clock.advance(timedelta(hours=3))
    page = await text_of(officer, "/desk/callbacks")
    assert "紧急事项" in page
    assert PHONE not in page
    assert "请先领取" in await text_of(officer, path, status=409)
    page = await (await officer.post(f"{path}/take")).text()
    assert PHONE in page
    empty = await officer.post(f"{path}/answered", data={"comment": "写到一半"})
    assert (empty.status, "写到一半" in await empty.text()) == (400, True)
    said = {"satisfaction": "dissatisfied", "contacted": "no", "reasons": "policy", "comment": "标准不合理"}
    answer = await officer.post(f"{path}/answered", data=said)
    assert (answer.status, answer.url.path) == (200, "/desk/callbacks")
    assert (await officer.post(f"{path}/answered", data=said)).status == 404
    phoned = [one for one in await rows(services, callback) if one["way"] == "phone"]
    assert [(one["by"], one["reasons"], one["contacted"]) for one in phoned] == [("王敏", ["policy"], False)]


async def test_nobody_answered(services: Services, officer: ClientSession, number: str, clock: Clock) -> None:
    clock.advance(timedelta(hours=3))
    path = f"/desk/callbacks/{number}-0"
    assert (await officer.post(f"{path}/no_answer")).status == 409
    await officer.post(f"{path}/take")
    assert (await officer.post(f"{path}/no_answer", data={"note": "关机"})).status == 200
    (call,) = await rows(services, callback_call)
    assert (call["tries"], call["state"], call["taken_by"]) == (1, "open", "")


async def test_the_dissatisfied_are_looked_into(
    services: Services, officer: ClientSession, number: str, clock: Clock
) -> None:
    said = {"satisfaction": "dissatisfied", "reasons": ["policy"], "comment": "规定不合理,我的电话13800138000"}
    await services.office.order(number, Order(C.RATE, CITIZEN, said))
    clock.advance(timedelta(hours=1))
    page = await text_of(officer, "/desk/triage")
    for words in ("对政策不认可", "规定不合理", "138****8000"):
        assert words in page
    offered = re.findall(rf'action="/desk/tickets/{number}/(\w+)"', page)
    assert offered == ["redo", "explain", "claim_unreasonable", "request_suspend", "add_finding"]
    for text in ("已电话核实", "与政策一致"):
        await officer.post(f"/desk/tickets/{number}/add_finding", data={"text": text})
    page = await text_of(officer, "/desk/triage")
    assert page.index("核查：已电话核实") < page.index("核查：与政策一致")
    (before,) = await rows(services, callback)
    claim = {"evidence": "政策原文", "public_reply": "按规定不能办理"}
    assert (await officer.post(f"/desk/tickets/{number}/claim_unreasonable", data=claim)).status == 200
    answer = await officer.post(f"/desk/tickets/{number}/approve_unreasonable")
    assert "须由另一人办理" in await answer.text()
    explained = {"cause": "policy", "text": "按规定只能如此"}
    assert (await officer.post(f"/desk/tickets/{number}/explain", data=explained)).status == 200
    assert "没有等待研判" in await text_of(officer, "/desk/triage")
    (after,) = await rows(services, callback)
    assert after == before
    assert (await rows(services, ticket))[0]["satisfaction"] == "dissatisfied"


async def test_a_change_after_the_unit_spoke_with_him_is_flagged(
    services: Services, officer: ClientSession, number: str, clock: Clock
) -> None:
    unit = Actor(Role.UNIT, (await rows(services, ticket))[0]["lead_unit"])
    for order in (
        Order(C.RATE, CITIZEN, {"satisfaction": "dissatisfied"}),
        Order(C.CONTACT, unit),
        Order(C.RATE, CITIZEN, {"satisfaction": "very"}),
    ):
        clock.advance(timedelta(hours=1))
        await services.office.order(number, order)
    page = await text_of(officer, "/desk/triage")
    assert "市民更改评价" in page
    assert "承办单位联系后作出" in page
    assert "（后改为非常满意）" in await text_of(officer, f"/desk/tickets/{number}")
    answer = await officer.post(f"/desk/tickets/{number}/accept_change", data={"text": "核实为本人意愿"})
    assert answer.status == 200
    (row,) = await rows(services, ticket)
    assert (row["state"], row["satisfaction"], row["changed_satisfaction"]) == ("closed", "dissatisfied", "very")


async def test_a_sealed_file_is_seen_on_no_page_and_by_no_command(
    services: Services, officer: ClientSession, number: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = ("/desk", f"/desk/tickets/{number}", "/desk/triage", "/desk/callbacks", "/desk/talks/1", "/desk/news")
    unhappy = Order(C.RATE, CITIZEN, {"satisfaction": "dissatisfied", "reasons": ["policy"]})
    await services.office.order(number, unhappy)
    async with services.database.begin() as connection:
        await connection.execute(update(ticket).values(dissatisfied_count=3, cause="false_closing"))
    before = [await text_of(officer, page) for page in pages]
    secret = "绝密研判依据"
    await services.office.order(number, Order(C.PROPOSE_REFERRAL, Actor(Role.SUPERVISOR, "督"), {"text": secret}))
    assert len(await rows(services, referral)) == 1
    assert [await text_of(officer, page) for page in pages] == before
    monkeypatch.setenv("MINSHENG_STORE__URL", services.settings.house.store.url)
    monkeypatch.setenv("MINSHENG_CITY__POLICY", "cn-jinan-like")
    monkeypatch.chdir(tmp_path)
    for account, role in (("du", "supervisor"), ("li", "office_leader"), ("ji", "discipline")):
        await services.roster.add(account, account, roles=(role,), unit="", password="correct horse 12345", by="cli")
    for reader in ((), ("--as", "du")):
        told = await shown(number, *reader)
        assert "referral" not in told
        assert secret not in told
    told = await shown(number, "--as", "li")
    assert "propose_referral" in told
    assert secret in told
    # The discipline organ's officer is not among those the file names: for him not even the ticket exists.
    assert (await said_of(number, "--as", "ji")).exit_code != 0


async def said_of(number: str, *options: str) -> Result:
    return await asyncio.to_thread(CliRunner().invoke, main, ["ticket", "show", number, *options])


async def shown(number: str, *options: str) -> str:
    result = await said_of(number, *options)
    assert result.exit_code == 0, result.output
    return result.output

"""The telephone at the desk: signed events ring at the agent's page, the call form registers, missed calls are called back."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, CookieJar
from aiohttp.test_utils import TestServer
from sqlalchemy import select

from bot.running import working
from bot.services import Services
from bot.store import phone_calls
from bot.store.phone_calls import Seat
from bot.store.tables import access_entry, call, call_task, call_ticket, outbox, seat, ticket
from bot.web.app import make_app
from channels.signature import signature
from tests.bot.phone.house import AT, CITIZEN, KEY, SECRET, house, rows
from tests.journeys.clock import Clock

on_one = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What both databases do alike is tried on one."""
OURS = {"Sec-Fetch-Site": "same-origin"}
LAMP = "天桥区明湖西路12号门口的路灯坏了一个星期了，晚上很黑"


@pytest.fixture
def clock() -> Clock:
    return Clock(AT)


@pytest.fixture
async def services(database_url: str, tmp_path: Path, clock: Clock) -> AsyncIterator[Services]:
    async with working(house(database_url, tmp_path, now=clock.now)) as running:
        yield running


@pytest.fixture
async def server(services: Services) -> AsyncIterator[TestServer]:
    one = TestServer(make_app(services))
    await one.start_server()
    yield one
    await one.close()


@pytest.fixture
async def officer(server: TestServer) -> AsyncIterator[ClientSession]:
    """王敏 at her desk."""
    async with ClientSession(str(server.make_url("/")), cookie_jar=CookieJar(unsafe=True), headers=OURS) as session:
        await session.post("/desk/login", data={"name": "王敏", "key": KEY})
        yield session


async def told(session: ClientSession, clock: Clock, what: str, *, call_id: str = "c1", **more: Any) -> int:
    """The switchboard's bridge calls."""
    event = {
        "event_id": f"{call_id}-{what}",
        "type": f"call.{what}",
        "call_id": call_id,
        "direction": "in",
        "caller": f"+86{CITIZEN}",
        "callee": "12345",
        "agent_ext": "1001",
        "ts": clock.now().isoformat(),
    } | more
    body, stamp = json.dumps(event).encode(), str(int(clock.now().timestamp()))
    headers = {"X-Hub-Timestamp": stamp, "X-Hub-Signature": signature(SECRET, ts=stamp, body=body)}
    async with session.post("/hooks/phone/city", data=body, headers=headers) as answer:
        return answer.status


async def text_of(session: ClientSession, path: str, *, status: int = 200) -> str:
    answer = await session.get(path)
    assert answer.status == status, path
    return await answer.text()


async def sits(session: ClientSession) -> None:
    answer = await session.post("/desk/phone/seat", data={"line": "phone.city", "extension": "1001"})
    assert "您在分机 1001" in await answer.text()


def key_of(page: str) -> str:
    found = re.search(r'name="key" value="([\w-]+)"', page)
    assert found
    return found[1]


async def next_event(stream: Any) -> dict[str, Any]:
    async with asyncio.timeout(5):
        while not (line := (await stream.content.readline()).decode()).startswith("data: "):
            pass
    found: dict[str, Any] = json.loads(line.removeprefix("data: "))
    return found


async def test_a_call_pops_up_at_the_agents_page_and_nowhere_else(
    services: Services, server: TestServer, officer: ClientSession, clock: Clock
) -> None:
    assert (await officer.get("/desk/phone/events")).status == 204
    bad = await officer.post("/desk/phone/seat", data={"line": "phone.city", "extension": "12 34"})
    assert (bad.status, "分机号" in await bad.text()) == (400, True)
    await sits(officer)
    assert await told(officer, clock, "queued", agent_ext=None) == 200
    stream = await officer.get("/desk/phone/events")
    assert await next_event(stream) == {}
    assert await told(officer, clock, "ringing") == 200
    pop = await next_event(stream)
    assert (pop["caller"], pop["phase"], pop["ringing"], pop["tickets"]) == ("138****8000", "来电振铃", True, [])
    assert await told(officer, clock, "answered") == 200
    assert (await next_event(stream))["phase"] == "通话中"
    assert await told(officer, clock, "ended") == 200
    assert await next_event(stream) == {}
    assert await told(officer, clock, "ringing", call_id="c2", agent_ext="1002") == 200
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(next_event(stream), 0.3)
    seats = {"channel": "phone", "account": "city", "extension": "1001"}
    await phone_calls.sit(services.database, "李强", Seat(**seats), now=AT)  # a colleague took the place
    assert await told(officer, clock, "ringing", call_id="c3") == 200
    assert b"data" not in await asyncio.wait_for(stream.content.read(), 5)
    await officer.post("/desk/phone/seat", data={"line": "phone.city", "extension": "1001"})
    await officer.post("/desk/logout")
    assert await rows(services, seat) == []


@on_one
async def test_a_forged_a_stale_and_a_broken_event_are_refused(officer: ClientSession, clock: Clock) -> None:
    stamp = str(int(clock.now().timestamp()))
    async with officer.post("/hooks/phone/city", data=b"{}", headers={"X-Hub-Timestamp": stamp}) as answer:
        assert answer.status == 403
    assert await told(officer, clock, "no_such_thing") == 400
    assert await told(officer, clock, "queued", ts="2026-09-18T10:00:00") == 400


async def test_the_call_form_opens_a_ticket_once_and_its_number_goes_out_as_a_text(
    services: Services, officer: ClientSession, clock: Clock
) -> None:
    await sits(officer)
    await told(officer, clock, "ringing")
    await told(officer, clock, "answered")
    assert "138****8000" in await text_of(officer, "/desk/phone")
    page = await text_of(officer, "/desk/phone/calls/1")
    assert CITIZEN not in page
    form = {"key": key_of(page), "occurred": "一周前", "respondent": "路灯管理处", "wanted": "尽快修好"}
    empty = await officer.post("/desk/phone/calls/1/open", data=form | {"what": " "})
    assert (empty.status, "路灯管理处" in await empty.text()) == (400, True)
    answer = await officer.post("/desk/phone/calls/1/open", data=form | {"what": LAMP})
    (row,) = await rows(services, ticket)
    said = await answer.text()
    assert (answer.status, row["number"] in said, row["query_code"] in said) == (200, True, True)
    assert (row["type"], row["district"], row["occurred"], row["wanted"]) == ("help", "04", "一周前", "尽快修好")
    assert ("明湖西路12号" in row["place"], row["respondent"], row["missing"]) == (True, "路灯管理处", [])
    again = await officer.post("/desk/phone/calls/1/open", data=form | {"what": LAMP})
    assert (again.status, len(await rows(services, ticket))) == (200, 1)
    (letter,) = [one for one in await rows(services, outbox) if one["ticket"] == row["number"]]
    assert "工单号" in letter["body"]["text"]
    async with asyncio.timeout(5):
        while (await rows(services, outbox))[0]["channel"] != "sms":
            await asyncio.sleep(0.05)
    page = await text_of(officer, "/desk/phone/calls/1")
    assert row["number"] in page
    assert [(one["deed"], one["officer"]) for one in await rows(services, call_ticket)] == [("opened", "王敏")]
    assert "通话" in await text_of(officer, f"/desk/tickets/{row['number']}")


async def test_the_call_form_goes_on_with_an_open_ticket_of_the_callers_own(
    services: Services, officer: ClientSession, clock: Clock
) -> None:
    await told(officer, clock, "answered")
    page = await text_of(officer, "/desk/phone/calls/1")
    await officer.post("/desk/phone/calls/1/open", data={"key": key_of(page), "what": LAMP})
    number = (await rows(services, ticket))[0]["number"]
    await told(officer, clock, "answered", call_id="c2")
    page = await text_of(officer, "/desk/phone/calls/2")
    assert number in page
    more = {"key": key_of(page), "ticket": number, "text": "旁边还有两盏也坏了"}
    assert (await officer.post("/desk/phone/calls/2/supplement", data=more)).status == 200
    urged = await officer.post("/desk/phone/calls/2/urge", data=more | {"key": "u"})
    assert "请告知市民" in await urged.text()
    twice = await officer.post("/desk/phone/calls/2/urge", data=more | {"key": "u2"})
    assert "今天" in await twice.text()
    row = (await rows(services, ticket))[0]
    assert (row["supplement_count"], row["urge_count"]) == (1, 1)
    await told(officer, clock, "answered", call_id="c3", caller="13900139000")
    page = await text_of(officer, "/desk/phone/calls/3")
    assert number not in page
    assert (await officer.post("/desk/phone/calls/3/supplement", data=more | {"key": "x"})).status == 404
    assert (await officer.post("/desk/phone/calls/99/open", data={"key": "k", "what": "x"})).status == 404


@on_one
async def test_who_hides_his_number_can_register_all_the_same(
    services: Services, officer: ClientSession, clock: Clock
) -> None:
    for call_id in ("c1", "c2"):
        await told(officer, clock, "answered", call_id=call_id, caller="anonymous")
    for number, what in ((1, LAMP), (2, "噪音扰民，每晚都有")):
        page = await text_of(officer, f"/desk/phone/calls/{number}")
        assert "未显示号码" in page
        assert (await officer.post(f"/desk/phone/calls/{number}/open", data={"key": key_of(page), "what": what})).ok
    found = await rows(services, ticket)
    assert len({row["citizen"] for row in found}) == 2


async def test_a_missed_call_is_taken_and_called_back(services: Services, officer: ClientSession, clock: Clock) -> None:
    await told(officer, clock, "queued")
    await told(officer, clock, "ended")
    page = await text_of(officer, "/desk/calls")
    assert "未接来电" in page
    assert CITIZEN not in page
    page = await (await officer.post("/desk/calls/1/take")).text()
    assert CITIZEN in page
    assert "点击拨号" not in page
    dialled = await officer.post("/desk/calls/1/dial")
    assert (dialled.status, "不支持从工作台控制" in await dialled.text()) == (409, True)
    await officer.post("/desk/calls/1/no_answer")
    assert "没有要打的电话" in await text_of(officer, "/desk/calls")
    (task,) = await rows(services, call_task)
    assert (task["tries"], task["done_at"]) == (1, None)


@on_one
async def test_a_recording_is_heard_by_right_and_that_it_was_is_written_down(
    services: Services, server: TestServer, officer: ClientSession, clock: Clock
) -> None:
    await sits(officer)
    await told(officer, clock, "ringing")
    await told(officer, clock, "ended")
    await told(officer, clock, "recording_ready", recording_url="https://pbx.example.cn/1.wav")
    assert "听录音" in await text_of(officer, "/desk/phone/calls/1")
    answer = await officer.get("/desk/phone/calls/1/recording", allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (303, "https://pbx.example.cn/1.wav")
    assert "recording" in [row["deed"] for row in await rows(services, access_entry)]
    await services.roster.add("du", "督", roles=("dispatcher",), unit="", password="correct horse 12345", by="cli")
    jar = CookieJar(unsafe=True)
    async with ClientSession(str(server.make_url("/")), cookie_jar=jar, headers=OURS) as dispatcher:
        await dispatcher.post("/desk/login", data={"name": "du", "key": "correct horse 12345"})
        assert (await dispatcher.get("/desk/phone/calls/1/recording")).status == 404
        assert (await dispatcher.get("/desk/phone")).status == 403
    async with services.database.read() as connection:
        assert await connection.scalar(select(call.c.officer)) == "王敏"

"""三方通话 from the desk, over an Asterisk (played): each button, each hang-up, what could not be told, and click-to-dial."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, CookieJar
from aiohttp.test_utils import TestServer

from bot.clock import now
from bot.running import working
from bot.services import Services
from bot.store.tables import call, call_task, unit_call
from bot.web.app import make_app
from tests.bot.phone.house import CITIZEN, KEY, house, rows
from tests.channels.phone.asterisk import PASSWORD, Asterisk, playing

OURS = {"Sec-Fetch-Site": "same-origin"}
UNIT = "hub-unit-1-c1"
on_one = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What both databases do alike is tried on one."""


@pytest.fixture
async def asterisk() -> AsyncIterator[Asterisk]:
    async with playing() as (one, url):
        one.url = url  # type: ignore[attr-defined]
        yield one


@pytest.fixture
async def services(database_url: str, tmp_path: Path, asterisk: Any) -> AsyncIterator[Services]:
    ari = {"url": asterisk.url, "user": "hub", "password": PASSWORD, "timeout_seconds": 0.5}
    one = house(database_url, tmp_path, now=now, texts=False, lines=["12345"], ari=ari)
    async with working(one) as running:
        await asyncio.wait_for(asterisk.listening.wait(), 10)
        yield running


@pytest.fixture
async def officer(services: Services) -> AsyncIterator[ClientSession]:
    """王敏 at extension 1001."""
    server = TestServer(make_app(services))
    await server.start_server()
    async with ClientSession(str(server.make_url("/")), cookie_jar=CookieJar(unsafe=True), headers=OURS) as session:
        await session.post("/desk/login", data={"name": "王敏", "key": KEY})
        await session.post("/desk/phone/seat", data={"line": "phone.city", "extension": "1001"})
        yield session
    await server.close()


async def until(there: Callable[[], Any]) -> None:
    async with asyncio.timeout(8):
        while not (await found if asyncio.iscoroutine(found := there()) else found):
            await asyncio.sleep(0.02)


async def stage(services: Services) -> str:
    found = await rows(services, unit_call)
    return f"{found[-1]['stage']} {found[-1]['outcome']}".strip() if found else ""


async def at(services: Services, wanted: str) -> None:
    async def there() -> bool:
        return await stage(services) == wanted

    await until(there)


async def page(officer: ClientSession) -> str:
    return await (await officer.get("/desk/phone/calls/1")).text()


async def talking(services: Services, asterisk: Asterisk) -> str:
    """A citizen and 王敏 speak."""
    await asterisk.calls_in("c1", f"+86{CITIZEN}")
    leg = await asterisk.rings("c1", "1001")
    await asterisk.picks_up("c1", leg)

    async def known() -> bool:
        found = await rows(services, call)
        return bool(found and found[0]["answered_at"] and "agent_on" in found[0]["marks"])

    await until(known)
    await until(lambda: asterisk.room_of("c1") == asterisk.room_of(leg) == "hub-c1")
    return leg


async def called(services: Services, asterisk: Asterisk, officer: ClientSession) -> str:
    """The unit's phone rings."""
    agent = await talking(services, asterisk)
    assert "呼叫单位值班电话" in await page(officer)
    answer = await officer.post("/desk/phone/calls/1/unit", data={"unit": "D04"})
    assert "正在呼叫单位" in await answer.text()
    assert asterisk.room_of("c1") == "hub-c1-hold"
    assert asterisk.channels[UNIT]["asked"]["endpoint"] == "PJSIP/000080004@trunk"
    return agent


async def test_consult_join_and_leave(services: Services, asterisk: Asterisk, officer: ClientSession) -> None:
    agent = await called(services, asterisk, officer)
    assert (await officer.post("/desk/phone/calls/1/unit/join")).status == 409
    assert (await officer.post("/desk/phone/calls/1/unit", data={"unit": "D04"})).status == 409
    await asterisk.enters(UNIT, "unit", "c1")
    await at(services, "consulting")
    await until(lambda: asterisk.room_of(UNIT) == "hub-c1")
    assert asterisk.room_of("c1") == "hub-c1-hold"
    assert "接入市民，三方通话" in await page(officer)
    await officer.post("/desk/phone/calls/1/unit/join")
    assert sorted(asterisk.bridges["hub-c1"]["channels"]) == sorted([agent, UNIT, "c1"])
    text = await (await officer.post("/desk/phone/calls/1/unit/leave")).text()
    assert "您已退出" in text
    assert agent not in asterisk.channels
    await asterisk.hangs_up(UNIT)
    await at(services, "ended joined")
    await until(lambda: asterisk.channels == {})
    await until(lambda: asterisk.bridges == {})
    (row,) = await rows(services, unit_call)
    assert (row["unit"], row["officer"], row["to_do"], row["due_at"]) == ("D04", "王敏", [], None)
    assert row["answered_at"] <= row["joined_at"] <= row["ended_at"]


@on_one
async def test_the_unit_does_not_answer_and_then_the_agent_hangs_up(
    services: Services, asterisk: Asterisk, officer: ClientSession
) -> None:
    agent = await called(services, asterisk, officer)
    await asterisk.hangs_up(UNIT, "No user responding")
    await at(services, "ended nobody")
    await until(lambda: asterisk.room_of("c1") == "hub-c1")
    assert "单位未接通" in await page(officer)
    await asterisk.hangs_up(agent)
    await until(lambda: asterisk.channels == {})


@on_one
@pytest.mark.parametrize("who", ["citizen", "agent"])
async def test_somebody_hangs_up_while_the_unit_rings(
    services: Services, asterisk: Asterisk, officer: ClientSession, who: str
) -> None:
    agent = await called(services, asterisk, officer)
    await asterisk.hangs_up(agent if who == "agent" else "c1")
    await at(services, "ended agent_lost" if who == "agent" else "ended citizen_left")
    await until(lambda: list(asterisk.channels) == (["c1"] if who == "agent" else []))
    if who == "agent":
        await until(lambda: "POST /ari/channels/c1/continue" in asterisk.asked)


@on_one
async def test_the_unit_cannot_be_rung(services: Services, asterisk: Asterisk, officer: ClientSession) -> None:
    await talking(services, asterisk)
    asterisk.no_trunk = True
    await officer.post("/desk/phone/calls/1/unit", data={"unit": "D04"})
    assert await stage(services) == "ended nobody"
    assert asterisk.room_of("c1") == "hub-c1"


@on_one
async def test_what_could_not_be_told_is_told_later(
    services: Services, asterisk: Asterisk, officer: ClientSession
) -> None:
    await talking(services, asterisk)
    asterisk.hangs = True
    await officer.post("/desk/phone/calls/1/unit", data={"unit": "D04"})
    (row,) = await rows(services, unit_call)
    assert (row["stage"], row["to_do"], row["tries"]) == ("calling", ["hold_citizen", "ring_unit"], 1)
    asterisk.hangs = False
    await until(lambda: UNIT in asterisk.channels)
    assert asterisk.room_of("c1") == "hub-c1-hold"


@on_one
async def test_only_who_speaks_with_the_citizen_calls_a_unit(
    services: Services, asterisk: Asterisk, officer: ClientSession
) -> None:
    await asterisk.calls_in("c1", CITIZEN)
    await asterisk.rings("c1", "1002")

    async def known() -> bool:
        found = await rows(services, call)
        return bool(found and found[0]["extension"] == "1002")

    await until(known)
    answer = await officer.post("/desk/phone/calls/1/unit", data={"unit": "D04"})
    assert (answer.status, "不在您的分机上" in await answer.text()) == (409, True)
    assert (await officer.post("/desk/phone/calls/77/unit", data={"unit": "D04"})).status == 404
    assert await rows(services, unit_call) == []


@on_one
async def test_a_missed_call_is_called_back_by_a_click(
    services: Services, asterisk: Asterisk, officer: ClientSession
) -> None:
    await asterisk.calls_in("c1", CITIZEN)
    await asterisk.hangs_up("c1")

    async def owed() -> bool:
        return bool(await rows(services, call_task))

    await until(owed)
    async with services.database.begin() as connection:
        await connection.execute(call_task.update().values(not_before=None))  # whatever hour it is here
    assert "点击拨号" in await (await officer.post("/desk/calls/1/take")).text()
    assert (await officer.post("/desk/calls/1/dial")).status == 200
    made = (await rows(services, call))[1]
    asked = asterisk.channels[made["call_id"]]["asked"]
    assert (asked["endpoint"], asked["extension"], made["direction"], made["officer"]) == (
        "PJSIP/1001", CITIZEN, "out", "王敏",
    )  # fmt: skip
    await asterisk.hangs_up(made["call_id"])

    async def ended() -> bool:
        return (await rows(services, call))[1]["ended_at"] is not None

    await until(ended)
    assert [task["done_at"] for task in await rows(services, call_task)] == [None]

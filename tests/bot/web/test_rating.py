"""The link in a letter: looking changes nothing, the form rates once, and every other link is politely refused."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import TestServer
from sqlalchemy import select

from benchmarks.due import fill
from bot.jobs import callbacks
from bot.orders.rating_link import Pass, RatingLinks
from bot.services import Services, build
from bot.settings import load
from bot.store.tables import callback, outbox, survey, ticket, ticket_event, used_link
from bot.web.app import make_app
from tests.journeys.clock import CITY_TIME, Clock
from tests.journeys.sms import HOOK_SECRET, TEMPLATES
from tickets.command import Command
from tickets.orders import Order
from tickets.state import Actor, Role

NINE = datetime(2026, 9, 21, 9, 0, tzinfo=CITY_TIME)
KEY = "a key that signs links in the tests"
GOOD = {"solved": "solved", "satisfaction": "satisfied", "comment": "谢谢"}
BAD = {"satisfaction": "dissatisfied", "reasons": "not_true", "comment": "没人来过"}
SMS = {
    "provider": "aliyun",
    "access_key_id": "id",
    "access_key_secret": "a-key-of-the-tests",
    "sign_name": "泉城12345",
    "hook_secret": HOOK_SECRET,
    "api_base": "http://127.0.0.1:9",
    "templates": TEMPLATES,
}


@pytest.fixture
def clock() -> Clock:
    return Clock(NINE)


@pytest.fixture
async def services(database_url: str, tmp_path: Path, clock: Clock) -> AsyncIterator[Services]:
    default = {
        "store": {"url": database_url, "connections": 4},
        "files": {"folder": str(tmp_path / "files")},
        "web": {"public_url": "https://12345.example.gov.cn/", "link_key": KEY},
        "channels": {"sms": {"city": SMS}, "app": {"web": {"jwt_secret": "j" * 40}}},
    }
    built = build(load(None, {}, default=default), now=clock.now)
    yield built
    await built.http.close()
    await built.database.close()


@pytest.fixture
async def browser(services: Services) -> AsyncIterator[ClientSession]:
    server = TestServer(make_app(services))
    await server.start_server(access_log=None)  # as the hub itself runs: addresses hold tokens
    async with ClientSession(str(server.make_url("/"))) as session:
        yield session
    await server.close()


@pytest.fixture
async def link(services: Services) -> str:
    """The path of the link a citizen was sent."""
    await fill(services.database, 1, at=NINE)
    await callbacks.call_back(services.office)
    (row,) = await rows(services, outbox)
    url = str(row["body"]["params"]["link"])
    assert url.startswith("https://12345.example.gov.cn/rate/")
    return url.removeprefix("https://12345.example.gov.cn")


async def rows(services: Services, table: Any) -> list[Any]:
    async with services.database.read() as connection:
        return list((await connection.execute(select(table).order_by(*table.primary_key.columns))).mappings())


async def everything(services: Services) -> list[Any]:
    return [await rows(services, table) for table in (ticket, survey, callback, ticket_event, used_link)]


async def look(browser: ClientSession, path: str) -> tuple[int, str]:
    answer = await browser.get(path)
    return answer.status, await answer.text()


async def post(browser: ClientSession, path: str, data: dict[str, str]) -> tuple[int, str]:
    answer = await browser.post(path, data=data)
    return answer.status, await answer.text()


async def test_looking_changes_nothing_and_the_form_rates(
    services: Services, browser: ClientSession, link: str
) -> None:
    before = await everything(services)
    for _ in range(3):  # a mail scanner, a preview, the citizen
        status, page = await look(browser, link)
        assert (status, "您的评价不会告知承办人个人" in page, "<script" in page) == (200, True, False)
    assert (await browser.head(link)).status == 200
    assert await everything(services) == before
    status, page = await post(browser, link, GOOD)
    assert (status, "感谢您的评价" in page) == (200, True)
    (row,) = await rows(services, ticket)
    assert (row["state"], row["solved"], row["satisfaction"]) == ("closed", "solved", "satisfied")
    (asked,) = await rows(services, survey)
    assert (asked["state"], asked["satisfaction"], asked["comment"]) == ("answered", "satisfied", "谢谢")
    (said,) = await rows(services, callback)
    assert (said["way"], said["comment"], said["standing"]) == ("message", "谢谢", "counts")


async def test_a_link_is_used_once_even_by_two_at_once(services: Services, browser: ClientSession, link: str) -> None:
    answers = await asyncio.gather(*(post(browser, link, GOOD) for _ in range(4)))
    assert sorted(status for status, _ in answers) == [200, 410, 410, 410]
    assert sum("已经评价过了" in page for _, page in answers) == 3
    status, page = await post(browser, link, BAD)
    assert (status, "已经评价过了" in page) == (410, True)
    status, page = await look(browser, link)
    assert (status, "已经评价过了" in page) == (410, True)
    assert [row["satisfaction"] for row in await rows(services, ticket)] == ["satisfied"]
    assert len(await rows(services, used_link)) == 1


async def test_dissatisfied_with_a_reason_is_done_again_and_the_old_link_is_over(
    services: Services, browser: ClientSession, link: str
) -> None:
    status, _ = await post(browser, link, BAD)
    assert status == 200
    (row,) = await rows(services, ticket)
    assert (row["state"], row["redo_no"], row["first_satisfaction"]) == ("handling", 1, "dissatisfied")
    told = [one["body"]["notice"] for one in await rows(services, outbox)]
    assert told == ["survey.ask", "ticket.redo"]
    assert (await look(browser, link))[0] == 410


async def test_an_incomplete_form_comes_back_with_what_was_chosen(browser: ClientSession, link: str) -> None:
    status, page = await post(browser, link, {"comment": "写了一半"})
    assert (status, "请选择一项评价" in page, "写了一半" in page) == (400, True, True)
    status, page = await post(browser, link, GOOD | {"solved": "perhaps"})
    assert (status, "填写有误" in page) == (400, True)
    status, _ = await post(browser, link, {"satisfaction": "unreachable"})
    assert status == 400
    assert (await post(browser, link, GOOD))[0] == 200


@pytest.mark.parametrize("place", [6, 14, -1, -10])
async def test_a_tampered_link_is_no_link(services: Services, browser: ClientSession, link: str, place: int) -> None:
    head, token = link.rsplit("/", 1)
    other = "1" if token[place] != "1" else "2"
    changed = f"{head}/{token[:place]}{other}{token[place:][1:]}"
    before = await everything(services)
    for status, page in (await look(browser, changed), await post(browser, changed, GOOD)):
        assert (status, "链接无效" in page) == (404, True)
    assert await everything(services) == before
    assert (await look(browser, "/rate/nonsense"))[0] == 404


async def test_an_expired_link_and_one_of_another_key(
    services: Services, browser: ClientSession, link: str, clock: Clock
) -> None:
    number = (await rows(services, ticket))[0]["number"]
    stranger = RatingLinks("another key that signs something else", "").token(Pass(number, 0, NINE + timedelta(days=9)))
    assert (await look(browser, f"/rate/{stranger}"))[0] == 404
    clock.advance(timedelta(days=14, seconds=1))
    for status, page in (await look(browser, link), await post(browser, link, GOOD)):
        assert (status, "已过期" in page) == (410, True)
    assert await rows(services, used_link) == []


async def test_after_silence_ended_it_the_link_is_over(
    services: Services, browser: ClientSession, clock: Clock
) -> None:
    await fill(services.database, 1, at=NINE)
    number = (await rows(services, ticket))[0]["number"]
    officer = Actor(Role.CALLBACK_OFFICER, "丁")
    for hour in (9, 12, 19):
        clock.set(2026, 9, 21 + hour // 9, hour, 0)
        await services.office.order(number, Order(Command.NO_REACH, officer))
    await services.office.order(number, Order(Command.LAPSE, officer))
    assert services.office.links is not None
    token = services.office.links.token(Pass(number, 0, clock.now() + timedelta(days=1)))
    for status, page in (await look(browser, f"/rate/{token}"), await post(browser, f"/rate/{token}", GOOD)):
        assert (status, "回访已经结束" in page) == (410, True)
    (row,) = await rows(services, ticket)
    assert row["satisfaction"] == "unreachable"


async def test_guessing_is_slowed_down_and_no_token_is_logged(
    browser: ClientSession, link: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    await post(browser, link, GOOD)
    statuses = [(await look(browser, f"/rate/guess{n}"))[0] for n in range(25)]
    assert (statuses[0], statuses[-1]) == (404, 429)
    assert (await look(browser, link))[0] == 410, "who has a genuine link does not wait for others"
    assert link.rsplit("/", 1)[1] not in caplog.text


async def test_channels_with_buttons_get_no_link(services: Services) -> None:
    from bot.store.tables import conversation

    await fill(services.database, 1, at=NINE)
    async with services.database.begin() as connection:
        await connection.execute(conversation.update().values(channel="app", account="web"))
    await callbacks.call_back(services.office)
    (row,) = await rows(services, outbox)
    assert "link" not in row["body"]["params"]
    assert row["body"]["choices"]

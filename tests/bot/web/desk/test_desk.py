"""The desk page: closed without a key, guarded, discreet, and every order from acceptance to the reply."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, CookieJar
from aiohttp.test_utils import TestServer
from sqlalchemy import insert, select, update

from bot.outbox.resting import rest
from bot.running import working
from bot.services import Services, build
from bot.settings import load
from bot.store.tables import alarm, call_task, conversation, officer_seen, outbox, ticket, ticket_event
from bot.web.app import make_app
from bot.web.desk.gate import COOKIE, TRIES
from channels.message import Address, Batch, Inbound, Kind, Trigger

KEY = "desk-key-of-the-tests"
PEER = "peer-nobody-may-read"
OURS = {"Sec-Fetch-Site": "same-origin"}


def settings(url: str, folder: Path, **web: str) -> Any:
    default = {
        "store": {"url": url, "connections": 4},
        "files": {"folder": str(folder)},
        "city": {"policy": "demo"},
        "web": web,
        "channels": {"app": {"web": {"jwt_secret": "j" * 40}}},
    }
    return load(None, {}, default=default)


@pytest.fixture
async def services(database_url: str, tmp_path: Path) -> AsyncIterator[Services]:
    async with working(build(settings(database_url, tmp_path, desk_key=KEY))) as running:
        yield running


@pytest.fixture
async def stranger(services: Services) -> AsyncIterator[ClientSession]:
    """A browser at the desk's door."""
    server = TestServer(make_app(services))
    await server.start_server()
    async with ClientSession(str(server.make_url("/")), cookie_jar=CookieJar(unsafe=True), headers=OURS) as session:
        yield session
    await server.close()


@pytest.fixture
async def officer(stranger: ClientSession) -> ClientSession:
    """The same browser, logged in."""
    answer = await stranger.post("/desk/login", data={"name": "王敏", "key": KEY})
    assert (answer.status, answer.url.path) == (200, "/desk")
    return stranger


async def hears(services: Services, *texts: str, **more: Any) -> None:
    for text in texts:
        message = Inbound(
            address=Address("app", "web", PEER),
            id=f"{PEER}:{text}",
            sent_at=datetime.now(UTC),
            kind=Kind.TEXT,
            text=text,
            **more,
        )
        await services.hub.receive(Batch((message,)))


async def reported(services: Services) -> str:
    """A citizen's report up to the ticket's number."""
    await hears(
        services, "我要投诉历下区文化东路88号楼下烧烤店油烟扰民,电话13800138000", "每天晚上", "希望整改", "确认"
    )
    async with services.database.read() as connection:
        number = await connection.scalar(select(ticket.c.number))
    assert number
    return str(number)


async def text_of(session: ClientSession, path: str) -> str:
    answer = await session.get(path)
    assert answer.status == 200, path
    return await answer.text()


async def test_without_a_key_the_desk_is_closed(database_url: str, tmp_path: Path) -> None:
    async with working(build(settings(database_url, tmp_path))) as running:
        server = TestServer(make_app(running))
        await server.start_server()
        async with ClientSession(str(server.make_url("/")), headers=OURS) as session:
            for path in ("/desk", "/desk/login", "/desk/talks"):
                answer = await session.get(path)
                assert answer.status == 404
                assert "工作台未开放" in await answer.text()
            assert (await session.post("/desk/login", data={"name": "王", "key": ""})).status == 404
        await server.close()


async def test_the_door(services: Services, stranger: ClientSession) -> None:
    for path in ("/desk", "/desk/tickets/1", "/desk/talks/1", "/desk/news", "/desk/files/x"):
        answer = await stranger.get(path, allow_redirects=False)
        assert (answer.status, answer.headers["Location"]) == (303, "/desk/login")
    foreign = {"Sec-Fetch-Site": "cross-site"}
    assert (await stranger.post("/desk/login", data={"name": "王敏", "key": KEY}, headers=foreign)).status == 403
    nameless = await stranger.post("/desk/login", data={"name": " \n", "key": KEY})
    assert nameless.status == 400
    answer = await stranger.post("/desk/login", data={"name": "王敏", "key": KEY}, allow_redirects=False)
    cookie = answer.cookies[COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Strict", "/desk")
    assert KEY not in cookie.value
    page = await stranger.get("/desk")
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert page.headers["Cache-Control"] == "no-store"
    assert (await stranger.post("/desk/alarms/1", headers=foreign)).status == 403
    async with services.database.read() as connection:
        assert await connection.scalar(select(officer_seen.c.name)) == "王敏"
    await stranger.post("/desk/logout")
    assert (await stranger.get("/desk", allow_redirects=False)).status == 303
    async with services.database.read() as connection:
        assert await connection.scalar(select(officer_seen.c.name)) is None


async def test_guessing_is_slowed_down(stranger: ClientSession) -> None:
    for _ in range(TRIES):
        assert (await stranger.post("/desk/login", data={"name": "王敏", "key": "wrong"})).status == 403
    assert (await stranger.post("/desk/login", data={"name": "王敏", "key": KEY})).status == 429


async def test_a_ticket_from_dispatch_to_the_reply(services: Services, officer: ClientSession) -> None:
    number = await reported(services)
    path = f"/desk/tickets/{number}"
    page = await text_of(officer, path)
    assert re.search(r'<optgroup label="建议">\s*<option value="\w+"', page)
    lead = re.findall(r'<option value="(\w+)"', page)[0]
    steps = (
        ("dispatch", {"lead": lead, "note": "请尽快"}),
        ("sign", {}),
        ("contact", {"method": "phone", "note": ""}),
        ("interim", {"text": "已到现场"}),
        ("submit_reply", {"public_reply": "油烟净化器已装好。", "closing_kind": "solved", "signer": "李强"}),
        ("review_pass", {}),
    )
    for command, data in steps:
        assert f'action="{path}/{command}"' in await text_of(officer, path)
        answer = await officer.post(f"{path}/{command}", data=data)
        assert (answer.status, answer.url.query["done"]) == (200, command), await answer.text()
    async with services.database.read() as connection:
        state = await connection.scalar(select(ticket.c.state))
        events = (await connection.execute(select(ticket_event.c.command, ticket_event.c.actor))).all()
        sent = (await connection.scalars(select(outbox.c.body))).all()
    assert state == "to_callback"
    assert ("dispatch", "王敏") in events
    assert ("sign", lead) in events
    assert any("油烟净化器已装好" in one["text"] for one in sent)


async def test_a_refusal_is_explained_and_loses_nothing(services: Services, officer: ClientSession) -> None:
    path = f"/desk/tickets/{await reported(services)}"
    answer = await officer.post(f"{path}/sign")
    assert answer.status == 409
    assert "不能“签收”" in await answer.text()
    lead = re.findall(r'<option value="(\w+)"', await text_of(officer, path))[0]
    await officer.post(f"{path}/dispatch", data={"lead": lead})
    await officer.post(f"{path}/sign")
    await officer.post(f"{path}/contact", data={"method": "phone"})
    words = "已处理,请拨打13900139000"
    answer = await officer.post(f"{path}/submit_reply", data={"public_reply": words, "closing_kind": "solved"})
    assert answer.status == 409
    page = await answer.text()
    assert "手机号或身份证号" in page
    assert words in page
    empty = await officer.post(f"{path}/submit_reply", data={"public_reply": " ", "closing_kind": "solved"})
    assert (empty.status, "请填写“答复内容”" in await empty.text()) == (400, True)
    alien = await officer.post(f"{path}/submit_reply", data={"public_reply": "好", "closing_kind": "unreasonable"})
    assert alien.status == 400
    assert (await officer.post(f"{path}/interim", data={"text": "字" * 4001})).status == 413
    nul = await officer.post(f"{path}/interim", data={"text": "有\0空"})
    assert nul.status == 200


async def test_unknown_things_are_not_found(officer: ClientSession) -> None:
    for path in (
        "/desk/tickets/X404",
        f"/desk/talks/{2**62}",
        "/desk/talks/9999999999999999999",
        "/desk/files/nothing",
    ):
        assert (await officer.get(path)).status == 404
    assert (await officer.post("/desk/tickets/X404/sign")).status == 404
    assert (await officer.post("/desk/tickets/X404/dance")).status == 404
    assert (await officer.post("/desk/talks/404/take")).status == 404


async def test_nobody_reads_peers_and_phones(services: Services, officer: ClientSession) -> None:
    number = await reported(services)
    await hears(services, "转人工")
    async with services.database.begin() as connection:
        await connection.execute(update(conversation).values(phone="13700137000", phone_sealed="13700137000"))
        await connection.execute(update(ticket).values(confidential=True))
    pages = [
        await text_of(officer, path) for path in ("/desk", f"/desk/tickets/{number}", "/desk/talks", "/desk/talks/1")
    ]
    for page in pages:
        for secret in (PEER, "13800138000", "13700137000"):
            assert secret not in page
    assert "138****8000" in pages[1]
    assert "身份保密" in pages[1]
    assert "/desk/talks/1" not in pages[1]
    assert f"/desk/tickets/{number}" not in pages[3]


async def test_the_queue_is_answered_by_a_person(services: Services, officer: ClientSession) -> None:
    await hears(services, "转人工")
    assert (await (await officer.get("/desk/news")).json())["talks"] == 1
    assert "市民要求人工" in await text_of(officer, "/desk/talks")
    early = await officer.post("/desk/talks/1/say", data={"text": "您好", "key": "k0"})
    assert early.status == 409
    assert "您好" in await early.text()
    page = await (await officer.post("/desk/talks/1/take")).text()
    key = re.search(r'name="key" value="([^"]+)"', page)
    assert key
    for _ in range(2):  # sent twice by an impatient hand
        page = await (await officer.post("/desk/talks/1/say", data={"text": "您好,请讲", "key": key[1]})).text()
    assert page.count('<p class="words">您好,请讲</p>') == 1
    assert (await officer.post("/desk/talks/1/say", data={"text": " ", "key": "k2"})).status == 400
    await officer.post("/desk/talks/1/give_back")
    assert "没有市民在等待人工" in await text_of(officer, "/desk/talks")


async def test_what_a_text_costs_is_told_before_it_is_sent(database_url: str, tmp_path: Path) -> None:
    sms = {
        "provider": "aliyun",
        "access_key_id": "id",
        "access_key_secret": "a-key-of-the-tests",
        "sign_name": "泉城12345",
        "hook_secret": "a-hook-secret-of-the-tests-0123456789",
        "api_base": "http://127.0.0.1:9",
        "templates": {"reply": {"id": "SMS_1", "params": {"text": "text"}, "limit": 500}},
    }
    default = {
        "store": {"url": database_url, "connections": 4},
        "files": {"folder": str(tmp_path)},
        "web": {"desk_key": KEY},
        "channels": {"sms": {"city": sms}},
    }
    long, short = "请您补充具体地点。" * 12, "请您补充具体地点。"
    async with working(build(load(None, {}, default=default))) as services:
        server = TestServer(make_app(services))
        await server.start_server()
        async with ClientSession(str(server.make_url("/")), cookie_jar=CookieJar(unsafe=True), headers=OURS) as one:
            await one.post("/desk/login", data={"name": "王敏", "key": KEY})
            asks = Inbound(
                address=Address("sms", "city", "13800138000"), id="1", sent_at=datetime.now(UTC), kind=Kind.TEXT,
                text="转人工", verified_phone="13800138000",
            )  # fmt: skip
            await services.hub.receive(Batch((asks,)))
            page = await (await one.post("/desk/talks/1/take")).text()
            assert "短信按条计费" in page
            page = await (await one.post("/desk/talks/1/say", data={"text": long, "key": "k1"})).text()
            assert "将按2条计费" in page
            assert f">{long}</textarea>" in page, "nothing he wrote is lost"
            assert f'<p class="words">{long}</p>' not in page
            page = await (await one.post("/desk/talks/1/say", data={"text": long, "key": "k1", "segments": "2"})).text()
            assert f'<p class="words">{long}</p>' in page
            page = await (await one.post("/desk/talks/1/say", data={"text": short, "key": "k2"})).text()
            assert f'<p class="words">{short}</p>' in page, "one segment needs no second look"
        await server.close()


async def test_what_was_said_in_public_is_marked_and_not_answered_there(
    services: Services, officer: ClientSession
) -> None:
    await hears(services, "着火了，三楼还有人", public=True, trigger=Trigger.MENTION)
    assert "着火了" in await text_of(officer, "/desk/alarms")
    page = await text_of(officer, "/desk/talks/1")
    assert '<span class="tag">公开发言</span>' in page
    assert "/desk/talks/1/take" not in page
    assert "不在此对话" in page


async def test_alarms_calls_and_letters_are_dealt_with(services: Services, officer: ClientSession) -> None:
    await hears(services, "家里燃气泄漏了,味道很大")
    assert "燃气泄漏" in await text_of(officer, "/desk/alarms")
    await officer.post("/desk/alarms/1")
    assert "王敏 已于" in await text_of(officer, "/desk/alarms")
    now = datetime.now(UTC)
    async with services.database.begin() as connection:
        task = {"key": "c1", "conversation_id": 1, "reason": "call", "text": "请告知办理结果", "created_at": now}
        await connection.execute(insert(call_task), task)
        await connection.execute(update(outbox).values(state="dead", why="no_way"))
    assert "请告知办理结果" in await text_of(officer, "/desk/calls")
    await officer.post("/desk/calls/1", data={"result": "已告知"})
    letter = re.findall(r'action="(/desk/letters/\d+)"', await text_of(officer, "/desk/letters"))
    assert letter
    await officer.post(letter[0])
    async with services.database.read() as connection:
        done = (await connection.execute(select(call_task.c.done_by, call_task.c.result))).one()
        by = await connection.scalar(select(alarm.c.acknowledged_by))
        states = (
            await connection.scalars(select(outbox.c.state).where(outbox.c.id == int(letter[0].split("/")[-1])))
        ).all()
    assert (tuple(done), by) == (("王敏", "已告知"), "王敏")
    assert states in (["queued"], ["leased"], ["sent"])


async def test_an_account_at_rest_is_shown_with_why_and_since_when(services: Services, officer: ClientSession) -> None:
    assert "暂停发送" not in await text_of(officer, "/desk/letters")
    await hears(services, "你好")
    now = services.now()
    async with services.database.begin() as connection:
        await rest(connection, ("app", "web"), until=now + timedelta(minutes=5), reason="Away", now=now)
        await rest(connection, ("sms", "city"), until=now + timedelta(seconds=2), reason="Later", now=now)
    page = await text_of(officer, "/desk/letters")
    assert "（web）自" in page
    assert "连不上服务方" in page
    assert page.count("暂停发送") == 1, "a breath is nothing to tell anybody"


async def test_a_return_is_asked_and_decided_and_the_ticket_goes_on(services: Services, officer: ClientSession) -> None:
    path = f"/desk/tickets/{await reported(services)}"
    leads = re.findall(r'<option value="(\w+)"', await text_of(officer, path))
    await officer.post(f"{path}/dispatch", data={"lead": leads[0]})
    asked = {"reason": "not_our_duty", "clause": "三定规定第四条", "suggested": leads[1]}
    assert (await officer.post(f"{path}/request_return", data=asked)).status == 200
    page = await text_of(officer, path)
    assert f'action="{path}/approve_return"' in page
    assert f'action="{path}/request_return"' not in page
    assert (await officer.post(f"{path}/approve_return")).status == 200
    answer = await officer.post(f"{path}/dispatch", data={"lead": leads[0]})
    assert "该单位已退回此单" in await answer.text()
    assert (await officer.post(f"{path}/dispatch", data={"lead": leads[1]})).status == 200


async def test_two_signatures_are_of_two_people(services: Services, officer: ClientSession) -> None:
    path = f"/desk/tickets/{await reported(services)}"
    lead = re.findall(r'<option value="(\w+)"', await text_of(officer, path))[0]
    await officer.post(f"{path}/dispatch", data={"lead": lead})
    await officer.post(f"{path}/sign")
    claim = {"evidence": "现场记录", "public_reply": "没有法律依据"}
    assert (await officer.post(f"{path}/claim_unreasonable", data=claim)).status == 200
    assert (await officer.post(f"{path}/approve_unreasonable")).status == 200
    again = await officer.post(f"{path}/approve_unreasonable")
    assert (again.status, "须由另一人办理" in await again.text()) == (409, True)
    await officer.post("/desk/login", data={"name": "李强", "key": KEY})
    assert (await officer.post(f"{path}/approve_unreasonable")).status == 200
    async with services.database.read() as connection:
        assert await connection.scalar(select(ticket.c.state)) == "closed"

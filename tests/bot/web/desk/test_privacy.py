"""Seeing who a citizen is: with a purpose, a limit, a second person where he is confidential; and writing to him unseen."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot.services import Services
from bot.store.citizens import accesses
from bot.store.tables import alarm, conversation, outbox, reveal, ticket, ticket_event
from channels.message import Address
from tests.bot.files.test_photos import taken
from tests.bot.web.desk.test_desk import hears, text_of
from tests.bot.web.test_accounts import PASSWORD, Login, dispatched, login, services
from tickets.orders import Command, Order
from tickets.privacy.access import FieldClass
from tickets.privacy.revealing import Denied, Purpose
from tickets.state import Actor, Role

__all__ = ["login", "services"]
PHONE = "13700137000"


async def known(services: Services, **columns: object) -> str:
    """A dispatched ticket of a citizen with a proved phone."""
    number = await dispatched(services)
    async with services.database.begin() as connection:
        await connection.execute(update(conversation).values(phone=PHONE, phone_sealed=PHONE))
        if columns:
            await connection.execute(update(ticket).values(**columns))
    return number


async def talking(services: Services, account: str) -> None:
    async with services.database.begin() as connection:
        await connection.execute(update(conversation).values(owner="agent", agent=account))


async def last_answer(services: Services) -> str:
    async with services.database.read() as connection:
        body = await connection.scalar(select(outbox.c.body).order_by(outbox.c.id.desc()).limit(1))
    assert body is not None
    return str(body["text"])


def asking(field: str = "P1", purpose: str = "call", reason: str = "消息无法送达") -> dict[str, str]:
    return {"field": field, "purpose": purpose, "reason": reason}


async def test_a_number_is_shown_for_a_purpose_and_a_time_and_the_citizen_is_told(
    services: Services, login: Login
) -> None:
    number = await known(services)
    agent, path = await login("agent"), f"/desk/private/{number}"
    assert (await agent.post(f"{path}/reveal", data=asking())).status == 409, "he has nothing to do with it"
    await talking(services, "agent")
    assert PHONE not in await text_of(agent, path)
    assert (await agent.post(f"{path}/reveal", data=asking(reason=" "))).status == 409
    page = await (await agent.post(f"{path}/reveal", data=asking())).text()
    assert PHONE in page
    assert PHONE not in await text_of(agent, f"/desk/tickets/{number}"), "and nowhere else"
    async with services.database.begin() as connection:
        row = (await connection.execute(select(reveal))).one()
        assert (row.until - row.asked_at, row.purpose, row.needs_second) == (timedelta(minutes=30), "call", False)
        await connection.execute(update(reveal).values(until=row.asked_at))
    assert PHONE not in await text_of(agent, path)
    assert [one["deed"] for one in await accesses.entries(services.database, ticket=number)] == ["read", "reveal"]

    async with services.database.begin() as connection:
        await connection.execute(update(conversation).values(owner="bot", agent=""))
    await hears(services, "谁看过我的信息")
    told = await last_answer(services)
    assert "电话联系您" in told
    assert "坐席" in told
    assert "agent" not in told, "never by name"


async def test_a_confidential_citizen_is_seen_by_two_people_only(services: Services, login: Login) -> None:
    number = await known(services, confidential=True)
    await talking(services, "agent")
    agent, leader, unit, path = (
        await login("agent"),
        await login("leader"),
        await login("d01c"),
        f"/desk/private/{number}",
    )
    assert (await unit.post(f"{path}/reveal", data=asking())).status == 409, "never to the unit"
    page = await (await agent.post(f"{path}/reveal", data=asking())).text()
    assert PHONE not in page
    assert "消息无法送达" in await text_of(leader, "/desk/reveals")
    (id,) = re.findall(r"/desk/reveals/(\d+)/agree", await text_of(leader, "/desk/reveals"))
    assert (await agent.post(f"/desk/reveals/{id}/agree")).status == 403
    assert (await leader.post(f"/desk/reveals/{id}/agree")).status == 200
    assert PHONE in await text_of(agent, path)
    assert (await leader.post(f"/desk/reveals/{id}/refuse")).status == 409, "decided already"
    await agent.post(f"{path}/reveal", data=asking("P0", "verify"))
    (id,) = re.findall(r"/desk/reveals/(\d+)/refuse", await text_of(leader, "/desk/reveals"))
    await leader.post(f"/desk/reveals/{id}/refuse")
    assert "13800138000" not in await text_of(agent, path)


async def test_the_leader_who_asks_does_not_agree_to_it_himself(services: Services) -> None:
    number = await known(services, confidential=True)
    both = await services.roster.add(
        "both", "两", roles=("agent", "office_leader"), unit="", password=PASSWORD, by="cli"
    )
    await talking(services, "both")
    assert not await services.reveals.ask(both, number, FieldClass.CONTACT, Purpose.CALL, "须致电")
    (row,) = await services.reveals.pending()
    with pytest.raises(Denied, match="same_person"):
        await services.reveals.agree(both, row["id"])


async def test_where_life_is_in_danger_it_is_seen_at_once_and_reviewed(services: Services, login: Login) -> None:
    number = await known(services, confidential=True)
    agent, auditor, path = await login("agent"), await login("auditor"), f"/desk/private/{number}"
    page = await (
        await agent.post(f"{path}/reveal", data=asking(purpose="life", reason="扬言轻生,电话13912345678"))
    ).text()
    assert PHONE in page
    page = await text_of(auditor, "/desk/audit")
    assert "紧急查看待复核" in page
    assert "13912345678" not in page, "reasons are scrubbed"
    assert (await agent.get("/desk/audit")).status == 403
    (id,) = re.findall(r'action="/desk/audit/(\d+)"', page)
    assert (await auditor.post(f"/desk/audit/{id}", data={"note": "情况属实"})).status == 200
    assert "紧急查看待复核" not in await text_of(auditor, "/desk/audit")
    assert (await auditor.post(f"/desk/audit/{id}", data={"note": "再次"})).status == 409
    assert "复核紧急查看" in await text_of(auditor, f"/desk/audit?ticket={number}")


async def test_many_reveals_in_an_hour_are_an_alarm_once(services: Services) -> None:
    number = await known(services)
    await talking(services, "agent")
    agent = await services.roster.get("agent")
    for _ in range(12):
        async with services.database.begin() as connection:
            await connection.execute(update(reveal).values(until=reveal.c.asked_at))
        assert await services.reveals.ask(agent, number, FieldClass.CONTACT, Purpose.CALL, "须致电")
    async with services.database.read() as connection:
        raised = (await connection.execute(select(alarm.c.level, alarm.c.kind))).all()
    assert [tuple(one) for one in raised] == [("S1", "reveals")]


async def test_a_unit_writes_to_the_citizen_without_his_number(services: Services, login: Login) -> None:
    number = await known(services)
    unit, other, path = await login("d01c"), await login("d02c"), f"/desk/private/{number}"
    said = {"text": "我们今晚去现场，请问几楼？", "key": "k1"}
    assert (await unit.post(f"{path}/relay", data=said)).status == 409, "not signed yet"
    await services.office.order(number, Order(Command.SIGN, Actor(Role.UNIT, "D01C")))
    page = await text_of(unit, path)
    assert PHONE not in page
    assert "138****8000" not in page
    assert (await unit.post(f"{path}/relay", data={"text": " ", "key": "k0"})).status == 400
    for _ in range(2):  # sent twice by an impatient hand
        assert (await unit.post(f"{path}/relay", data=said)).status == 200
    assert (await other.post(f"{path}/relay", data=said)).status == 404
    async with services.database.read() as connection:
        row = (await connection.execute(select(ticket))).one()
        event = (await connection.execute(select(ticket_event).where(ticket_event.c.command == "contact"))).first()
        told = (await connection.scalars(select(outbox.c.body).where(outbox.c.key == f"u:{number}:k1"))).all()
    assert row.contacted_at is not None
    assert event is not None
    assert (event.data["method"], event.data["evidence"], event.data["officer"]) == (
        "message",
        f"u:{number}:k1",
        "d01c",
    )
    assert [one["text"] for one in told] == ["D01C 历下区城管局：我们今晚去现场，请问几楼？"]


async def test_a_photo_is_shown_without_what_the_camera_wrote(services: Services, login: Login) -> None:
    citizen = Address("app", "web", "c-photo")
    photo, broken = taken("JPEG", orientation=6), taken("JPEG")[:-200]
    shown, spoiled = [
        await services.door.keep(citizen, name="路灯.jpg", media_type="image/jpeg", content=one)
        for one in (photo, broken)
    ]
    agent = await login("agent")
    answer = await agent.get(f"/desk/files/{shown.id}")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "image/jpeg")
    assert b"HUAWEI" not in await answer.read()
    assert (await agent.get(f"/desk/files/{spoiled.id}")).status == 404
    assert shown.path.read_bytes() == photo, "the citizen's own stays as he sent it"

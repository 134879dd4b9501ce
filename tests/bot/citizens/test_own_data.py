"""What is kept of a citizen: forgotten in time, copied for him, erased by two people; the figures and the chain stay."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from bot.citizens.own_data import Refused
from bot.citizens.retention import AT_ONCE, Retention
from bot.services import Services
from bot.store import audit
from bot.store.tables import (
    access_entry,
    attachment,
    conversation,
    message,
    metadata,
    outbox,
    retention_mark,
    ticket,
    ticket_event,
)
from bot.web.own_copy import plain, readable
from tests.bot.house import NOW, at_work, house, one
from tests.clock import Clock
from tickets.orders import Command, Order
from tickets.privacy.access import Officer
from tickets.state import Actor, Role

SAID = "我叫王小明,历下区文化东路88号楼下烧烤店油烟扰民,电话13800138000"
SECRETS = ("王小明", "13800138000", "油烟扰民", "peer-of-wang")
LI, ZHAO = (Officer(name, name, frozenset({role})) for name, role in (("li", Role.AGENT), ("zhao", Role.OFFICE_LEADER)))
UNIT = "D01C"
PHOTO = b"a photo"


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
async def services(database_url: str, tmp_path: Path, clock: Clock) -> AsyncIterator[Services]:
    async with at_work(house(database_url, tmp_path, now=clock)) as running:
        yield running


async def reported(services: Services) -> str:
    for text in ("投诉" + SAID, "每天晚上", "希望整改", "提交"):
        await services.hub.receive(one("peer-of-wang", text))
    async with services.database.begin() as connection:
        number = await connection.scalar(select(ticket.c.number).where(ticket.c.closed_at.is_(None)))
        await connection.execute(update(outbox).values(state="sent"))
    assert number
    return str(number)


async def handled(services: Services, number: str) -> None:
    """Up to a closed ticket with a photo and a supplement."""
    unit, reviewer = Actor(Role.UNIT, UNIT), Actor(Role.REVIEWER, "qian")
    for command, actor, data in (
        (Command.DISPATCH, Actor(Role.DISPATCHER, "sun"), {"lead": UNIT, "note": "王小明家"}),
        (Command.SIGN, unit, {}),
        (Command.SUPPLEMENT, Actor(Role.AGENT, "li"), {"text": "油烟扰民更重了"}),
        (Command.CONTACT, unit, {"method": "phone", "note": "电话13800138000"}),
        (Command.SUBMIT_REPLY, unit, {"public_reply": "油烟扰民已整改", "closing_kind": "solved"}),
        (Command.CLOSE_WITHOUT_CALLBACK, reviewer, {"waiver": "declined"}),
    ):
        await services.office.order(number, Order(command, actor, data))
    kept = services.files.keep(PHOTO, media_type="image/jpeg")
    async with services.database.begin() as connection:
        row = {"id": "photo", "conversation_id": 1, "channel": "app", "account": "web", "ref": "", "kind": "image",
               "media_type": "image/jpeg", "name": "王小明.jpg", "sha256": kept.sha256, "state": "stored",
               "not_before": NOW, "created_at": NOW}  # fmt: skip
        await connection.execute(attachment.insert().values(**row))
        await connection.execute(update(ticket).values(attachments=["photo"]))
        await connection.execute(update(outbox).values(state="sent"))


async def everything(services: Services) -> str:
    """Every value of every row of every table, as text."""
    async with services.database.read() as connection:
        rows = [repr(tuple(row)) for table in metadata.sorted_tables for row in await connection.execute(select(table))]
    return "\n".join(rows)


def retention(services: Services) -> Retention:
    policy = services.city.policies.at(services.now().date())
    return Retention(
        database=services.database, files=services.files, keep=lambda: policy.privacy.keep, now=services.now
    )


async def test_an_old_ticket_keeps_its_figures_and_its_chain_and_no_words(services: Services, clock: Clock) -> None:
    number = await reported(services)
    await handled(services, number)
    async with services.database.read() as connection:
        before = (await connection.execute(select(ticket))).one()
    forget = retention(services)
    clock.now += timedelta(days=1824)
    assert await forget.anonymise() == 0
    clock.now += timedelta(days=2)
    assert await forget.anonymise() == 1
    assert await forget.anonymise() == 0
    assert await forget.forget_chat() > 0
    assert await forget.forget_chat() == 0
    left = await everything(services)
    for secret in SECRETS[:3]:
        assert secret not in left
    async with services.database.read() as connection:
        after = (await connection.execute(select(ticket))).one()
        events = (await connection.execute(select(ticket_event).order_by(ticket_event.c.n))).all()
        talks = await connection.scalar(select(func.count()).select_from(attachment))
    for name in (
        "category",
        "district",
        "received_at",
        "closed_at",
        "due_at",
        "state",
        "lead_unit",
        "type",
        "closing_kind",
    ):
        assert getattr(after, name) == getattr(before, name)
    assert (after.citizen, after.title, after.content, after.attachments, talks) == (0, "", "", [], 0)
    assert after.conversation_id != before.conversation_id
    assert {"late": False} in [event.data for event in events], "whether it was signed late is a figure"
    found = await audit.verify(services.database)
    assert (found.broken, found.erased, found.older) == ([], len(events), 0)
    assert not services.files.path(sha256(PHOTO).hexdigest()).exists()


async def test_the_chat_is_forgotten_in_steps_and_new_words_stay(services: Services, clock: Clock) -> None:
    await services.hub.receive(one("peer-of-wang", SAID))
    async with services.database.begin() as connection:
        mine = dict((await connection.execute(select(message))).mappings().one())
        first = mine.pop("id")
        more = [{**mine, "seq": 100 + n, "dedupe_key": f"m{n}"} for n in range(1, AT_ONCE + 50)]
        await connection.execute(message.insert(), more)
    clock.now += timedelta(days=366)
    await services.hub.receive(one("another", "今天的话"))
    forget = retention(services)
    assert await forget.forget_chat() >= AT_ONCE + 50
    async with services.database.read() as connection:
        texts = set((await connection.scalars(select(message.c.text))).all())
        marks = await connection.scalar(select(retention_mark.c.done).where(retention_mark.c.job == "chat.message"))
    assert texts == {"", "今天的话"}
    assert marks == first + AT_ONCE + 49


async def test_the_record_of_looks_outlives_the_rest(services: Services, clock: Clock) -> None:
    async with services.database.begin() as connection:
        await connection.execute(access_entry.insert().values(at=clock.now, account="li", deed="login"))
    clock.now += timedelta(days=3649)
    assert await retention(services).forget_audit() == 0
    clock.now += timedelta(days=2)
    assert await retention(services).forget_audit() == 1


async def test_a_citizen_is_given_everything_that_is_his(services: Services) -> None:
    number = await reported(services)
    await handled(services, number)
    citizen = await services.own_data.find(number=number)
    kept = await services.own_data.export(citizen, by=LI)
    text = readable(kept)
    for his in (*SECRETS[:3], number, "王小明.jpg"):
        assert his in text
    assert "sun" not in json.dumps(plain(kept), ensure_ascii=False), "who handled it is not his data"
    assert [row["command"] for row in kept["log"]][:3] == ["submit", "accept", "dispatch"]
    with pytest.raises(Refused):
        await services.own_data.export(citizen, by=Officer("x", "x", frozenset({Role.UNIT}), UNIT))
    with pytest.raises(LookupError):
        await services.own_data.find(phone="+8613900000000")


async def test_erasing_takes_two_people_and_leaves_nothing_of_him(services: Services) -> None:
    number = await reported(services)
    citizen, own = await services.own_data.find(number=number), services.own_data
    await handled(services, number)
    id = await own.ask("erase", citizen, by=LI, reason="王先生本人到窗口申请,电话13800138000")
    assert await own.ask("erase", citizen, by=LI, reason="again") == id, "one open request of a kind"
    with pytest.raises(Refused, match="same_person"):
        await own.sign(id, LI)
    with pytest.raises(Refused, match="rights"):
        await own.sign(id, Officer("wu", "wu", frozenset({Role.AGENT})))
    assert await own.sign(id, ZHAO)
    left = await everything(services)
    for secret in SECRETS:
        assert secret not in left
    assert (await audit.verify(services.database)).broken == []
    with pytest.raises(LookupError):
        await own.find(number=number)
    with pytest.raises(Refused, match="over"):
        await own.sign(id, ZHAO)
    # He may come again, as somebody we never met.
    await services.hub.receive(one("peer-of-wang", "你好"))
    async with services.database.read() as connection:
        peers = (await connection.scalars(select(conversation.c.id).where(conversation.c.peer == "peer-of-wang"))).all()
    assert peers not in ([], [1])


async def test_what_is_still_handled_is_not_erased(services: Services) -> None:
    number = await reported(services)
    own, before = services.own_data, await everything(services)
    id = await own.ask("erase", await own.find(number=number), by=LI, reason="他要求")
    with pytest.raises(Refused) as refused:
        await own.sign(id, ZHAO)
    assert (refused.value.reason, refused.value.numbers) == ("open", (number,))
    assert SECRETS[0] in before
    assert SECRETS[0] in await everything(services)


async def test_the_citizen_asks_himself_in_the_dialog(services: Services) -> None:
    for text in ("删除我的信息", "确认删除", "导出我的信息"):
        await services.hub.receive(one("peer-of-wang", text))
    rows = await services.own_data.open_requests()
    assert [(row["kind"], row["asked_by"]) for row in rows] == [("erase", ""), ("export", "")]
    assert not await services.own_data.sign(rows[0]["id"], LI), "the first of two"
    await services.own_data.refuse(rows[1]["id"], LI, "不能确认是本人")
    assert [row["kind"] for row in await services.own_data.open_requests()] == ["erase"]

"""Codes and their limits, on both databases: so many tries, so many texts, so long, each for one chat."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot.outbox import secret
from bot.outbox.letter import case_of, chats, letters
from bot.outbox.planner import Step, plan
from bot.services import Services, build
from bot.settings import load
from bot.store.tables import conversation, link, outbox, proof
from channels.message import Address, Batch, Inbound, Kind, Notice
from tests.bot.citizens.test_closed_routes import PHONE, SMS, TELEGRAM
from tests.bot.house import NOW, at_work, one
from tests.clock import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
async def services(database_url: str, tmp_path: Path, clock: Clock) -> AsyncIterator[Services]:
    accounts = {"app": {"web": {"jwt_secret": "an example secret of the tests, 32 bytes+"}}, "sms": {"city": SMS}}
    default = {
        "store": {"url": database_url, "connections": 4},
        "files": {"folder": str(tmp_path)},
        "channels": accounts | {"telegram": {"city": TELEGRAM}},
    }
    async with at_work(build(load(None, {}, default=default), now=clock)) as running:
        yield running


async def says(services: Services, text: str, *, peer: str = "p1") -> str:
    """What the citizen hears to this."""
    (taken,) = await services.hub.receive(one(peer, text))
    return await services.door.answer(taken)


async def codes(services: Services) -> list[str]:
    """Every code that was drawn, as the phone will read it."""
    await services.phone.claims.texts.send()
    async with services.database.read() as connection:
        rows = (
            await connection.execute(select(outbox.c.body).where(outbox.c.key.like("proof:%")).order_by(outbox.c.id))
        ).all()
        bodies = [secret.opened(connection, row.body) for row in rows]
    return [body.params["code"] for body in bodies if isinstance(body, Notice)]


async def asked(services: Services, *, peer: str = "p1", phone: str = PHONE) -> str:
    await says(services, "绑定手机", peer=peer)
    return await says(services, phone, peer=peer)


async def test_a_wrong_code_may_be_tried_five_times(services: Services) -> None:
    await asked(services)
    (right,) = await codes(services)
    wrong = f"{(int(right) + 1) % 10**6:06d}"
    for _ in range(4):
        assert "不正确" in await says(services, wrong)
    assert "错误次数过多" in await says(services, wrong)
    assert "错误次数过多" not in await says(services, right), "it is no code any more but a number like any"
    async with services.database.read() as connection:
        assert not (await connection.execute(select(link))).all()
        assert await connection.scalar(select(proof.c.tries)) == 5


async def test_a_code_is_good_for_ten_minutes_and_once(services: Services, clock: Clock) -> None:
    await asked(services)
    (first,) = await codes(services)
    clock.now += timedelta(minutes=11)
    assert "没有查到" in await says(services, first)
    await asked(services)
    _, second = await codes(services)
    assert "已绑定尾号8217" in await says(services, second)
    await says(services, "换绑手机")
    assert "不是大陆手机号" in await says(services, second), "a used code opens nothing"


async def test_a_code_belongs_to_the_chat_that_asked(services: Services, clock: Clock) -> None:
    await asked(services, peer="p1")
    clock.now += timedelta(minutes=2)
    await asked(services, peer="p2")
    first, second = await codes(services)
    if first != second:
        assert "不正确" in await says(services, first, peer="p2")
    assert "已绑定" in await says(services, second, peer="p2")
    async with services.database.read() as connection:
        proved = list(
            await connection.scalars(select(conversation.c.phone_sealed).where(conversation.c.channel == "app"))
        )
    assert sorted(proved, key=str) == sorted([PHONE, None], key=str)


async def test_no_phone_and_no_citizen_is_flooded(services: Services, clock: Clock) -> None:
    assert "尾号8217" in await asked(services)
    assert "发送次数过多" in await says(services, PHONE), "not a minute after the last"
    for n in range(4):
        clock.now += timedelta(minutes=2)
        assert "尾号8217" in await asked(services, peer=f"q{n}")
    clock.now += timedelta(minutes=2)
    assert "发送次数过多" in await asked(services, peer="q9"), "five to one phone"
    for n in range(4):
        clock.now += timedelta(minutes=2)
        assert "尾号" in await asked(services, phone=f"1390013900{n}")
    clock.now += timedelta(minutes=2)
    assert "发送次数过多" in await asked(services, phone="13900139009"), "five for one citizen"
    clock.now += timedelta(hours=25)
    assert "尾号8217" in await asked(services)
    assert len(await codes(services)) == 10


async def test_codes_that_are_over_are_forgotten(services: Services, clock: Clock) -> None:
    await asked(services)
    await codes(services)
    assert await services.phone.claims.texts.forget() == 0
    clock.now += timedelta(days=2)
    assert await services.phone.claims.texts.forget() == 1
    async with services.database.read() as connection:
        assert not (await connection.execute(select(proof))).all()
        (row,) = (await connection.execute(select(outbox).where(outbox.c.key.like("proof:%")))).all()
    assert (row.state, row.body) == ("cancelled", {"text": secret.HIDDEN}), "unsent, it is worth nothing now"


async def test_a_guesser_of_claims_is_not_listened_to(services: Services) -> None:
    for _ in range(20):
        assert "不正确" in await says(services, "认领 2609180002175 00000000")
    assert "错误次数过多" in await says(services, "认领 2609180002175 00000000")


async def test_a_channel_that_vouches_is_written_down_as_the_proof(services: Services) -> None:
    for peer, channel in ((PHONE, "sms"), ("p1", "app")):
        proved = Inbound(
            address=Address(channel, "city" if channel == "sms" else "web", peer),
            id=f"{peer}:1",
            sent_at=NOW,
            kind=Kind.TEXT,
            text="您好",
            verified_phone=PHONE,
        )
        await services.hub.receive(Batch((proved,)))
    async with services.database.read() as connection:
        rows = (await connection.execute(select(link))).all()
        citizens = set(await connection.scalars(select(conversation.c.citizen)))
    assert [(row.kind, row.proof) for row in rows] == [("phone", "channel")]
    assert len(citizens) == 1


async def test_a_code_goes_to_its_phone_or_nowhere(services: Services, clock: Clock) -> None:
    """Read in another chat of his it would prove nothing."""
    for channel, peer, account in (("sms", PHONE, "city"), ("telegram", "5001234567", "city")):
        proved = Inbound(
            address=Address(channel, account, peer), id=f"{peer}:1", sent_at=NOW, kind=Kind.TEXT, text="您好",
            verified_phone=PHONE,
        )  # fmt: skip
        await services.hub.receive(Batch((proved,)))
    await asked(services, peer="q1")
    await services.phone.claims.texts.send()
    async with services.database.begin() as connection:
        await connection.execute(update(outbox).where(outbox.c.key.not_like("proof:%")).values(state="sent"))
        closed = {"elsewhere": True, "opted_out_at": NOW}
        await connection.execute(update(conversation).where(conversation.c.channel == "sms").values(**closed))
        row = (
            (await connection.execute(letters(services.accounts).where(outbox.c.key.like("proof:%")))).mappings().one()
        )
        others = (await chats(connection, [row])).get(row["citizen"], [])
        case = case_of(row, services.accounts, services.accounts["sms", "city"], chats=others)
    assert {one["channel"] for one in others} == {"sms", "telegram"}
    assert (case.opted_out, case.elsewhere) == (True, ())
    assert plan(case, now=NOW).step is Step.CANCEL

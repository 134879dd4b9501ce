"""A route a citizen closes is closed at once, on every channel: what waits for it is planned anew, and it opens again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from bot.metrics import Metrics
from bot.outbox.lease import lease
from bot.outbox.receipts import apply
from bot.outbox.worker import Worker, always_awake
from bot.services import Services, build
from bot.settings import load
from bot.store.tables import conversation, outbox
from bot.store.wording import write_body
from channels.errors import OptedOut
from channels.mailbox.parse import Reader
from channels.mailbox.render import render
from channels.message import Address, Batch, Event, Inbound, Kind, Letter, Notice, Outbound, Receipt, Stage, Trigger
from tests.bot.house import NOW, at_work
from tests.channels.mailbox.letters import letter
from tests.channels.wechat.case import ACCOUNT as WECHAT

PHONE = "13800138217"
NOTICE = Notice("ticket.dispatched", {"number": "2609180002175"}, "您的诉求已转办")
SMS = {
    "provider": "aliyun",
    "access_key_id": "id",
    "access_key_secret": "a-key-of-the-tests",
    "sign_name": "泉城12345",
    "hook_secret": "a-hook-secret-of-the-tests-0123456789",
    "templates": {"reply": {"id": "SMS_1", "params": {"text": "text"}, "limit": 500}},
}
MAILBOX = {
    "address": "hotline@city.test",
    "name": "泉城市长信箱",
    "user": "hotline@city.test",
    "password": "a-password-of-the-tests",
    "imap": {"host": "imap.city.test", "port": 993},
    "smtp": {"host": "127.0.0.1", "port": 587, "tls": "none"},
}
TELEGRAM = {"token": "123456:abcdefghijklmnopqrstuvwxyz_ABCDEFGH"}
PEERS = {
    "wechat": "oABCD1234567890abcdefghijklm",
    "telegram": "5001234567",
    "sms": PHONE,
    "mailbox": "wang@citizen.test",
}


@pytest.fixture
async def services(database_url: str, tmp_path: Path) -> AsyncIterator[Services]:
    channels = {"wechat": WECHAT, "telegram": TELEGRAM, "sms": SMS, "mailbox": MAILBOX}
    default: dict[str, Any] = {"store": {"url": database_url, "connections": 4}, "files": {"folder": str(tmp_path)}}
    default["channels"] = {name: {"city": account} for name, account in channels.items()}
    async with at_work(build(load(None, {}, default=default), now=lambda: NOW)) as running:
        yield running


def said(channel: str, text: str, key: str, **more: Any) -> Inbound:
    proved = {"verified_phone": PHONE} if channel == "sms" else {}
    mail = {"letter": Letter(title=more.pop("title", ""))} if channel == "mailbox" else {}
    given: dict[str, Any] = {"kind": Kind.TEXT, "sent_at": NOW} | proved | mail | more
    return Inbound(address=Address(channel, "city", PEERS[channel]), id=key, text=text, **given)


async def heard(services: Services, *messages: Inbound) -> None:
    await services.hub.receive(Batch(messages))


def left(channel: str) -> Inbound:
    """WeChat's unsubscribe; Telegram's my_chat_member "kicked": read so by their own parsers' tests."""
    return said(channel, "", "left", kind=Kind.EVENT, event=Event.UNFOLLOWED, trigger=Trigger.NONE)


async def waiting(services: Services, channel: str) -> None:
    """A notice in the queue of the citizen's own chat; nothing else waits. His phone is known, he lets us use it."""
    async with services.database.begin() as connection:
        await connection.execute(update(outbox).values(state="sent"))
        mine = (await connection.execute(select(conversation).where(conversation.c.channel == channel))).one()
        proved = {"elsewhere": True, "elsewhere_at": NOW, "window_left": 5, "window_until": NOW + timedelta(hours=1)}
        if channel != "sms":
            proved |= {"phone": PHONE, "phone_sealed": PHONE}
        await connection.execute(update(conversation).where(conversation.c.id == mine.id).values(**proved))
        row = {
            "key": f"n:{mine.last_seq}", "conversation_id": mine.id, "seq": mine.last_seq + 1, "channel": channel,
            "account": "city", "peer": PEERS[channel], "body": write_body(NOTICE), "sender": "system", "priority": 5,
            "state": "queued", "not_before": NOW, "created_at": NOW,
        }  # fmt: skip
        await connection.execute(insert(outbox), row)
        await connection.execute(
            update(conversation).where(conversation.c.id == mine.id).values(last_seq=mine.last_seq + 1)
        )


async def planned(services: Services) -> tuple[str, str, str]:
    """(state, channel, why) of what waited, planned once."""
    async with services.database.begin() as connection:
        await connection.execute(update(outbox).where(outbox.c.key.not_like("n:%")).values(state="sent"))
        its = (await connection.execute(select(outbox).where(outbox.c.state == "queued"))).one()
        room = {(one.channel.name, one.name): 9 for one in services.accounts}
        await lease(
            connection,
            [its.conversation_id],
            services.accounts,
            room=room,
            owner="t",
            awake=always_awake,
            now=NOW,
        )
        row = (await connection.execute(select(outbox).where(outbox.c.id == its.id))).one()
        await connection.execute(update(outbox).where(outbox.c.id == its.id).values(state="sent"))
    return row.state, row.channel, row.why


@pytest.mark.parametrize("channel", ["wechat", "telegram"])
async def test_who_leaves_gets_what_waits_on_his_phone_and_comes_back(services: Services, channel: str) -> None:
    await heard(services, said(channel, "你好", "1"))
    await waiting(services, channel)
    await heard(services, left(channel))
    assert await planned(services) == ("queued", "sms", "phone")
    await heard(services, said(channel, "你好", "2"))
    await waiting(services, channel)
    assert (await planned(services))[:2] == ("leased", channel)


async def test_a_refused_send_closes_the_address_until_he_writes(services: Services) -> None:
    """Telegram's 403, WeChat's 43004, a mail server's "550 5.1.1": the same class, settled alike."""
    await heard(services, said("telegram", "你好", "1"))
    await waiting(services, "telegram")
    account = services.accounts["telegram", "city"]

    async def blocked(_out: Outbound) -> str:
        raise OptedOut("the citizen blocked the bot", code="403")

    object.__setattr__(account.adapter, "send", blocked)
    worker = Worker(services.database, services.accounts, now=lambda: NOW, metrics=Metrics())
    for _ in range(3):
        await worker.once()
        await worker.stop()
    async with services.database.read() as connection:
        row = (await connection.execute(select(outbox).where(outbox.c.key.like("n:%")))).one()
        closed = await connection.scalar(
            select(conversation.c.unreachable_at).where(conversation.c.channel == "telegram")
        )
    assert (closed, row.channel) == (NOW, "sms")
    assert [one["why"] for one in row.plans][:2] == ["free", "phone"]
    await heard(services, said("telegram", "你好", "2"))
    await waiting(services, "telegram")
    assert (await planned(services))[:2] == ("leased", "telegram")


@pytest.mark.parametrize("word", ["TD", "退订", "T", "0000"])
async def test_words_that_refuse_texts_hold_until_they_are_taken_back(services: Services, word: str) -> None:
    await heard(services, said("sms", "你好", "1"))
    await waiting(services, "sms")
    await heard(services, said("sms", word, "2"))
    assert await planned(services) == ("cancelled", "sms", "opted_out")
    await heard(services, said("sms", "订阅", "3"))
    await waiting(services, "sms")
    assert (await planned(services))[:2] == ("leased", "sms")


async def test_texts_refused_close_the_way_from_other_chats_too(services: Services) -> None:
    await heard(services, said("wechat", "你好", "1"), said("sms", "你好", "2"))
    await waiting(services, "wechat")
    await heard(services, left("wechat"))
    async with services.database.begin() as connection:  # on its way to the phone already
        to = {"channel": "sms", "account": "city", "peer": PHONE}
        await connection.execute(update(outbox).where(outbox.c.key.like("n:%")).values(**to))
    await heard(services, said("sms", "TD", "3"))
    assert await planned(services) == ("cancelled", "sms", "opted_out")


async def test_consent_taken_back_stops_what_is_on_its_way_elsewhere(services: Services) -> None:
    await heard(services, said("wechat", "你好", "1"))
    await waiting(services, "wechat")
    async with services.database.begin() as connection:
        to = {"channel": "sms", "account": "city", "peer": PHONE}
        await connection.execute(update(outbox).where(outbox.c.key.like("n:%")).values(**to))
    await heard(services, said("wechat", "只在这里回复我", "2"))
    assert await planned(services) == ("cancelled", "sms", "only_here")


async def test_the_unsubscribe_of_a_mail_program_is_heard(services: Services) -> None:
    await heard(services, said("mailbox", "您好，路灯不亮了，请处理。", "1", title="路灯"))
    await waiting(services, "mailbox")
    found = Reader("city", "hotline@city.test").read(bytes(letter("unsubscribe", "", sender=PEERS["mailbox"])), at=NOW)
    assert found.messages[0].kind is Kind.TEXT, "a person pressed it"
    await heard(services, *found.messages)
    assert await planned(services) == ("cancelled", "mailbox", "opted_out")


async def test_a_box_that_is_gone_is_written_to_no_more(services: Services) -> None:
    await heard(services, said("mailbox", "您好，路灯不亮了，请处理。", "1", title="路灯"))
    async with services.database.begin() as connection:
        await connection.execute(update(outbox).values(state="sent", provider_id="<m.1@city.test>", stage="accepted"))
    await waiting(services, "mailbox")
    bounced = Receipt("city", "<m.1@city.test>", Stage.FAILED, "5.1.1", gone=True)
    assert await apply(services.database, "mailbox", [bounced], now=NOW) == 1
    assert await planned(services) == ("queued", "sms", "phone")


def test_our_notices_can_be_unsubscribed_from_in_a_mail_program() -> None:
    out = Outbound(key="k", address=Address("mailbox", "city", PEERS["mailbox"]), body=NOTICE)
    mail = render(out, address="hotline@city.test", name="泉城", secret=b"s", now=NOW)
    assert mail["List-Unsubscribe"] == "<mailto:hotline@city.test?subject=unsubscribe>"

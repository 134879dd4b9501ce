"""Which way messages really take, on both databases: the window, a template, the phone, a call, or none."""

from sqlalchemy import select

from bot.accounts import Accounts
from bot.store.tables import call_task, conversation
from channels.message import Notice
from tests.bot.outbox.house import House, settle_down
from tests.bot.outbox.provider import TEXTS, WINDOWED, Provider, account, accounts, close
from tests.conftest import VAULT

REPLIED = Notice("ticket.replied", {"number": "1"}, "已办结")
DISPATCHED = Notice("ticket.dispatched", {"number": "1"}, "已派单")


async def test_the_reply_window_pays_and_keeps_its_reserve(house: House, provider: Provider):
    all_ = accounts(account("windowed", WINDOWED, provider.port))
    until = house.clock().replace(day=6)
    talk = await house.talk("u", channel="windowed", window_left=5, window_until=until)
    send = {"channel": "windowed"}
    worker = house.worker(all_)
    for n in range(5):
        await house.queue(house.row(talk, "u", f"chat{n}", **send))
    await settle_down(worker)
    assert provider.told() == ["chat0", "chat1", "chat2"]
    assert (await house.see_talk(talk)).window_left == 2
    assert (await house.see("chat3")).state == "dead"
    await house.queue(house.row(talk, "u", "lesser", DISPATCHED, sender="system", priority=5, **send))
    await house.queue(house.row(talk, "u", "result", REPLIED, sender="system", priority=5, **send))
    await house.queue(house.row(talk, "u", "person", sender="agent", priority=2, **send))
    await settle_down(worker)
    assert provider.told()[3:] == ["result", "person"]
    lesser = await house.see("lesser")
    assert (lesser.state, lesser.why) == ("cancelled", "reserve_kept")
    assert (await house.see_talk(talk)).window_left == 0
    await close(all_)


async def test_a_closed_window_leads_to_the_phone_then_to_a_call(house: House, provider: Provider):
    all_ = accounts(
        account("windowed", WINDOWED, provider.port),
        account("texts", TEXTS, provider.port, templates=frozenset({"ticket.replied"}), free_text=False),
    )
    until = house.clock().replace(day=6)
    known = await house.talk("k", channel="windowed", window_left=4, window_until=until, phone="13800138000")
    unknown = await house.talk("x", channel="windowed", window_left=4, window_until=until)
    closed = await house.talk("c", channel="windowed", phone="13900139000")
    await house.talk("13900139000", channel="texts", opted_out_at=house.clock())
    for peer, talk in (("k", known), ("x", unknown), ("c", closed)):
        row = house.row(talk, peer, f"result-{peer}", REPLIED, sender="system", priority=5, channel="windowed")
        await house.queue(row)
        provider.orders[f"result-{peer}"].append("window")
    await settle_down(house.worker(all_))
    assert [(peer, key, route) for _, peer, key, route in provider.arrived] == [("13800138000", "result-k", "template")]
    async with house.database.read() as connection:
        calls = (await connection.execute(select(call_task).order_by(call_task.c.key))).all()
    assert [(call.key, call.reason) for call in calls] == [
        ("result-c", "ticket.replied"),
        ("result-x", "ticket.replied"),
    ]
    assert (await house.see_talk(known)).window_left == 0
    row = await house.see("result-c")
    assert (row.state, row.route, row.why) == ("cancelled", "call", "call")
    await close(all_)


async def test_one_refused_template_closes_no_other_way(house: House, provider: Provider):
    all_ = accounts(account("windowed", WINDOWED, provider.port, templates=frozenset({"ticket.dispatched"})))
    until = house.clock().replace(day=6)
    talk = await house.talk("u", channel="windowed", window_left=2, window_until=until)
    notice = {"sender": "system", "priority": 5, "channel": "windowed"}
    await house.queue(
        house.row(talk, "u", "lesser", DISPATCHED, **notice), house.row(talk, "u", "result", REPLIED, **notice)
    )
    provider.orders["lesser"].append("window")  # as WeChat's 43101
    await settle_down(house.worker(all_))
    assert [(key, route) for _, _, key, route in provider.arrived] == [("result", "direct")]
    lesser = await house.see("lesser")
    assert (lesser.state, lesser.why, lesser.route) == ("cancelled", "no_way", "")
    seen = await house.see_talk(talk)
    assert (seen.opted_out_at, seen.window_left) == (None, 1), "the result alone was paid for"
    await close(all_)


async def test_a_phone_that_wants_no_texts_says_nothing_about_the_chat(house: House, provider: Provider):
    all_ = accounts(account("windowed", WINDOWED, provider.port), account("texts", TEXTS, provider.port))
    phone = "13800138000"
    texts = await house.talk(phone, channel="texts")
    until = house.clock().replace(day=6)
    talk = await house.talk("u", channel="windowed", phone=phone, window_left=2, window_until=until)
    row = house.row(talk, "u", "lesser", DISPATCHED, sender="system", priority=5, channel="windowed")
    await house.queue(row)
    provider.orders["lesser"].append("opted_out")
    await settle_down(house.worker(all_))
    closed = await house.see_talk(texts)
    assert (closed.unreachable_at, closed.opted_out_at) == (house.clock(), None), "the carrier says so, not he"
    seen = await house.see_talk(talk)
    assert (seen.unreachable_at, seen.window_left) == (None, 2)
    await close(all_)


async def test_a_message_is_readdressed_to_the_verified_phone(house: House, provider: Provider):
    all_ = accounts(
        account("windowed", WINDOWED, provider.port),
        account("texts", TEXTS, provider.port, templates=frozenset({"ticket.replied"}), free_text=False),
    )
    talk = await house.talk("k", channel="windowed", phone="13800138000")
    await house.queue(house.row(talk, "k", "r", REPLIED, sender="system", priority=5, channel="windowed"))
    await settle_down(house.worker(all_))
    assert [(peer, route) for _, peer, _, route in provider.arrived] == [("13800138000", "template")]
    row = await house.see("r")
    assert (row.state, row.channel, row.peer, row.conversation_id) == ("sent", "texts", VAULT.tag("13800138000"), talk)
    await close(all_)


async def test_the_bot_keeps_silent_while_an_agent_speaks_but_notices_go(
    house: House, provider: Provider, free: Accounts
):
    talk = await house.talk("u")
    await house.queue(
        house.row(talk, "u", "chatter"),
        house.row(talk, "u", "agent", sender="agent", priority=2),
        house.row(talk, "u", "notice", DISPATCHED, sender="system", priority=5),
    )
    await house.change(conversation, talk, owner="agent", agent="王")
    await settle_down(house.worker(free))
    assert provider.told() == ["agent", "notice"]
    assert (await house.see("chatter")).why == "agent_holds"


async def test_refusing_is_remembered(house: House, provider: Provider, free: Accounts):
    talk = await house.talk("u")
    await house.queue(
        house.row(talk, "u", "a", DISPATCHED, sender="system", priority=5),
        house.row(talk, "u", "b", DISPATCHED, sender="system", priority=5),
    )
    provider.orders["a"].append("opted_out")
    await settle_down(house.worker(free))
    assert provider.told() == []
    assert (await house.see_talk(talk)).unreachable_at == house.clock()
    for key in "ab":
        row = await house.see(key)
        assert (row.state, row.why) == ("cancelled", "left")

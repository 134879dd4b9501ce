"""Leave for templates, on both databases: given, used up, taken back, found to be none, and counted."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.accounts import Accounts
from bot.store.citizens import erasing, permits
from channels.capabilities import Permit
from channels.message import Address, Event, Inbound, Kind, Notice
from tests.bot.outbox.house import House, settle_down
from tests.bot.outbox.provider import WINDOWED, Provider, account, accounts, close

REPLIED = Notice("ticket.replied", {"number": "1"}, "已办结")
ASKED = Notice("survey.ask", {"number": "1"}, "请评价")
ONCE, LASTING = "T-once", "T-lasting"
SEND = {"channel": "windowed", "sender": "system", "priority": 5}


@pytest.fixture
async def all_(provider: Provider) -> AsyncIterator[Accounts]:
    leave = {"ticket.replied": Permit(ONCE), "survey.ask": Permit(LASTING, lasting=True)}
    made = accounts(
        account("windowed", WINDOWED, provider.port, templates=frozenset({"ticket.replied"}), permits=leave)
    )
    yield made
    await close(made)


async def happens(house: House, talk: int, event: Event, template: str, times: int = 1) -> None:
    said = Inbound(
        address=Address("windowed", "city", "u"),
        id=f"{event}{template}",
        sent_at=house.clock(),
        kind=Kind.EVENT,
        text=template,
        event=event,
    )
    async with house.database.begin() as connection:
        await permits.note(connection, [(talk, said)] * times, now=house.clock())


async def left(house: House, talk: int) -> dict[str, int]:
    async with house.database.read() as connection:
        return (await permits.left(connection, [talk])).get(talk, {})


async def test_a_leave_is_good_for_one_send_a_lasting_one_for_many(house: House, provider: Provider, all_: Accounts):
    talk = await house.talk("u", channel="windowed")
    await happens(house, talk, Event.GRANTED, ONCE)
    await happens(house, talk, Event.GRANTED, LASTING)
    for n in range(2):
        await house.queue(house.row(talk, "u", f"result{n}", REPLIED, **SEND))
        await house.queue(house.row(talk, "u", f"ask{n}", ASKED, **SEND))
    await settle_down(house.worker(all_))
    assert [(key, route) for _, _, key, route in provider.arrived] == [
        ("result0", "subscription"),
        ("ask0", "subscription"),
        ("result1", "template"),
        ("ask1", "subscription"),
    ]
    assert await left(house, talk) == {LASTING: 1}
    assert (await house.see("result0")).why == "subscribed"


async def test_a_leave_the_provider_does_not_know_is_none_and_the_template_goes(
    house: House, provider: Provider, all_: Accounts
):
    talk = await house.talk("u", channel="windowed")
    await happens(house, talk, Event.GRANTED, ONCE, times=3)
    provider.orders["result"].append("window")
    await house.queue(house.row(talk, "u", "result", REPLIED, **SEND))
    await settle_down(house.worker(all_))
    assert [(key, route) for _, _, key, route in provider.arrived] == [("result", "template")]
    assert await left(house, talk) == {}


async def test_a_send_that_may_have_arrived_used_the_leave(house: House, provider: Provider, all_: Accounts):
    talk = await house.talk("u", channel="windowed")
    await happens(house, talk, Event.GRANTED, ONCE, times=2)
    provider.orders["result"].append("hang_up")
    await house.queue(house.row(talk, "u", "result", REPLIED, **SEND))
    await settle_down(house.worker(all_))
    assert (await house.see("result")).state == "held"
    assert await left(house, talk) == {ONCE: 1}


async def test_what_was_taken_back_is_gone_and_all_is_counted(house: House):
    talk, other = await house.talk("u", channel="windowed"), await house.talk("v", channel="windowed")
    await happens(house, talk, Event.GRANTED, ONCE, times=2)
    await happens(house, talk, Event.REVOKED, ONCE)
    await happens(house, talk, Event.DECLINED, ONCE)
    await happens(house, other, Event.GRANTED, ONCE)
    await happens(house, other, Event.GRANTED, "x" * 129)  # no template of anybody's
    assert await left(house, talk) == {}
    async with house.database.read() as connection:
        (total,) = await permits.totals(connection)
    assert total == permits.Total("windowed", "city", ONCE, 2, 3, 1, 1, 1)
    async with house.database.begin() as connection:
        await erasing.forget_talks(connection, [other], now=house.clock())
    assert await left(house, other) == {}

"""The outbox on both databases, over real HTTP to a provider that misbehaves."""

import asyncio
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select

from bot.accounts import Accounts
from bot.outbox import settle
from bot.outbox.lease import LEASE
from bot.outbox.resting import rests
from bot.outbox.sharing import LOST, gone, sending
from bot.outbox.worker import IN_FLIGHT, POLL
from bot.store.tables import account_state, outbox, sender
from channels.capabilities import Rate
from channels.message import Notice
from tests.bot.outbox.house import House, settle_down
from tests.bot.outbox.provider import FREE, REPEATABLE, Provider, account, accounts, close

DISPATCHED = Notice("ticket.dispatched", {"number": "1"}, "已派单")

SEVERAL_PROCESSES = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
"""SQLite is one process by design (its leases at start are a dead one's, tested above): nothing to ask of it here."""


async def test_a_conversation_is_told_in_order_and_each_thing_once(house: House, provider: Provider, free: Accounts):
    rows, talks = [], {}
    for n in range(20):
        talks[f"u{n}"] = await house.talk(f"u{n}")
    for place in range(5):
        rows += [house.row(talk, peer, f"{peer}-{place}") for peer, talk in talks.items()]
    await house.queue(*rows)
    provider.delay = 0.005
    await settle_down(house.worker(free))
    for peer in talks:
        assert provider.told(peer) == [f"{peer}-{place}" for place in range(5)]
    assert 1 < provider.most_under_way <= IN_FLIGHT
    row = await house.see("u3-4")
    assert (row.state, row.provider_id, row.stage, row.why) == ("sent", "p-u3-4", "accepted", "free")


async def test_a_message_that_must_wait_keeps_its_place(house: House, provider: Provider, free: Accounts):
    talk = await house.talk("u")
    await house.queue(house.row(talk, "u", "first"), house.row(talk, "u", "second"))
    provider.orders["first"].append("later")
    worker = house.worker(free)
    await settle_down(worker)
    assert provider.told() == []
    first = await house.see("first")
    assert (first.state, first.attempts, first.error_class, first.why) == ("queued", 1, "Later", "retry")
    house.clock.pass_(seconds=3)
    await settle_down(worker)
    assert provider.told() == ["first", "second"]


async def test_a_message_put_off_until_morning_holds_nobody_up(house: House, provider: Provider, free: Accounts):
    from functools import partial

    from tickets.limits.calendar import Calendar
    from tickets.limits.deadlines import after_quiet
    from tickets.policy import load_policies

    policy = load_policies("cn-jinan-like").at(house.clock().date())
    house.clock.pass_(hours=11)  # eleven in the evening
    talk = await house.talk("u")
    await house.queue(
        house.row(talk, "u", "notice", DISPATCHED, sender="system", priority=5),
        house.row(talk, "u", "answer"),
    )
    worker = house.worker(free, awake=partial(after_quiet, policy.quiet, Calendar()))
    await settle_down(worker)
    assert provider.told() == ["answer"]
    notice = await house.see("notice")
    assert (notice.state, notice.why) == ("queued", "quiet_hours")
    house.clock.pass_(hours=8)
    await settle_down(worker)
    assert provider.told() == ["answer", "notice"]


@pytest.mark.parametrize(("capabilities", "state"), [(FREE, "held"), (REPEATABLE, "queued")])
async def test_an_answer_that_never_came_is_repeated_only_where_repeats_are_dropped(
    house: House, provider: Provider, capabilities, state: str
):
    all_ = accounts(account("free", capabilities, provider.port))
    talk = await house.talk("u")
    await house.queue(house.row(talk, "u", "a"), house.row(talk, "u", "b"))
    provider.orders["a"].append("hang_up")
    worker = house.worker(all_)
    await settle_down(worker)
    assert (await house.see("a")).state == state
    house.clock.pass_(seconds=5)
    await settle_down(worker)
    assert provider.told() == (["a", "a", "b"] if capabilities.idempotent else ["a", "b"])
    await close(all_)


async def test_a_message_refused_for_good_is_dead_and_the_next_goes(house: House, provider: Provider, free: Accounts):
    talk = await house.talk("u")
    await house.queue(house.row(talk, "u", "a"), house.row(talk, "u", "b"))
    provider.orders["a"].append("never")
    await settle_down(house.worker(free))
    row = await house.see("a")
    assert (row.state, row.error_class, row.error_code, row.why) == ("dead", "Never", "4711", "refused")
    assert provider.told() == ["b"]


async def test_six_tries_and_no_more(house: House, provider: Provider, free: Accounts):
    await house.queue(house.row(await house.talk("u"), "u", "a"))
    provider.orders["a"].extend(["later"] * 9)
    worker = house.worker(free)
    for _ in range(9):
        await settle_down(worker)
        house.clock.pass_(hours=1)
    row = await house.see("a")
    assert (row.state, row.attempts, row.why) == ("dead", 6, "worn_out")
    assert len(provider.orders["a"]) == 3


async def test_an_account_at_rest_keeps_its_messages_and_their_tries(house: House, provider: Provider, free: Accounts):
    await house.queue(*[house.row(await house.talk(f"u{n}"), f"u{n}", f"k{n}") for n in range(3)])
    provider.orders["*"].extend(["credential"] * 3)
    worker = house.worker(free)
    await settle_down(worker)
    rows = [await house.see(f"k{n}") for n in range(3)]
    assert {(row.state, row.attempts, row.why) for row in rows} == {("queued", 0, "account_rests")}
    async with house.database.read() as connection:
        rest = (await connection.execute(select(account_state))).one()
    assert rest.reason == "4711"
    assert rest.paused_until > house.clock()
    await settle_down(worker)
    assert provider.told() == []
    house.clock.pass_(minutes=11)
    await settle_down(worker)
    assert sorted(provider.told()) == ["k0", "k1", "k2"]


async def test_hours_without_a_provider_cost_no_message_its_tries_and_call_an_operator_once(
    house: House, provider: Provider, free: Accounts, monkeypatch: pytest.MonkeyPatch
):
    called: list[tuple[str, str]] = []
    monkeypatch.setattr(settle.log, "error", lambda _words, *, action, reason, **_: called.append((action, reason)))
    await house.queue(*[house.row(await house.talk(f"u{n}"), f"u{n}", f"k{n}") for n in range(3)])
    await provider.stop()
    worker, began = house.worker(free), house.clock()
    for _ in range(20):
        await settle_down(worker)
        house.clock.pass_(seconds=30)
    await settle_down(worker)
    assert called == [("outbox.account_paused", "Away")]
    (rest,) = await rests(house.database, now=house.clock())
    assert (rest.channel, rest.reason, rest.since, rest.queued) == ("free", "Away", began, 3)
    for _ in range(3):
        house.clock.pass_(hours=1)  # nobody looked meanwhile: another rest begins
        await settle_down(worker)
    rows = [await house.see(f"k{n}") for n in range(3)]
    assert {(row.state, row.attempts, row.error_class) for row in rows} == {("queued", 0, "Away")}
    assert house.clock() - began > timedelta(hours=3)
    await provider.start(provider.port)
    house.clock.pass_(seconds=13)
    await settle_down(worker)
    assert sorted(provider.told()) == ["k0", "k1", "k2"]
    assert len(called) == 1


async def test_an_answer_goes_before_a_mass_notice(house: House, provider: Provider):
    slow = replace(FREE, rate=Rate(per_second=100, burst=10))
    all_ = accounts(account("free", slow, provider.port))
    rows = []
    for n in range(120):
        talk = await house.talk(f"u{n}")
        rows.append(house.row(talk, f"u{n}", f"mass{n}", DISPATCHED, sender="system", priority=9))
    await house.queue(*rows)
    worker = house.worker(all_)
    running = asyncio.create_task(worker.run())
    await asyncio.sleep(0.2)
    last = talk
    await house.queue(house.row(last, "u119", "answer"))
    worker.wake()
    async with asyncio.timeout(5):
        while "answer" not in provider.told():
            await asyncio.sleep(0.01)
    sent = provider.told()
    assert len(sent) < 80, "the answer waited for the mass"
    assert sent.index("mass119") < sent.index("answer"), "the answer overtook what came before it"
    await worker.stop()
    await running
    await close(all_)


async def test_a_slow_account_starves_nobody(house: House, provider: Provider):
    slow = Provider(delay=3.0)
    await slow.start()
    all_ = accounts(account("slow", FREE, slow.port), account("free", FREE, provider.port))
    rows = []
    for n in range(60):
        talk = await house.talk(f"s{n}", channel="slow")
        rows.append(house.row(talk, f"s{n}", f"s{n}", channel="slow"))
    talk = await house.talk("u")
    rows.append(house.row(talk, "u", "quick", priority=9))
    await house.queue(*rows)
    worker = house.worker(all_)
    running = asyncio.create_task(worker.run())
    started = time.monotonic()
    async with asyncio.timeout(2.5):
        while not provider.told():
            await asyncio.sleep(0.01)
    assert time.monotonic() - started < 2.5
    assert slow.most_under_way <= IN_FLIGHT
    await worker.stop()
    await running
    async with house.database.read() as connection:
        left = await connection.scalar(select(func.count()).where(outbox.c.state == "leased"))
    assert left == 0, "a graceful stop leaves nothing in the air"
    await slow.stop()
    await close(all_)


async def test_the_account_s_rate_is_kept(house: House, provider: Provider):
    all_ = accounts(account("free", replace(FREE, rate=Rate(per_second=50, burst=10)), provider.port))
    await house.queue(*[house.row(await house.talk(f"u{n}"), f"u{n}", f"k{n}") for n in range(70)])
    worker = house.worker(all_)
    started = time.monotonic()
    running = asyncio.create_task(worker.run())
    async with asyncio.timeout(60):
        while len(provider.arrived) < 70:
            await asyncio.sleep(0.02)
    took = time.monotonic() - started
    assert took >= 1.15
    times = [at for at, *_ in provider.arrived]
    assert max(sum(1 for t in times if at <= t < at + 1) for at in times) <= 50 + 10 + 2
    await worker.stop()
    await running
    await close(all_)


async def test_what_may_leave_while_we_look_is_not_left_lying(house: House, provider: Provider):
    """The account was at its limit when we looked, and is not when we are done: that is no time to sleep."""
    all_ = accounts(account("free", replace(FREE, rate=Rate(per_second=2, burst=10)), provider.port))
    worker = house.worker(all_)
    assert not await worker.once()
    worker._buckets["free", "city"].take(10, now=time.monotonic())
    assert not await worker.once()
    await asyncio.sleep(0.6)  # a token
    started = time.monotonic()
    await worker._rest()
    assert time.monotonic() - started < POLL / 2
    assert not await worker.once()
    await worker._rest()
    assert time.monotonic() - started >= POLL, "with nothing to send it sleeps all the same"
    await close(all_)


async def test_a_lapsed_lease_goes_again_or_to_a_person(house: House, provider: Provider):
    all_ = accounts(account("free", FREE, provider.port), account("again", REPEATABLE, provider.port))
    free, again = await house.talk("f"), await house.talk("a", channel="again")
    left = {"state": "leased", "lease_owner": "gone", "lease_until": house.clock(), "attempts": 1}
    await house.queue(
        house.row(free, "f", "perhaps", **left),
        house.row(free, "f", "after"),
        house.row(again, "a", "again", channel="again", **left),
        house.row(again, "a", "poison", channel="again", **(left | {"attempts": 6})),
    )
    house.clock.pass_(seconds=1)
    await settle_down(house.worker(all_))
    assert ((await house.see("perhaps")).state, (await house.see("perhaps")).why) == ("held", "unconfirmed")
    assert ((await house.see("poison")).state, (await house.see("poison")).why) == ("dead", "worn_out")
    assert provider.told("f") == ["after"]
    assert provider.told("a") == ["again"]
    assert (await house.see("again")).attempts == 2
    await close(all_)


@SEVERAL_PROCESSES
async def test_a_lease_that_still_holds_is_left_alone(house: House, provider: Provider, free: Accounts):
    talk = await house.talk("u")
    row = house.row(talk, "u", "a", state="leased", lease_owner="alive", lease_until=house.clock() + LEASE)
    await house.queue(row, house.row(talk, "u", "b"))
    await settle_down(house.worker(free))
    assert provider.told() == []


async def test_the_word_of_a_worker_thought_dead_still_counts(house: House, provider: Provider, free: Accounts):
    await house.queue(house.row(await house.talk("u"), "u", "a"))
    provider.delay = 0.3
    worker = house.worker(free)
    await worker.once()
    house.clock.pass_(minutes=5)
    await settle_down(house.worker(accounts(account("other", FREE, provider.port))))
    assert (await house.see("a")).state == "held"
    await settle_down(worker)
    assert (await house.see("a")).state == "sent"


@SEVERAL_PROCESSES
async def test_two_workers_send_each_message_once_and_in_order(house: House, provider: Provider):
    each = [accounts(account("free", FREE, provider.port)) for _ in range(2)]
    talks = [(f"u{n}", await house.talk(f"u{n}")) for n in range(30)]
    rows = [house.row(talk, peer, f"{peer}-{n:02}") for n in range(10) for peer, talk in talks]
    await house.queue(*rows)
    provider.delay = 0.002
    workers = [house.worker(one) for one in each]
    await asyncio.gather(*(settle_down(worker) for worker in workers))
    await settle_down(workers[0])
    assert len(provider.arrived) == 300
    for peer, _ in talks:
        assert provider.told(peer) == [f"{peer}-{n:02}" for n in range(10)]
    async with house.database.read() as connection:
        owners = await connection.scalar(select(func.count()).where(outbox.c.state == "sent"))
    assert owners == 300
    for one in each:
        await close(one)


@SEVERAL_PROCESSES
async def test_processes_share_the_rate_of_an_account(
    house: House, provider: Provider, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("bot.outbox.worker.SAID_EVERY", timedelta(0))
    slow = replace(FREE, rate=Rate(per_second=0.001, burst=10))
    each = [accounts(account("free", slow, provider.port)) for _ in range(2)]
    first, second = (house.worker(one) for one in each)
    for worker in (first, second, first):
        await worker.once()
    await house.queue(*[house.row(await house.talk(f"u{n}"), f"u{n}", f"k{n}") for n in range(30)])
    for worker in (first, second):
        await settle_down(worker)
    assert len(provider.arrived) == 10, "as many as one process alone"
    for worker, one in zip((first, second), each, strict=True):
        await worker.stop()
        await close(one)
    async with house.database.read() as connection:
        assert await connection.scalar(select(func.count()).select_from(sender)) == 0


async def test_who_says_nothing_for_long_is_counted_no_more(house: House):
    async with house.database.begin() as connection:
        assert await sending(connection, "one", now=house.clock()) == 1
        assert await sending(connection, "two", now=house.clock()) == 2
        assert await sending(connection, "two", now=house.clock() + LOST) == 2
        assert await sending(connection, "two", now=house.clock() + LOST * 2) == 1
        await gone(connection, "two")
        assert await sending(connection, "three", now=house.clock() + LOST * 2) == 1


async def test_a_full_queue_is_searched_quickly(house: House, provider: Provider, free: Accounts):
    """Fifty thousand mass notices wait; an answer is found without reading them."""
    from bot.outbox.queue import waiting

    talks = [await house.talk(f"u{n}") for n in range(50)]
    rows = [
        house.row(talk, f"u{n}", f"m{n}-{m}", DISPATCHED, sender="system", priority=9)
        for n, talk in enumerate(talks)
        for m in range(200)
    ]
    async with house.database.begin() as connection:
        for start in range(0, len(rows), 2000):
            await connection.execute(insert(outbox), rows[start : start + 2000])
    await house.queue(house.row(talks[7], "u7", "answer"))
    async with house.database.read() as connection:
        await waiting(connection, {("free", "city"): 16}, now=house.clock())
        started = time.perf_counter()
        found = await waiting(connection, {("free", "city"): 16}, now=house.clock())
        took = time.perf_counter() - started
    assert found[0] == talks[7]
    assert took < 0.5, took

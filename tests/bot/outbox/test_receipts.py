"""What providers report afterwards: stages rise, failures find another way, early receipts wait."""

from datetime import timedelta

from sqlalchemy import func, insert, select

from bot.outbox.receipts import apply
from bot.store.tables import call_task, late_receipt
from channels.message import Notice, Receipt, Stage
from tests.bot.outbox.house import House, settle_down
from tests.bot.outbox.provider import FREE, TEXTS, Provider, account, accounts, close

RESULT = Notice("ticket.replied", {}, "已办结")


async def sent(house: House, key: str, **columns) -> None:
    talk = await house.talk(f"peer-{key}")
    row = house.row(talk, f"peer-{key}", key, **columns)
    await house.queue(row | {"state": "sent", "provider_id": f"p-{key}", "stage": "accepted"})


async def say(house: House, key: str, stage: Stage, reason: str = "", *, account: str = "city") -> int:
    return await apply(house.database, "free", [Receipt(account, f"p-{key}", stage, reason)], now=house.clock())


async def waiting_receipts(house: House) -> int:
    async with house.database.read() as connection:
        return await connection.scalar(select(func.count()).select_from(late_receipt))


async def test_a_stage_only_rises(house: House):
    await sent(house, "a")
    assert await say(house, "a", Stage.READ) == 1
    assert await say(house, "a", Stage.DELIVERED) == 0
    assert await say(house, "a", Stage.FAILED) == 0
    row = await house.see("a")
    assert (row.stage, row.state) == ("read", "sent")


async def test_receipts_of_one_call_are_taken_together(house: House):
    for key in "abc":
        await sent(house, key)
    said = [Receipt("city", f"p-{key}", stage) for stage in (Stage.DELIVERED, Stage.READ) for key in "abc"]
    assert await apply(house.database, "free", said, now=house.clock()) == 3
    assert {(await house.see(key)).stage for key in "abc"} == {"read"}


async def test_another_account_s_receipt_is_not_ours(house: House):
    await sent(house, "a")
    assert await say(house, "a", Stage.READ, account="county") == 0
    assert (await house.see("a")).stage == "accepted"


async def test_a_result_reported_failed_becomes_a_call(house: House, provider: Provider):
    await sent(house, "a", body=None)
    all_ = accounts(account("free", FREE, provider.port))
    talk = await house.talk("r")
    await house.queue(
        house.row(talk, "r", "r", RESULT, sender="system", priority=5, route="direct")
        | {"state": "sent", "provider_id": "p-r", "stage": "accepted", "attempts": 1}
    )
    assert await say(house, "r", Stage.FAILED, "DELIVERY.FAILED") == 1
    row = await house.see("r")
    assert (row.state, row.why, row.error_code) == ("queued", "reported_failed", "DELIVERY.FAILED")
    await settle_down(house.worker(all_))
    assert provider.told() == []
    row = await house.see("r")
    assert (row.state, row.why) == ("cancelled", "call")
    async with house.database.read() as connection:
        assert await connection.scalar(select(call_task.c.outbox_id)) == row.id


async def test_a_reason_no_database_can_hold_keeps_no_receipt_away(house: House):
    """A bounce that names "\\0.1.1" as its status would else fail at every look into the mailbox."""
    await sent(house, "a")
    assert await say(house, "a", Stage.FAILED, "5\0.1.1\ud800") == 1
    assert (await house.see("a")).error_code == "5.1.1\ufffd"


async def test_words_reported_failed_are_shown_to_a_person(house: House, provider: Provider):
    talk = await house.talk("w")
    row = house.row(talk, "w", "w", sender="agent", route="direct")
    await house.queue(row | {"state": "sent", "provider_id": "p-w", "stage": "accepted"})
    await say(house, "w", Stage.FAILED, "blocked")
    await settle_down(house.worker(accounts(account("free", FREE, provider.port))))
    seen = await house.see("w")
    assert (seen.state, seen.error_class, seen.error_code) == ("dead", "ReportedFailed", "blocked")


async def test_a_receipt_faster_than_our_own_note_waits_for_it(house: House, provider: Provider):
    all_ = accounts(account("free", FREE, provider.port))
    await house.queue(house.row(await house.talk("u"), "u", "a"))
    assert await say(house, "a", Stage.DELIVERED) == 0
    assert await waiting_receipts(house) == 1
    await settle_down(house.worker(all_))
    assert (await house.see("a")).stage == "delivered"
    assert await waiting_receipts(house) == 0
    await close(all_)


async def test_one_that_slipped_by_is_matched_later_and_a_stranger_s_forgotten(house: House, provider: Provider):
    await sent(house, "a")
    row = {"channel": "free", "account": "city", "stage": "delivered", "reason": "", "at": house.clock()}
    async with house.database.begin() as connection:
        await connection.execute(insert(late_receipt), [row | {"provider_id": "p-a"}, row | {"provider_id": "x"}])
    await house.worker(accounts(account("free", TEXTS, provider.port))).once()
    assert (await house.see("a")).stage == "delivered"
    assert await waiting_receipts(house) == 1
    house.clock.at += timedelta(days=4)
    await house.worker(accounts(account("free", TEXTS, provider.port))).once()
    assert await waiting_receipts(house) == 0

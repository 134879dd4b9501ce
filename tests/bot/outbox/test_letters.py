"""Letters that did not go out are listed without their words, and sent again on a person's order."""

from bot.outbox.letters import letters, resend
from tests.bot.outbox.house import House, settle_down
from tests.bot.outbox.provider import FREE, Provider, account, accounts, close


async def test_a_dead_letter_is_seen_and_sent_again(house: House, provider: Provider):
    all_ = accounts(account("free", FREE, provider.port))
    talk = await house.talk("secret-peer")
    await house.queue(house.row(talk, "secret-peer", "a"), house.row(talk, "secret-peer", "b"))
    provider.orders["a"].append("never")
    worker = house.worker(all_)
    await settle_down(worker)
    (letter,) = await letters(house.database)
    assert (letter.state, letter.why, letter.error_class, letter.error_code) == ("dead", "refused", "Never", "4711")
    assert "secret-peer" not in repr(letter)
    assert "您好" not in repr(letter)
    assert await resend(house.database, [letter.id], now=house.clock()) == 1
    await settle_down(worker)
    assert provider.told() == ["b", "a"]
    row = await house.see("a")
    assert (row.state, row.attempts, row.error_class) == ("sent", 1, "")
    assert await letters(house.database) == []
    await close(all_)


async def test_only_letters_can_be_sent_again(house: House):
    (sent,) = await house.queue(house.row(await house.talk("u"), "u", "a") | {"state": "sent"})
    assert await resend(house.database, [sent, 999_999], now=house.clock()) == 0
    assert (await house.see("a")).state == "sent"

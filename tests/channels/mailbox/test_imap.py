"""The way in, against a real Dovecot: what is taken, in which order, and what happens when the server moves under us."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import Any

import pytest

from channels.errors import Credential, Later
from channels.mailbox.adapter import Mailbox
from channels.message import Batch
from tests.channels.mailbox.letters import letter, mailbox
from tests.mail_servers import MailServers


async def first(adapter: Mailbox, cursor: str = "", *, count: int = 1) -> list[tuple[Batch, str]]:
    """The next batches; the connection ends after the last, before it could be marked as taken."""
    found: list[tuple[Batch, str]] = []
    async with asyncio.timeout(15), aclosing(adapter.poll(cursor)) as batches:  # type: ignore[type-var]
        async for pair in batches:
            found.append(pair)
            if len(found) == count:
                break
    return found


def titles(batch: Batch) -> list[str]:
    return [one.letter.title for one in batch.messages if one.letter]


async def nothing_more(adapter: Mailbox, cursor: str) -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(1.5), aclosing(adapter.poll(cursor)) as batches:  # type: ignore[type-var]
            await anext(batches)


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
async def test_letters_come_in_order_and_once(mail: MailServers, tls: str) -> None:
    imap = {"host": "localhost", "port": mail.ports["imaps" if tls == "implicit" else "imap"], "tls": tls}
    adapter = mailbox({**mail.account, "imap": imap})
    for n in range(3):
        mail.deliver(letter(f"第{n}封", "路灯不亮"))
    ((batch, cursor),) = await first(adapter)
    assert titles(batch) == ["第0封", "第1封", "第2封"]
    mail.deliver(letter("第3封", "路灯不亮"))
    ((batch, cursor),) = await first(adapter, cursor)
    assert titles(batch) == ["第3封"]
    await nothing_more(adapter, cursor)


async def test_idle_brings_a_letter_at_once(mail: MailServers) -> None:
    adapter = mailbox({**mail.account, "poll_seconds": 30})
    mail.deliver(letter("第一封", "路灯不亮"))
    async with asyncio.timeout(10), aclosing(adapter.poll("")) as batches:  # type: ignore[type-var]
        await anext(batches)
        coming = asyncio.ensure_future(anext(batches))
        await asyncio.sleep(0.5)
        assert not coming.done()
        mail.deliver(letter("第二封", "路灯不亮"))
        batch, _ = await coming
    assert titles(batch) == ["第二封"]


async def test_what_is_taken_is_marked_only_after_more_is_asked_for(mail: MailServers) -> None:
    adapter = mailbox(mail.account)
    mail.deliver(letter("第一封", "路灯不亮"))
    await first(adapter)
    assert b"\\Seen" not in mail.flags()[0], "a crash before the commit must find it unread"
    async with asyncio.timeout(10), aclosing(adapter.poll("")) as batches:  # type: ignore[type-var]
        await anext(batches)
        mail.deliver(letter("第二封", "路灯不亮"))
        await anext(batches)
    one, two = mail.flags()
    assert b"\\Seen" in one
    assert b"\\Seen" not in two


async def test_what_people_marked_as_deleted_is_not_deleted_by_us(mail: MailServers) -> None:
    mail.deliver(letter("别人的", "路灯不亮"))
    with mail.box() as box:
        box.store("1", "+FLAGS", "\\Seen \\Deleted")
    mail.deliver(letter("我们的", "路灯不亮"))
    async with asyncio.timeout(10), aclosing(mailbox(mail.account).poll("")) as batches:  # type: ignore[type-var]
        await anext(batches)
        mail.deliver(letter("下一封", "路灯不亮"))
        await anext(batches)
    assert len(mail.mails("hotline@city.test")) == 3


async def test_taken_mail_is_moved_where_the_operator_says(mail: MailServers) -> None:
    with mail.box() as box:
        box.create("Processed")
    adapter = mailbox({**mail.account, "done_folder": "Processed"})
    mail.deliver(letter("第一封", "路灯不亮"))
    async with asyncio.timeout(10), aclosing(adapter.poll("")) as batches:  # type: ignore[type-var]
        await anext(batches)
        mail.deliver(letter("第二封", "路灯不亮"))
        await anext(batches)
    assert len(mail.mails("hotline@city.test")) == 1
    with mail.box() as box:
        assert box.select("Processed")[1] == [b"1"]


async def test_on_the_first_visit_read_mail_is_others_business(mail: MailServers) -> None:
    for subject in ("办过的", "没看过的"):
        mail.deliver(letter(subject, "路灯不亮"))
        await asyncio.sleep(0.3)
    with mail.box() as box:
        box.store("1", "+FLAGS", "\\Seen")
    adapter = mailbox(mail.account)
    ((batch, cursor),) = await first(adapter)
    assert titles(batch) == ["没看过的"]
    mail.deliver(letter("新来的", "路灯不亮"))
    await asyncio.sleep(0.3)
    with mail.box() as box:
        box.store("3", "+FLAGS", "\\Seen")
    ((batch, _),) = await first(adapter, cursor)
    assert titles(batch) == ["新来的"], "what came since is taken, whoever read it first"


async def test_a_server_that_goes_away_is_told_as_later(mail: MailServers) -> None:
    adapter = mailbox({**mail.account, "poll_seconds": 30})
    mail.deliver(letter("第一封", "路灯不亮"))
    async with asyncio.timeout(10), aclosing(adapter.poll("")) as batches:  # type: ignore[type-var]
        await anext(batches)
        waiting = asyncio.ensure_future(anext(batches))
        await asyncio.sleep(0.5)
        mail.kick()
        with pytest.raises(Later):
            await waiting


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"password": "wrong"}, Credential),
        ({"folder": "Nowhere"}, Credential),
        ({"ca_file": None}, Credential),
        ({"imap": {"host": "localhost", "port": 1}}, Later),
    ],
)
async def test_what_an_operator_must_mend_is_told_apart(
    mail: MailServers, changed: dict[str, Any], error: type
) -> None:
    with pytest.raises(error):
        await first(mailbox({**mail.account, **changed}))


async def test_of_a_mail_too_large_only_the_words_are_taken(mail: MailServers) -> None:
    large = letter("大附件", "照片太大了")
    large.add_attachment(b"\0" * 600_000, maintype="application", subtype="octet-stream", filename="照片.bin")
    adapter = mailbox({**mail.account, "largest_mail": 300_000})
    mail.deliver(large)
    ((batch, _),) = await first(adapter)
    (one,) = batch.messages
    assert one.text == "照片太大了"
    assert int(one.extra["size"]) > 600_000


async def test_closing_ends_the_wait_at_once(mail: MailServers) -> None:
    adapter = mailbox({**mail.account, "poll_seconds": 60})
    waiting = asyncio.ensure_future(first(adapter))
    await asyncio.sleep(0.7)
    waiting.cancel()
    async with asyncio.timeout(2):
        await asyncio.gather(waiting, return_exceptions=True)

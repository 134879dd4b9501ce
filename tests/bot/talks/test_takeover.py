"""An agent takes a conversation over, writes, and gives it back: held by one at a time, each word once."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.running import working
from bot.services import Services, build
from bot.settings import load
from bot.store.tables import conversation, handover, outbox
from bot.talks.takeover import NoSuchConversation, NotYours
from channels.message import Address, Batch, Inbound, Kind

CITIZEN = Address("app", "web", "citizen-1")


@pytest.fixture
async def services(database_url: str, tmp_path: Path) -> AsyncIterator[Services]:
    default = {
        "store": {"url": database_url, "connections": 4},
        "files": {"folder": str(tmp_path / "files")},
        "city": {"policy": "demo"},
        "channels": {"app": {"web": {"jwt_secret": "j" * 40}}},
    }
    async with working(build(load(None, {}, default=default))) as running:
        yield running


async def hears(services: Services, text: str) -> None:
    now = datetime.now(UTC)
    message = Inbound(address=CITIZEN, id=f"citizen-1:{text}", sent_at=now, kind=Kind.TEXT, text=text)
    await services.hub.receive(Batch((message,)))


async def told(services: Services) -> list[tuple[str, str]]:
    async with services.database.read() as connection:
        rows = await connection.execute(select(outbox.c.sender, outbox.c.body).order_by(outbox.c.seq))
        return [(row.sender, row.body["text"]) for row in rows]


async def test_from_the_queue_to_the_agent_and_back_to_the_bot(services: Services) -> None:
    await hears(services, "转人工")
    await services.takeover.take(1, "王敏")
    before = len(await told(services))
    await hears(services, "你好在吗")
    assert len(await told(services)) == before  # the bot keeps silent
    await services.takeover.say(1, "王敏", " 在的,请讲。 ", key="one")
    await services.takeover.say(1, "王敏", "在的,请讲。", key="one")
    await services.takeover.give_back(1, "王敏")
    await hears(services, "居住证怎么办理")
    said = await told(services)
    assert [text for sender, text in said if sender == "agent"] == ["在的,请讲。"]
    assert sum("工作人员（工号王敏）已加入" in text for _, text in said) == 1
    assert sum("工作人员（工号王敏）已离开" in text for _, text in said) == 1
    assert said[-1][0] == "bot"
    async with services.database.read() as connection:
        (row,) = (await connection.execute(select(handover))).mappings()
        owner = await connection.scalar(select(conversation.c.owner))
    assert (row["agent"], owner) == ("王敏", "bot")
    assert row["taken_at"] <= row["ended_at"]


async def test_of_two_agents_only_one_gets_it(services: Services) -> None:
    await hears(services, "转人工")
    both = await asyncio.gather(*(services.takeover.take(1, name) for name in ("王敏", "李强")), return_exceptions=True)
    refused = [one for one in both if one is not None]
    assert len(refused) == 1
    assert isinstance(refused[0], NotYours)
    holder = refused[0].holder
    other = {"王敏": "李强", "李强": "王敏"}[holder]
    await services.takeover.take(1, holder)  # again: nothing happens
    for deed in (services.takeover.say(1, other, "我来", key="x"), services.takeover.give_back(1, other)):
        with pytest.raises(NotYours):
            await deed
    assert sum("已加入" in text for _, text in await told(services)) == 1


async def test_what_cannot_be_done_says_so(services: Services) -> None:
    with pytest.raises(NoSuchConversation):
        await services.takeover.take(404, "王敏")
    await hears(services, "你好")
    with pytest.raises(NotYours):
        await services.takeover.say(1, "王敏", "您好", key="x")
    with pytest.raises(ValueError, match="words"):
        await services.takeover.say(1, "王敏", "  ", key="x")

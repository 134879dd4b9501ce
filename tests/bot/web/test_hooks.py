"""The webhooks' front door: what is taken, what is refused, and what happens when nothing can be stored."""

from __future__ import annotations

from io import BytesIO

import asyncpg
import pytest
from aiohttp import ClientSession
from sqlalchemy import func, make_url, select, text

from bot.services import Services
from bot.store.tables import message, outbox, refusal
from tests.bot.web import wechat
from tests.bot.web.wechat import Call

HOOK = "/hooks/wechat/city"


async def call(client: ClientSession, one: Call) -> tuple[int, str]:
    async with client.post(HOOK, params=one.query, data=one.body.encode()) as response:
        return response.status, await response.text()


async def messages(services: Services) -> int:
    async with services.database.read() as connection:
        return (await connection.execute(select(func.count()).select_from(message))).scalar_one()


async def test_a_citizen_is_answered_and_the_reply_is_known_to_be_written(
    client: ClientSession, services: Services
) -> None:
    status, answer = await call(client, wechat.text("citizen-1", "你好"))
    assert status == 200
    assert wechat.opened(answer)
    await services.inline.flush()
    async with services.database.read() as connection:
        states = (await connection.execute(select(outbox.c.state))).scalars().all()
    assert states == ["sent"]


async def test_a_retry_gets_the_recorded_answer_and_no_second_turn(client: ClientSession, services: Services) -> None:
    one = wechat.text("citizen-1", "你好")
    first, again = await call(client, one), await call(client, one)
    assert wechat.opened(first[1]) == wechat.opened(again[1])
    assert await messages(services) == 1


async def test_a_forged_call_is_refused_and_nothing_is_stored(client: ClientSession, services: Services) -> None:
    one = wechat.text("citizen-1", "路灯坏了")
    forged = Call(one.query | {"msg_signature": "0" * 40}, one.body)
    status, answer = await call(client, forged)
    assert status == 403
    assert "路灯" not in answer
    assert await messages(services) == 0
    assert 'minsheng_refused_total{channel="wechat",reason="BadSignature"} 1.0' in services.metrics.page().decode()


async def test_an_unreadable_call_leaves_its_shape_and_no_words(client: ClientSession, services: Services) -> None:
    status, answer = await call(
        client, wechat.sealed("<xml><Content>楼下烧烤店</Content><MsgType>text</MsgType></xml>")
    )
    assert status == 400
    assert "烧烤" not in answer
    async with services.database.read() as connection:
        kept = (await connection.execute(select(refusal))).mappings().one()
    assert kept["reason"]
    assert kept["size"] > 0
    assert "Encrypt" in kept["shape"]
    assert "烧烤" not in str(dict(kept))
    assert await messages(services) == 0


async def test_an_entity_bomb_is_refused_quickly(client: ClientSession, services: Services) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><xml><Encrypt>&b;</Encrypt></xml>'
    status, _ = await call(client, Call(wechat.text("x", "y").query, bomb))
    assert status in (400, 403)
    assert await messages(services) == 0


@pytest.mark.parametrize("chunked", [False, True])
async def test_too_large_a_body_is_refused(client: ClientSession, services: Services, chunked: bool) -> None:
    largest = services.settings.house.web.max_body

    async def pieces():
        for _ in range(largest // 65_536 + 1):
            yield b"x" * 65_536

    body = pieces() if chunked else BytesIO(b"x" * (largest + 1))
    async with client.post(HOOK, data=body) as response:
        assert response.status == 413
    status, _ = await call(client, wechat.text("citizen-1", "你好"))
    assert status == 200


async def test_an_unknown_account_is_told_so(client: ClientSession) -> None:
    async with client.post("/hooks/wechat/nowhere", data=b"x") as response:
        assert response.status == 404
        assert response.content_type == "application/problem+json"


async def test_a_full_queue_sends_the_provider_away_for_a_moment(client: ClientSession, services: Services) -> None:
    await services.hub.drain()  # takes nothing more
    one = wechat.text("citizen-1", "你好")
    async with client.post(HOOK, params=one.query, data=one.body.encode()) as response:
        assert response.status == 503
        assert int(response.headers["Retry-After"]) >= 1
    assert await messages(services) == 0


async def test_a_database_that_fails_is_not_acknowledged_and_heals_by_itself(
    client: ClientSession, services: Services
) -> None:
    break_, mend = _sqlite_full(services) if services.database.sqlite else _postgres_closed(services)
    one = wechat.text("citizen-1", "你好," * 3000)  # more than the pages the file already has
    await break_()
    status, answer = await call(client, one)
    assert (status, answer) == (500, services.accounts["wechat", "city"].adapter.refuse(None, 500).body.decode())
    assert "success" not in answer
    await mend()
    assert await messages(services) == 0
    status, answer = await call(client, one)  # the provider's retry
    assert (status, await messages(services)) == (200, 1)
    assert wechat.opened(answer)


def _sqlite_full(services: Services):
    """The disk is full: no page can be added to the file."""

    async def pages(limit: int) -> None:
        async with services.database.begin() as connection:
            await connection.execute(text(f"PRAGMA max_page_count={limit}"))

    return lambda: pages(1), lambda: pages(1_073_741_823)


def _postgres_closed(services: Services):
    """The server throws everybody out of this database and lets nobody in."""
    url = make_url(services.settings.house.store.url)

    async def tell(*statements: str) -> None:
        connection = await asyncpg.connect(host=url.host, port=url.port, user=url.username, database="postgres")
        for statement in statements:
            await connection.execute(statement)
        await connection.close()

    name = url.database
    thrown_out = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
    closed = f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS '
    return lambda: tell(closed + "false", thrown_out), lambda: tell(closed + "true")

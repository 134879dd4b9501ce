"""Signs of life reach whoever listens, in every process, and hearing starts again when the database comes back."""

from __future__ import annotations

import asyncio

import pytest

from bot.journey import whispers
from bot.journey.whispers import Side, Whispers
from bot.store.engine import Database
from channels.adapter import Act, Sign
from channels.message import Address

HIM = Address("app", "web", "web_p")


async def hears(ear: Whispers, mouth: Whispers) -> Sign:
    """What ``ear`` hears; ``mouth`` says it until it is heard, for a listener may not stand yet."""
    listening = asyncio.ensure_future(anext(ear.listen(HIM, Side.CITIZEN)))
    async with asyncio.timeout(10):
        while not listening.done():
            await asyncio.sleep(0.02)
            await mouth.tell(HIM, Side.CITIZEN, Sign(Act.READ, 7))
    return listening.result()


async def test_signs_cross_processes_and_survive_the_listener(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(whispers, "AGAIN", 0.05)
    one, other = Whispers(database), Whispers(database)
    assert await hears(one, one) == Sign(Act.READ, 7)
    if database.sqlite:
        await asyncio.wait_for(one.run(), 1)  # One process is all there is: nobody else to hear.
        return
    running = asyncio.ensure_future(other.run())
    assert await hears(other, one) == Sign(Act.READ, 7)
    end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"
    async with database.begin() as connection:
        await connection.exec_driver_sql(f"{end} AND datname = current_database()")
    assert await hears(other, one) == Sign(Act.READ, 7)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_slow_listener_keeps_the_latest(database: Database) -> None:
    one = Whispers(database)
    signs = one.listen(HIM, Side.OFFICER)
    first = asyncio.ensure_future(anext(signs))
    await asyncio.sleep(0)
    for seq in range(1, whispers.HELD + 5):
        await one.tell(HIM, Side.OFFICER, Sign(Act.READ, seq))
    await one.tell(HIM, Side.CITIZEN, Sign(Act.TYPING))
    heard = [await first]
    while heard[-1].seq < whispers.HELD + 4:
        heard.append(await asyncio.wait_for(anext(signs), 5))
    assert len(heard) <= whispers.HELD + 1, "the oldest were dropped"
    assert Sign(Act.TYPING) not in heard, "the other side's"

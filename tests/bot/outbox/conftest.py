"""A provider and a house for each test of the outbox."""

from collections.abc import AsyncIterator

import pytest

from bot.store.engine import Database
from tests.bot.outbox.house import House
from tests.bot.outbox.provider import Provider


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    one = Provider()
    await one.start()
    yield one
    await one.stop()


@pytest.fixture
def house(database: Database) -> House:
    return House(database)

"""A provider and a house for each test of the outbox."""

from collections.abc import AsyncIterator

import pytest

from bot.accounts import Accounts
from bot.store.engine import Database
from tests.bot.outbox.house import House
from tests.bot.outbox.provider import FREE, Provider, account, accounts, close


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    one = Provider()
    await one.start()
    yield one
    await one.stop()


@pytest.fixture
def house(database: Database) -> House:
    return House(database)


@pytest.fixture
async def free(provider: Provider) -> AsyncIterator[Accounts]:
    """One account of a channel where anything may be said at any time."""
    all_ = accounts(account("free", FREE, provider.port))
    yield all_
    await close(all_)

"""The hub of a journey, on each kind of database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.channels.wechat.peer import playing
from tests.journeys.clock import Clock
from tests.journeys.sms import provider
from tests.journeys.town import EVENING, Town, running


@pytest.fixture
def clock() -> Clock:
    return Clock(EVENING)


@pytest.fixture
def policy() -> str:
    """The rules tickets are opened under; a test may name others."""
    return "cn-jinan-like"


@pytest.fixture
def city() -> dict[str, str]:
    """Settings of the city beside its policy; a test may give others."""
    return {}


@pytest.fixture
async def town(
    database_url: str, clock: Clock, policy: str, city: dict[str, str], tmp_path: Path
) -> AsyncIterator[Town]:
    async with (
        playing() as wechat_peer,
        provider() as sms_peer,
        running(
            database_url, clock, wechat_peer, sms_peer, folder=tmp_path / "files", city={"policy": policy} | city
        ) as one,
    ):
        yield one

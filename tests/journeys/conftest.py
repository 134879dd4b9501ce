"""The hub of a journey, on each kind of database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

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
def more() -> dict[str, Any]:
    """Further channels of the town; a test may name some."""
    return {}


@pytest.fixture
async def town(
    database_url: str, clock: Clock, policy: str, more: dict[str, Any], tmp_path: Path
) -> AsyncIterator[Town]:
    async with (
        playing() as wechat_peer,
        provider() as sms_peer,
        running(database_url, clock, wechat_peer, sms_peer, folder=tmp_path / "files", policy=policy, more=more) as one,
    ):
        yield one

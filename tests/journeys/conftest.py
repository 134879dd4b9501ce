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
def city() -> dict[str, str]:
    """Settings of the city beside its policy; a test may give others."""
    return {}


@pytest.fixture
def more() -> dict[str, Any]:
    """Further channels of the town; a test may name some."""
    return {}


@pytest.fixture
def settings(policy: str, city: dict[str, str], more: dict[str, Any]) -> dict[str, Any]:
    """What the town is made of."""
    return {"city": {"policy": policy} | city, "more": more}


@pytest.fixture
async def town(database_url: str, clock: Clock, settings: dict[str, Any], tmp_path: Path) -> AsyncIterator[Town]:
    async with (
        playing() as wechat_peer,
        provider() as sms_peer,
        running(database_url, clock, wechat_peer, sms_peer, folder=tmp_path / "files", **settings) as one,
    ):
        yield one

"""A hub with a hotline and an SMS account, and what a switchboard says to it."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bot.services import Services, build
from bot.settings import load
from channels.calls import CallEvent, CallStep, Direction
from tests.channels.sms.case import ALIYUN

SECRET = "a hook secret of the tests"
KEY = "desk-key-of-the-tests"
AT = datetime(2026, 9, 18, 2, 0, tzinfo=UTC)
"""Ten in the morning of the city."""
CITIZEN = "13800138000"
_IDS = itertools.count(1)


def house(url: str, folder: Path, *, now: Callable[[], datetime], texts: bool = True, **more: Any) -> Services:
    """Everything built, nothing started."""
    sms = {"sms": {"city": ALIYUN}} if texts else {}
    default = {
        "store": {"url": url, "connections": 4},
        "files": {"folder": str(folder / "files")},
        "web": {"desk_key": KEY},
        "channels": {
            "app": {"web": {"jwt_secret": "j" * 40}},
            "phone": {"city": {"hook_secret": SECRET, **more}},
            **sms,
        },
    }
    return build(load(None, {}, default=default), now=now)


def step(what: CallEvent, after: float, *, call: str = "c1", id: str = "", **more: Any) -> CallStep:
    """A word of the switchboard, ``after`` so many seconds."""
    given = {"direction": Direction.IN, "peer": CITIZEN, "line": "12345"} | more
    at = AT + timedelta(seconds=after)
    return CallStep(account="city", id=id or f"e{next(_IDS)}", call_id=call, what=what, at=at, **given)


async def rows(services: Services, table: Any) -> list[dict[str, Any]]:
    async with services.database.read() as connection:
        found = await connection.execute(select(table).order_by(*table.primary_key.columns))
        return [dict(row) for row in found.mappings()]

"""A token that only an operator can renew is spoken of thirty days before it ends."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.assembly.checking import examine
from bot.assembly.expiring import ending, warn
from bot.settings import Settings, load
from tests.channels.weibo.case import ACCOUNT

ENDS = date(2026, 10, 18)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    weibo = {"city": ACCOUNT | {"access_token_ends": ENDS}, "other": ACCOUNT | {"access_token_ends": date(2030, 1, 1)}}
    store = {"url": f"sqlite+aiosqlite:///{tmp_path / 'm.db'}"}
    return load(None, {}, default={"store": store, "files": {"folder": str(tmp_path)}, "channels": {"weibo": weibo}})


@pytest.mark.parametrize(
    ("today", "left"),
    [(date(2026, 9, 17), None), (date(2026, 9, 18), 30), (ENDS, 0), (date(2026, 10, 19), -1)],
)
def test_thirty_days_before(settings: Settings, today: date, left: int | None) -> None:
    told = [(one.channel, one.account, one.key, one.left) for one in ending(settings.accounts, today=today)]
    assert told == ([] if left is None else [("weibo", "city", "access_token", left)])


async def test_the_running_hub_writes_it_into_its_log(settings: Settings) -> None:
    with capture_logs() as logs:
        # Eight in the evening of the 17th in London is the 18th in the city.
        assert await warn(settings.accounts, now=lambda: datetime(2026, 9, 17, 20, 0, tzinfo=UTC)) == 1
    (log,) = logs
    assert (log["action"], log["account"], log["name"], log["count"]) == ("account.ends", "city", "access_token", 30)
    assert ACCOUNT["access_token"] not in str(log)


async def test_check_says_it_too(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    for now, words in (
        (datetime(2026, 10, 1, 12, 0, tzinfo=UTC), "还有 17 天"),
        (datetime(2026, 10, 20, 12, 0, tzinfo=UTC), "已于 2026-10-18 到期"),
    ):
        monkeypatch.setattr("bot.assembly.checking.now", lambda now=now: now)
        found = {finding.what: finding for finding in await examine(settings) if finding.what.startswith("channels.")}
        assert words in found["channels.weibo.city"].text
        assert not found["channels.weibo.city"].fatal
        assert found["channels.weibo.other"].text == "complete"

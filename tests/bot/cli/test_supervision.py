"""``minsheng alerts`` and ``minsheng supervision``: read and carried on from the command line."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from bot.cli import main
from bot.store.migrating import migrate
from bot.store.tables import ticket
from channels.message import Batch
from tests.bot.house import at_work, house, words
from tests.bot.orders.test_office import DISPATCH


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MINSHENG_CONFIG", raising=False)


def minsheng(*words: str) -> Result:
    result = CliRunner().invoke(main, words)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture
def number(tmp_path: Path) -> str:
    """A dispatched ticket in the embedded database."""

    async def make() -> str:
        url = "sqlite+aiosqlite:///var/minsheng.db"
        await migrate(url)
        async with at_work(house(url, tmp_path)) as services:
            said = ("天桥区明湖西路12号门口的路灯不亮了，三天了", "提交")
            await services.hub.receive(Batch(tuple(words("p1", text) for text in said)))
            async with services.database.read() as connection:
                one = str(await connection.scalar(select(ticket.c.number)))
            await services.office.order(one, DISPATCH)
            return one

    return asyncio.run(make())


def test_an_alert_is_listed_and_seen(number: str) -> None:
    listed = minsheng("alerts", "list", "--post", "liaison").output
    assert number in listed
    assert "市政养护集团联络员" in listed
    assert "新工单待签收" in listed
    assert minsheng("alerts", "list", "--unit", "D04").output == ""
    assert "已阅 1 条" in minsheng("alerts", "seen", listed.split("\t")[0], "--as", "王敏").output
    assert minsheng("alerts", "list").output == ""


def test_a_supervision_is_issued_answered_and_passed(number: str) -> None:
    assert minsheng("supervision", "list").output == ""
    issued = minsheng("supervision", "issue", number, "--level", "L3", "--as", "督")
    assert issued.exit_code == 0, issued.output
    listed = minsheng("supervision", "list", "--unit", "E04").output
    assert "书面督办\t领导批示" in listed
    assert "待单位回复" in listed
    mine = listed.split("\t")[0]
    assert re.fullmatch(r"DB-\d{6}-\d{3}", mine)
    for step in (
        ("answer", number, mine, "--text", "已整改", "--as", "E04"),
        ("reject", number, mine, "--note", "缺少照片", "--as", "督"),
        ("ask-return", number, mine, "--text", "非本单位职责", "--as", "E04"),
        ("pass", number, mine, "--as", "督"),
    ):
        done = minsheng("supervision", *step)
        assert done.exit_code == 0, (step, done.output)
    assert minsheng("supervision", "list").output == ""
    again = minsheng("supervision", "pass", number, mine, "--as", "督")
    assert (again.exit_code, "not_supervised" in again.output) == (1, True)

"""Dispatch from the command line, on both databases: from the proposal through a dispute to the changed catalogue."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from bot.cli import main
from bot.store.tables import ticket
from channels.message import Batch
from tests.bot.house import at_work, house, words

LAMP = ("天桥区明湖西路12号门口的路灯不亮了，三天了", "提交")


@pytest.fixture
async def number(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A ticket that waits for dispatch, and the settings by which commands find it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MINSHENG_STORE__URL", database_url)
    async with at_work(house(database_url, tmp_path, now=lambda: datetime.now(UTC))) as services:
        await services.hub.receive(Batch(tuple(words("p1", text) for text in LAMP)))
        async with services.database.read() as connection:
            return str(await connection.scalar(select(ticket.c.number)))


async def minsheng(line: str, *, fails: str = "") -> str:
    """What a command said; ``fails``: what it must complain of."""
    done = await asyncio.to_thread(CliRunner().invoke, main, line.split())
    assert (done.exit_code != 0) is bool(fails), done.output
    assert fails in done.output
    return done.output


async def test_a_dispute_from_the_proposal_to_the_catalogue(number: str) -> None:
    shown = await minsheng(f"ticket show {number}")
    assert "建议承办 市政养护集团 E04 9" in shown
    assert "《市政养护集团职责规定》第三条" in shown
    await minsheng(f"ticket dispatch {number} --lead X99", fails="no_such_unit")
    await minsheng(f"ticket dispatch {number} --lead E04 --co M03 --co M16")
    asked = f"ticket request-return {number} --as E04 --clause 养护清单 --suggested M03"
    await minsheng(asked)
    await minsheng(asked, fails="pending")
    await minsheng(f"ticket reject-return {number} --as 白 --note 由你单位养护")
    await minsheng(asked, fails="locked")
    await minsheng(f"ticket dispute {number} --as E04 --signer 赵 --note 不在清单 --candidate M03 --candidate D04")
    assert "district\tdispute" in await minsheng("consultation list")
    await minsheng(f"ticket escalate {number} --as 白")
    paper = await minsheng(f"consultation paper {number}")
    assert "市热线办会商" in paper
    assert "不在清单" in paper
    await minsheng(f"ticket decide-lead {number} --as 陈 --lead M03 --co E04 --minutes 由市城管局牵头 --member 丁")
    assert await minsheng("consultation list") == ""
    proposal = (await minsheng("catalogue proposals")).split("\t")
    assert proposal[1:5] == ["0203", "04", "-", "M03"]
    for who in ("陈", "丁"):
        await minsheng(f"catalogue approve {proposal[0]} --as {who}", fails="same_person")
    await minsheng(f"catalogue approve {proposal[0]} --as 编辑甲 --note 同意")
    await minsheng(f"catalogue reject {proposal[0]} --as 编辑乙 --note 晚了", fails="decided")
    rows = (await minsheng("catalogue list --category 0203")).splitlines()
    assert [row.split("\t")[1:4] for row in rows] == [["-", "-", "市政养护集团"], ["04", "-", "市城管局"]]


async def test_helping_units_and_units_below(number: str) -> None:
    await minsheng(f"ticket dispatch {number} --lead D04")
    await minsheng(f"ticket sign {number} --as D04")
    await minsheng(f"ticket sub-dispatch {number} --as D04 --unit D05C", fails="not_below")
    await minsheng(f"ticket sub-dispatch {number} --as D04 --unit D04C --note 请到现场")
    await minsheng(f"ticket add-co {number} --as 白 --co M03 --co E04")
    for unit in ("D04C", "M03", "E04"):
        await minsheng(f"ticket co-submit {number} --as {unit} --report 已办")


async def test_accuracy_and_an_editors_own_row(number: str) -> None:
    today = datetime.now(UTC).date()
    measured = f"dispatch accuracy --from {today.replace(day=1)} --to {today.replace(year=today.year + 1)}"
    assert "没有派单" in await minsheng(measured)
    await minsheng(f"ticket dispatch {number} --lead E04")
    await minsheng(f"ticket request-return {number} --as E04 --clause 清单 --suggested M03")
    await minsheng(f"ticket approve-return {number} --as 白")
    told = await minsheng(measured)
    assert "派单 1 件,同意退单 1 件,准确率 0.0%" in told
    assert "E04\t市政养护集团\t1/1" in told
    row = "catalogue propose --category 0203 --lead M03 --reason 机构调整 --as 编辑甲"
    await minsheng(f"{row} --district 77", fails="district 77 is not in districts.yaml")
    await minsheng(f"{row} --street 药山街道", fails="needs the district")
    assert "待他人审核" in await minsheng(f"{row} --co E04 --begins 2099-01-01")
    proposal = (await minsheng("catalogue proposals")).split("\t")[0]
    await minsheng(f"catalogue reject {proposal} --as 编辑乙 --note 太早")
    assert await minsheng("catalogue proposals") == ""


@pytest.mark.parametrize("name", ["M02", "交警支队", "交警"])
async def test_a_unit_is_asked_by_any_of_its_names(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    told = await minsheng(f"unit {name}")
    assert told.startswith("M02\t泉城市公安局交警支队")
    assert "值班电话 0000-82020(24小时)" in told
    assert "《交警支队职责规定》第三条" in told


async def test_units_that_are_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert "已撤销" in await minsheng("unit 市地方金融局")
    assert "下级 D04S1" in await minsheng("unit 天桥区")
    await minsheng("unit 没有的局", fails="没有这个单位")

"""``minsheng matter``: proposals listed, joined, split and dissolved from the command line."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from bot.jobs import families
from tests.bot.house import at_work, house
from tests.bot.orders.test_families import LAMPS, report


@pytest.fixture
def config(tmp_path: Path, sqlite_template: Path) -> Path:
    """A city's settings over a file of its own."""
    path = tmp_path / "minsheng.toml"
    path.write_text(
        f'[store]\nurl = "sqlite+aiosqlite:///{tmp_path}/minsheng.db"\n[files]\nfolder = "{tmp_path}/files"\n'
        '[channels.app.web]\njwt_secret = "an example secret of the tests, 32 bytes+"\n'
    )
    (tmp_path / "minsheng.db").write_bytes(sqlite_template.read_bytes())
    return path


@pytest.fixture
def lamps(config: Path, tmp_path: Path) -> list[str]:
    async def made() -> list[str]:
        async with at_work(house(f"sqlite+aiosqlite:///{tmp_path}/minsheng.db", tmp_path)) as services:
            numbers = [await report(services, f"p{n}", text) for n, text in enumerate(LAMPS)]
            await families.propose(services.families)
            return numbers

    return asyncio.run(made())


def test_from_the_proposal_to_the_end(config: Path, lamps: list[str]) -> None:
    def run(*words: str) -> Result:
        return CliRunner().invoke(main, ["matter", *words, "--config", str(config)])

    listed = run("list")
    assert listed.exit_code == 0, listed.output
    assert f"{lamps[0]}\tto_dispatch\t待确认 2\t已并入 0" in listed.output
    assert "near key" in run("show", "1").output
    joined = run("join", lamps[0], lamps[1], lamps[2], "--as", "王敏")
    assert joined.exit_code == 0, joined.output
    again = run("join", lamps[0], lamps[1], "--as", "王敏")
    assert again.exit_code == 1
    assert "not allowed" in again.output
    assert "2" in run("split", "1", lamps[1], lamps[2], "--as", "王敏").output
    assert run("part", lamps[2], "--as", "王敏").exit_code == 0
    assert run("dissolve", "2", "--as", "王敏").exit_code == 0
    assert run("list").output == ""
    assert "there is no matter 9" in run("show", "9").output

"""``minsheng kb``: an editor's sheet as a draft, reviewed and published from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import main

SHEET = "编号,标题,答案,责任单位,核验日期,状态\nKB-9001,残疾人游泳要钱吗,{answer},M21,2026-09-01,{state}\n"


@pytest.fixture
def run(database_url: str, tmp_path: Path):
    config = tmp_path / "minsheng.toml"
    config.write_text(
        f'[store]\nurl = "{database_url}"\n[files]\nfolder = "{tmp_path}"\n'
        '[channels.app.web]\njwt_secret = "an example secret of the tests, 32 bytes+"\n'
    )

    def call(*words: str) -> Result:
        return CliRunner().invoke(main, [*words, "--config", str(config)])

    return call


def sheet(folder: Path, answer: str = "免费。", state: str = "草稿") -> str:
    path = folder / "kb.csv"
    path.write_text(SHEET.format(answer=answer, state=state), "utf-8")
    return str(path)


def test_a_draft_is_published_by_another_person(run, tmp_path):
    assert "已导入 1 条" in run("import", "kb", sheet(tmp_path), "--as", "李编辑").output
    assert "KB-9001\tdraft" in run("kb", "list", "--state", "draft").output
    assert run("kb", "submit", "KB-9001", "--as", "李编辑").exit_code == 0
    alone = run("kb", "approve", "KB-9001", "--as", "李编辑")
    assert (alone.exit_code, "same_person" in alone.output) == (1, True)
    assert "已办理" in run("kb", "approve", "KB-9001", "--as", "王审核").output
    listed = run("kb", "list", "--words", "KB-9001").output
    assert "KB-9001\tpublished\tM21" in listed
    shown = run("kb", "show", "KB-9001").output
    assert "v1 published 李编辑 ← 王审核" in shown
    assert "said 0" in shown
    assert run("kb", "show", "KB-none").exit_code == 1
    assert run("kb", "report", "KB-9001", "--reason", "outdated", "--as", "张坐席").exit_code == 0


def test_a_contradiction_is_told_at_once(run, tmp_path):
    run("import", "kb", sheet(tmp_path, state="发布"))
    other = sheet(tmp_path, answer="20元。", state="发布").replace("kb.csv", "other.csv")
    Path(other).write_text((tmp_path / "kb.csv").read_text("utf-8").replace("KB-9001", "KB-9002"), "utf-8")
    told = run("import", "kb", other).output
    assert "KB-9001" in told
    assert "KB-9002" in told
    work = run("kb", "gaps", "--kind", "conflict").output
    assert "conflict\tM21" in work
    assert run("kb", "assign", "1", "M21", "--as", "李编辑").exit_code == 0
    assert run("kb", "assign", "404", "M21", "--as", "李编辑").exit_code == 1
    held = run("kb", "list", "--state", "held").output
    assert held.count("held") == 2

"""``minsheng policy`` and ``minsheng audit``: what an operator sees, and how a mistake is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import main


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MINSHENG_CONFIG", raising=False)


def minsheng(*words: str) -> Result:
    result = CliRunner().invoke(main, words)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def test_a_preview_counts_for_the_operator() -> None:
    done = minsheng("policy", "preview", "--at", "2026-09-18T09:00", "--version", "cn-jinan-like@1")
    assert done.exit_code == 0, done.output
    assert "应于 2026-09-24 周四 23:59:59 前答复" in done.output


def test_the_versions_are_listed_with_the_one_in_force() -> None:
    assert "* demo@1" in minsheng("policy", "list").output


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--type", "tree"), "tree"),
        (("--version", "nowhere@9"), "nowhere@9.yaml is gone"),
        (("--at", "soon"), "soon"),
    ],
)
def test_a_mistake_is_told_without_a_traceback(words: tuple[str, ...], says: str) -> None:
    done = minsheng("policy", "preview", *words)
    assert done.exit_code == 1
    assert says in done.output
    assert "Traceback" not in done.output


def test_an_empty_archive_verifies() -> None:
    done = minsheng("audit", "verify")
    assert (done.exit_code, "0 件工单" in done.output) == (0, True), done.output
    done = minsheng("audit", "verify", "--deep")
    assert (done.exit_code, "0 件逐条重演" in done.output) == (0, True), done.output


def test_any_order_can_be_given_from_the_command_line() -> None:
    unknown = minsheng("ticket", "order", "1", "supervise", "--role", "supervisor", "-d", "level=L3")
    assert (unknown.exit_code, "there is no ticket 1" in unknown.output) == (1, True), unknown.output
    assert minsheng("ticket", "order", "1", "fly", "--role", "supervisor").exit_code == 1
    assert "NAME=VALUE" in minsheng("ticket", "order", "1", "urge", "--role", "citizen", "-d", "x").output

"""``minsheng check``: everything wrong is named with its key, and nothing secret is shown."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from click.testing import CliRunner, Result

from bot.cli import main


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in os.environ:
        if name.startswith("MINSHENG_"):
            monkeypatch.delenv(name)


def minsheng(*words: str, **environment: str) -> Result:
    result = CliRunner().invoke(main, words, env=environment)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def test_check_passes_on_the_embedded_default() -> None:
    done = minsheng("check")
    assert done.exit_code == 0, done.output
    assert "identity_secret" in done.output  # what the web chat still lacks


def test_check_sees_a_migrated_database() -> None:
    assert minsheng("migrate").exit_code == 0
    done = minsheng("check")
    assert "✓ store.url" in done.output
    assert "migrate" not in done.output


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("MINSHENG_WEB__PROT", "1", 'did you mean "port"'),
        ("MINSHENG_CITY__FOLDER", "/no/such/city", "✗ city"),
        ("MINSHENG_CITY__POLICY", "nowhere", "✗ city"),
        ("MINSHENG_STORE__URL", "postgresql+asyncpg://nobody:pw1234@127.0.0.1:9/x", "✗ store.url"),
        ("MINSHENG_FILES__FOLDER", "/proc/nowhere", "✗ files.folder"),
        ("MINSHENG_STORE__URL", "mysql://me:pw1234@x/y", "store.url"),
        ("MINSHENG_STORE__URL", "not a url", "store.url"),
        ("MINSHENG_CONFIG", "/no/such.toml", "no such file"),
    ],
)
def test_check_names_what_is_wrong_and_fails(key: str, value: str, says: str) -> None:
    done = minsheng("check", **{key: value})
    assert done.exit_code == 1, done.output
    assert says in done.output
    assert "pw1234" not in done.output


def test_check_says_that_the_next_years_days_off_are_not_known() -> None:
    with time_machine.travel(datetime(2030, 12, 15, tzinfo=UTC)):
        done = minsheng("check")
    assert done.exit_code == 0, "the hub runs, by weekends"
    assert "! city" in done.output
    assert "2031 is not known" in done.output
    assert "calendar.yaml" in done.output


def test_migrate_without_a_database_names_the_cure() -> None:
    done = minsheng("migrate", MINSHENG_STORE__URL="postgresql+asyncpg://nobody:pw1234@127.0.0.1:9/x")
    assert done.exit_code == 1
    assert "minsheng check" in done.output
    assert "pw1234" not in done.output

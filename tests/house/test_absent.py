"""What is missing on a machine is said loudly, and is a failure under continuous integration."""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path

import pytest

from tests.absent import absent

ROOT = Path(__file__).parents[2]


def test_a_developer_is_told_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="NO SUCH THING"):
        absent("NO SUCH THING")


def test_continuous_integration_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "1")
    with pytest.raises(pytest.fail.Exception, match="NO SUCH THING"):
        absent("NO SUCH THING")


@pytest.mark.parametrize(("given", "seen"), [({}, "1"), ({"CI": "true"}, "true")])
def test_the_ci_command_hands_ci_down_to_the_tests(given: dict[str, str], seen: str, tmp_path: Path) -> None:
    """``.ci/run`` with a stand-in for make: the recipe of ``make test`` must find CI set."""
    program = tmp_path / "make"
    program.write_text('#!/bin/sh\necho "make $* CI=$CI"\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    environment = {name: value for name, value in os.environ.items() if name != "CI"} | given
    environment["PATH"] = f"{tmp_path}:{environment['PATH']}"
    done = subprocess.run([ROOT / ".ci" / "run"], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == f"make test CI={seen}"

"""The house keeps its floors, and its rooms stay small enough to see from the door."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("bot", "channels", "dialog", "tickets")
SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
MIGRATIONS = ROOT / "bot" / "store" / "migrations"
HEAPS = {"utils", "helpers", "common", "base", "manager", "misc", "data", "info"}
LONGEST_FILE = 300
LONG_FILE = 200
LONGEST_FUNCTION = 40


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_the_floors_hold() -> None:
    run = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as main; main()", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr


def test_no_file_is_too_long_to_read() -> None:
    lengths = {
        named(path): len(path.read_text("utf-8").splitlines()) for path in SOURCES if MIGRATIONS not in path.parents
    }
    assert not {name: length for name, length in lengths.items() if length > LONGEST_FILE}
    long = [name for name, length in lengths.items() if length > LONG_FILE]
    assert len(long) * 10 <= len(lengths), f"more than one file in ten is over {LONG_FILE} lines: {long}"


def test_no_function_is_too_long_to_see() -> None:
    long = {
        f"{named(path)}:{node.name}": length
        for path in SOURCES
        if MIGRATIONS not in path.parents
        for node in functions(path)
        if (length := (node.end_lineno or 0) - node.lineno + 1) > LONGEST_FUNCTION
    }
    assert not long


@pytest.mark.parametrize("path", SOURCES, ids=named)
def test_a_file_says_what_it_is_for(path: Path) -> None:
    first = (ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "").split("\n\n")[0]
    assert first.rstrip().endswith((".", "…", ":")), "a module opens with one sentence"
    assert path.stem not in HEAPS or (path.stem, path.parent.name) == ("manager", "dialog"), "no heaps"


def test_only_the_clock_reads_the_clock() -> None:
    reads = re.compile(r"datetime\.(now|utcnow|today)\(|date\.today\(|\btime\.time\(")
    guilty = [named(path) for path in SOURCES if path.name != "clock.py" and reads.search(path.read_text("utf-8"))]
    assert guilty == []


def test_only_one_place_commits() -> None:
    commits = re.compile(r"\.commit\(")
    assert [named(path) for path in SOURCES if commits.search(path.read_text("utf-8"))] == []


def test_no_machine_and_no_registry_is_named() -> None:
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    forbidden = re.compile(
        r"pypi\.org|pythonhosted|registry\.npmjs|deb\.debian\.org|(?<!no-emit-)index-url|" + "/wo" + "rk/"
    )
    guilty = []
    for name in filter(None, tracked.split("\0")):
        path = ROOT / name
        if path.suffix not in {".py", ".toml", ".lock", ".md", ".yaml", ".js", ".css", ".html", ""} or path == Path(
            __file__
        ):
            continue
        if path.is_file() and forbidden.search(path.read_text("utf-8", errors="ignore")):
            guilty.append(name)
    assert guilty == []

"""The log: one JSON object a line with its action, never a citizen's words, and nobody waits for it."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
import structlog

from bot import logs


@pytest.fixture
def written(capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[[Callable[[], None]], list[dict[str, object]]]]:
    """Runs something under the hub's own logging and gives what reached the terminal."""
    root = logging.getLogger()
    before = root.handlers[:], root.level

    def run(speak: Callable[[], None]) -> list[dict[str, object]]:
        listener = logs.start("info", style="json")
        speak()
        listener.stop()
        return [json.loads(line) for line in capsys.readouterr().err.splitlines()]

    yield run
    root.handlers[:], root.level = before
    structlog.reset_defaults()


def test_a_record_keeps_what_is_sayable_and_counts_what_it_dropped(written) -> None:
    told = {"action": "hook.refused", "channel": "wechat", "words": "楼下烧烤店", "size": 3}
    (line,) = written(lambda: logs.logger("bot.test").warning("refused", **told))
    assert line["action"] == "hook.refused"
    assert (line["channel"], line["size"], line["level"], line["dropped"]) == ("wechat", 3, "warning", 1)
    assert "words" not in line


def test_a_long_value_is_cut(written) -> None:
    (line,) = written(lambda: logs.logger("bot.test").error("x", action="x.y", reason="词" * 5000))
    assert len(str(line["reason"])) <= 200


def test_a_librarys_words_and_tracebacks_stay_out(written) -> None:
    def library() -> None:
        try:
            raise ValueError("路灯坏了 13800138000")
        except ValueError:
            logging.getLogger("some.library").exception("failed on %s", "路灯坏了")

    (line,) = written(library)
    assert "路灯" not in json.dumps(line, ensure_ascii=False)
    assert "138" not in json.dumps(line)
    assert (line["action"], line["name"]) == ("library.said", "some.library")


def test_every_record_in_the_house_names_its_action() -> None:
    import ast
    from pathlib import Path

    methods = {"debug", "info", "warning", "error", "exception", "critical"}
    guilty = []
    for path in (Path(__file__).parents[2] / "bot").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in methods):
                continue
            if isinstance(node.func.value, ast.Name) and node.func.value.id == "log":
                keys = {keyword.arg for keyword in node.keywords if keyword.arg}
                if "action" not in keys or keys - logs.SAYABLE - {"exc_info"}:
                    guilty.append(f"{path.name}:{node.lineno}: {keys}")
    assert guilty == []


def test_a_terminal_that_hangs_does_not_hold_up_the_hub() -> None:
    script = (
        "import time; from bot import logs; logs.start('info', style='json'); log = logs.logger('x'); t = time.time()\n"
        "for n in range(5000): log.info('x' * 100, action='a.b', count=n)\n"
        "import os; print('took', time.time() - t, flush=True); os._exit(0)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None  # stderr is never read: its pipe holds 64 KiB, the log has 1 MiB
    assert float(process.stdout.readline().split()[1]) < 20
    process.wait(10)
    assert process.stderr is not None
    process.stderr.close()
    process.stdout.close()

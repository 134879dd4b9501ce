"""Capabilities are honest: fitted texts never exceed them, the table of channels says the same, floors are kept."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels import matrix, registry
from channels.capabilities import Choices, Unit
from channels.fit import fit, length, shorten
from channels.message import Choice, Notice, Say
from tests.channels.contract.cases import ROOT, TRIALS, Trial

each = pytest.mark.parametrize("trial", TRIALS, ids=str)
each_folder = pytest.mark.parametrize("folder", registry.known())

_WORDS = st.text(alphabet=st.sampled_from("民声热线您好，。ab 🙂👨‍👩‍👧é\u0301𠮷\n"), max_size=60)
LONG = st.builds(lambda words, times: words * times, _WORDS, st.integers(1, 150))
CHOICES = st.lists(st.builds(Choice, st.just("id"), _WORDS, st.sampled_from(["", "1", "人工"])), max_size=5).map(tuple)
CORE = {
    *(
        "account",
        "adapter",
        "calls",
        "capabilities",
        "errors",
        "exchange",
        "fit",
        "limits",
        "message",
        "payload",
        "phones",
        "signature",
    ),
    *("switch", "three_way"),
}


@each
@given(text=LONG, choices=CHOICES)
def test_fitted_words_never_exceed_the_capability(trial: Trial, text: str, choices: tuple[Choice, ...]) -> None:
    can = trial.channel.capabilities
    for body in (Say(text, choices), Notice("ticket.accepted", {}, text, choices)):
        fitted = fit(body, can)
        assert length(fitted.text, can.text_unit) <= can.text_limit
        assert can.choices is Choices.BUTTONS or not fitted.choices
        assert fit(fitted, can) == fitted


@given(text=LONG, limit=st.integers(0, 40), unit=st.sampled_from(Unit))
def test_a_shortened_text_fits_and_begins_as_it_did(text: str, limit: int, unit: Unit) -> None:
    short = shorten(text, limit=limit, unit=unit)
    assert length(short, unit) <= limit
    assert short == text or text.startswith(short.removesuffix("…"))


@each_folder
def test_the_literal_says_where_its_numbers_come_from(folder: str) -> None:
    can = registry.load(folder).capabilities
    assert date.fromisoformat(can.checked)
    assert can.source
    assert (can.text_limit > 0) is bool(can.routes), "a channel without a way out carries no text"
    assert can.rate.per_second > 0


def test_the_readme_shows_what_the_literals_say() -> None:
    assert matrix.README.read_text("utf-8") == matrix.refreshed(matrix.README.read_text("utf-8")), (
        "python -m channels.matrix"
    )
    for folder in registry.known():
        assert matrix.row(registry.load(folder)) in matrix.README.read_text("utf-8")


@each_folder
def test_a_channel_folder_imports_only_the_core_and_itself(folder: str) -> None:
    for path in (ROOT / folder).rglob("*.py"):
        for module in imported(ast.parse(path.read_text("utf-8"))):
            top, _, rest = module.partition(".")
            assert top not in {"bot", "dialog", "tickets", "tests"}, f"{path} imports {module}"
            assert top != "channels" or rest.partition(".")[0] in CORE | {folder}, f"{path} imports {module}"


@each_folder
def test_a_channel_folder_tells_the_operator_how_to_set_it_up(folder: str) -> None:
    assert (ROOT / folder / "README.md").exists()


def imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module == "channels":
            yield from (f"channels.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, "relative imports hide what is imported"
            yield node.module

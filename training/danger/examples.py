"""The examples: what was written for the training, what is composed of parts, and the dialog's own commands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from string import Formatter
from typing import Any

import yaml

from dialog.emergency import alarms
from dialog.lexicon import fold, rules

CALM, UNTOLD = "calm", "untold"
_HERE = Path(__file__).parent
_OF_EACH = 60
"""How many sentences one pattern with places to fill makes."""

Examples = dict[str, list[str]]


def examples() -> Examples:
    """Kind of emergency -> folded messages. ``calm`` are those that are none, ``untold`` those whose kind nobody told."""
    return _merged(said(), composed(), {CALM: list(commands())})


def said() -> Examples:
    """Written by people: ``said/*.yaml``."""
    return _merged(*(_read(path) for path in sorted(_HERE.glob("said/*.yaml"))))


def composed() -> Examples:
    """Made of parts: ``composed.yaml``."""
    table = _read(_HERE / "composed.yaml")
    return {
        kind: [one for words in row for one in _filled(words, table["slots"])] for kind, row in table["said"].items()
    }


def commands() -> Iterator[str]:
    """The words that begin or answer something in the dialog: short, frequent, and never an emergency."""
    for name, row in rules("intents").items():
        if name != "in_danger":
            yield from (word for words in row.values() for word in words if not word.startswith("~"))


def _read(path: Path) -> Any:
    return yaml.safe_load(path.read_text("utf-8"))


def _merged(*tables: Examples) -> Examples:
    found: dict[str, set[str]] = {}
    for table in tables:
        for name, texts in table.items():
            kind = CALM if name.endswith(CALM) else name if name in alarms() else UNTOLD
            found.setdefault(kind, set()).update(map(fold, texts))
    return {kind: sorted(texts) for kind, texts in sorted(found.items())}


def _filled(words: str, slots: dict[str, Sequence[str]]) -> Iterator[str]:
    """``words`` with its places filled: each with the next of its words, every place at a stride of its own."""
    names = [name for _, name, _, _ in Formatter().parse(words) if name]
    for turn in range(_OF_EACH):
        filled = {
            name: slots[name][(turn * (2 * place + 1) + 7 * place) % len(slots[name])]
            for place, name in enumerate(names)
        }
        yield words.format(**filled)

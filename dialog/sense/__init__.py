"""A learned sense of danger: how much a message sounds like an emergency, and like which one.

A linear model over the characters of a message and their neighbours. ``python -m training.danger`` makes its weights
from the project's own examples. It raises what the rules passed over and never lowers what they found.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import chain, repeat
from math import sqrt
from operator import add
from typing import Any

WEIGHTS = files("dialog") / "sense" / "weights.json"
DANGER, SCALE = "danger", 100
"""The name of the weights of yes or no; all weights are kept as whole hundredths."""
_SHORT = 12
_NOTHING = repeat(0)
_REPEATED, _TWICE = re.compile(r"(.)\1{2,}"), r"\1\1"


def grams(text: str) -> Iterator[str]:
    """Every run of one, two and three characters of ``text``; ``^`` and ``$`` stand for its beginning and end.

    What is repeated ("……", "!!!!", "哈哈哈哈") says no more than twice."""
    text = f"^{_REPEATED.sub(_TWICE, text)}$"
    two = list(map(add, text, text[1:]))
    return chain(text, two, map(add, two, text[2:]))


def share(text: str) -> float:
    """What one gram of ``text`` counts: long messages hold more of them and must not shout louder, and two or three
    characters do not say much."""
    return 1 / sqrt(max(len(text), _SHORT))


@dataclass(frozen=True, slots=True, repr=False)
class Sense:
    """``danger``: bias and weights of yes or no. ``kinds``: the same for each kind of emergency."""

    danger: tuple[float, Mapping[str, int]]
    kinds: Mapping[str, tuple[float, Mapping[str, int]]]

    def score(self, text: str) -> float:
        """How dangerous folded ``text`` sounds; above 0 more likely so than not."""
        return _score(self.danger, text)

    def kind(self, text: str) -> str:
        """The kind of emergency that ``text``, if it is one, most likely tells of."""
        return max(self.kinds, key=lambda kind: _score(self.kinds[kind], text))


def _score(line: tuple[float, Mapping[str, int]], text: str) -> float:
    bias, weights = line
    return bias + sum(map(weights.get, grams(text), _NOTHING)) * share(text) / SCALE


def read(table: Mapping[str, Any]) -> Sense:
    """The sense that ``table``, the content of a weights file, describes."""
    lines = {name: (bias / SCALE, weights) for name, (bias, weights) in table.items()}
    return Sense(lines.pop(DANGER), lines)


@cache
def sense() -> Sense:
    """The packaged one."""
    return read(json.loads(WEIGHTS.read_text("utf-8")))

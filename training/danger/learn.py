"""From examples to weights: logistic regression over the grams of a message, the same examples always the same weights."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import yaml
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from dialog.emergency import alarms
from dialog.lexicon import fold, rules
from dialog.sense import DANGER, SCALE, grams, share

CALM, UNTOLD = "calm", "untold"
_HERE = Path(__file__).parent
_CLOSE, _LOOSE = 20.0, 3.0
"""How closely the weights follow the examples (C of the regression) for danger and for its kinds; five-fold
cross-validation finds a broad flat best around them."""
_LEAST, _LEAST_KIND = 3, 15
"""Weights smaller than this many hundredths decide nothing and are left out, to keep the file small."""

Line = tuple[int, dict[str, int]]


def examples() -> dict[str, list[str]]:
    """Kind of emergency -> folded messages. ``calm`` are those that are none, ``untold`` those whose kind nobody told."""
    found: dict[str, set[str]] = {}
    for path in sorted(_HERE.glob("*.yaml")):
        for name, texts in yaml.safe_load(path.read_text("utf-8")).items():
            kind = CALM if name.endswith(CALM) else name if name in alarms() else UNTOLD
            found.setdefault(kind, set()).update(map(fold, texts))
    found[CALM].update(_commands())
    return {kind: sorted(texts) for kind, texts in sorted(found.items())}


def _commands() -> Iterator[str]:
    """The words that begin or answer something: short, frequent, and never an emergency."""
    for name, row in rules("intents").items():
        if name != "in_danger":
            yield from (word for words in row.values() for word in words if not word.startswith("~"))


def learned(said: Mapping[str, Sequence[str]]) -> dict[str, Line]:
    """Bias and weights, in whole hundredths, of danger and of each kind."""
    told = {kind: texts for kind, texts in said.items() if kind not in {CALM, UNTOLD}}
    whose = [kind for kind, texts in told.items() for _ in texts]
    kinds = _Grams([text for texts in told.values() for text in texts])
    danger = _Grams([text for texts in said.values() for text in texts])
    answers = [kind != CALM for kind, texts in said.items() for _ in texts]
    lines = {DANGER: danger.line(answers, close=_CLOSE, least=_LEAST)}
    for one in told:
        lines[one] = kinds.line([kind == one for kind in whose], close=_LOOSE, least=_LEAST_KIND)
    return lines


def written(lines: Mapping[str, Line]) -> str:
    """The weights file: one gram a line, so that a change can be read."""
    return json.dumps(lines, ensure_ascii=False, indent=0, separators=(",", ":")) + "\n"


class _Grams:
    """The messages as a matrix: a row each, a column for every gram."""

    def __init__(self, texts: Sequence[str]) -> None:
        counts = [Counter(grams(text)) for text in texts]
        self._names = sorted(set().union(*counts))
        column = {gram: number for number, gram in enumerate(self._names)}
        cells = [
            (share(text) * times, row, column[gram])
            for row, (text, found) in enumerate(zip(texts, counts, strict=True))
            for gram, times in found.items()
        ]
        values, rows, columns = zip(*cells, strict=True)
        self._matrix = csr_matrix((values, (rows, columns)), shape=(len(texts), len(self._names)))

    def line(self, answers: Sequence[bool], *, close: float, least: int) -> Line:
        """Bias and weights that tell the messages with the answer yes from the others."""
        model = LogisticRegression(C=close, solver="liblinear", max_iter=1000).fit(self._matrix, answers)
        weights = {gram: round(SCALE * weight) for gram, weight in zip(self._names, model.coef_[0], strict=True)}
        return round(SCALE * model.intercept_[0]), {gram: w for gram, w in weights.items() if abs(w) >= least}

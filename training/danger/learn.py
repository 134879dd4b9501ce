"""From examples to weights: logistic regression over the grams of a message, the same examples always the same weights."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence

from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from dialog.sense import DANGER, SCALE, grams, share
from training.danger.examples import CALM, UNTOLD

_CLOSE = 20.0
"""How closely the weights follow the examples (C of the regression): cross-validation finds a broad flat best around it."""
_LEAST, _LEAST_KIND = 15, 60
"""Weights smaller than this many hundredths decide nothing and are left out, to keep the file small; so are the longest
grams that only one example has."""
_LONGEST = 3

Line = tuple[int, dict[str, int]]


def learned(said: Mapping[str, Sequence[str]]) -> dict[str, Line]:
    """Bias and weights, in whole hundredths, of danger and of each kind."""
    told = {kind: texts for kind, texts in said.items() if kind not in {CALM, UNTOLD}}
    whose = [kind for kind, texts in told.items() for _ in texts]
    kinds = _Grams([text for texts in told.values() for text in texts])
    danger = _Grams([text for texts in said.values() for text in texts])
    answers = [kind != CALM for kind, texts in said.items() for _ in texts]
    lines = {DANGER: danger.line(answers, least=_LEAST)}
    for one in told:
        lines[one] = kinds.line([kind == one for kind in whose], least=_LEAST_KIND)
    return lines


def written(lines: Mapping[str, Line]) -> str:
    """The weights file: one gram a line, so that a change can be read."""
    return json.dumps(lines, ensure_ascii=False, indent=0, separators=(",", ":")) + "\n"


class _Grams:
    """The messages as a matrix: a row each, a column for every gram."""

    def __init__(self, texts: Sequence[str]) -> None:
        counts = [Counter(grams(text)) for text in texts]
        spread = Counter(gram for found in counts for gram in found)
        self._names = sorted(gram for gram, rows in spread.items() if rows > 1 or len(gram) < _LONGEST)
        column = {gram: number for number, gram in enumerate(self._names)}
        cells = [
            (share(text) * times, row, column[gram])
            for row, (text, found) in enumerate(zip(texts, counts, strict=True))
            for gram, times in found.items()
            if gram in column
        ]
        values, rows, columns = zip(*cells, strict=True)
        self._matrix = csr_matrix((values, (rows, columns)), shape=(len(texts), len(self._names)))

    def line(self, answers: Sequence[bool], *, least: int) -> Line:
        """Bias and weights that tell the messages with the answer yes from the others."""
        model = LogisticRegression(C=_CLOSE, solver="liblinear", max_iter=1000).fit(self._matrix, answers)
        weights = {gram: round(SCALE * weight) for gram, weight in zip(self._names, model.coef_[0], strict=True)}
        return round(SCALE * model.intercept_[0]), {gram: w for gram, w in weights.items() if abs(w) >= least}

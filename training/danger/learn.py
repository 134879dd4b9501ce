"""From examples to weights: logistic regression over the grams of a message, the same examples always the same weights."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from dialog.emergency import alarms
from dialog.lexicon import fold
from dialog.sense import SCALE, grams, share

CALM, DANGER = "calm", "danger"
_HERE = Path(__file__).parent
_LOOSE = {DANGER: 30.0, "kinds": 3.0}
"""How closely the weights may follow the examples (C of the regression): chosen by five-fold cross-validation."""
_LEAST = {DANGER: 3, "kinds": 15}
"""Weights smaller than this many hundredths decide nothing and are left out, to keep the file small."""

Lines = dict[str, tuple[int, dict[str, int]]]


def examples() -> dict[str, list[str]]:
    """Kind of emergency -> folded messages. ``calm`` are those that are none, ``danger`` those whose kind nobody told."""
    found: dict[str, set[str]] = {}
    for path in sorted(_HERE.glob("*.yaml")):
        for name, texts in yaml.safe_load(path.read_text("utf-8")).items():
            kind = CALM if name.endswith(CALM) else name if name in alarms() else DANGER
            found.setdefault(kind, set()).update(map(fold, texts))
    return {kind: sorted(texts) for kind, texts in sorted(found.items())}


def learned(said: Mapping[str, Sequence[str]]) -> Lines:
    """Bias and weights, in whole hundredths, of danger and of each kind."""
    kinds = [kind for kind in said if kind not in {CALM, DANGER}]
    everything = [(text, kind != CALM) for kind, texts in said.items() for text in texts]
    told = [(text, kind) for kind in kinds for text in said[kind]]
    lines: Lines = {DANGER: _fit([text for text, _ in everything], [yes for _, yes in everything], DANGER)}
    for one in kinds:
        lines[one] = _fit([text for text, _ in told], [kind == one for _, kind in told], "kinds")
    return lines


def written(lines: Lines) -> str:
    """The weights file: one gram a line, so that a change can be read."""
    return json.dumps(lines, ensure_ascii=False, indent=0, separators=(",", ":")) + "\n"


def _fit(texts: Sequence[str], answers: Sequence[bool], what: str) -> tuple[int, dict[str, int]]:
    counts = [Counter(grams(text)) for text in texts]
    names = sorted(set().union(*counts))
    column = {gram: number for number, gram in enumerate(names)}
    cells = [
        (share(text) * times, row, column[gram])
        for row, (text, found) in enumerate(zip(texts, counts, strict=True))
        for gram, times in found.items()
    ]
    values, rows, columns = zip(*cells, strict=True)
    matrix = csr_matrix((values, (rows, columns)), shape=(len(texts), len(names)))
    model: Any = LogisticRegression(C=_LOOSE[what], solver="liblinear", max_iter=1000, tol=1e-6)
    model.fit(matrix, list(answers))
    weights = {gram: round(SCALE * weight) for gram, weight in zip(names, model.coef_[0], strict=True)}
    kept = {gram: weight for gram, weight in weights.items() if abs(weight) >= _LEAST[what]}
    return round(SCALE * model.intercept_[0]), kept

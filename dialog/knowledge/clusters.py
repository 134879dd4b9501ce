"""Puts questions that ask the same together, one after the other, so that a gap is one task and not a hundred."""

from __future__ import annotations

from collections.abc import Iterable

from dialog.knowledge.normal import normal
from dialog.knowledge.texts import Texts, features

ALIKE = 0.65
"""How much two questions share to be the same gap. On public paraphrases among thousands of near twins
(``benchmarks/gaps.py``) six of ten pairs put together belong together, and half of those that do are: an editor sees
every wording and can take one out, and rather two tasks than a citizen told the answer to another question."""


class Clusters:
    """The gaps there are, each by the question that founded it."""

    def __init__(self, known: Iterable[tuple[int, str]] = ()) -> None:
        self._texts = Texts()
        self._gaps: list[int] = []
        found = list(known)
        self._gaps.extend(gap for gap, _ in found)
        self._texts.add([normal(question) for _, question in found])

    def found(self, gap: int, question: str) -> None:
        """A new gap begins with this question."""
        self._gaps.append(gap)
        self._texts.add([normal(question)])

    def place(self, question: str) -> int | None:
        """The gap this question belongs to, None where it is a new one."""
        bones = normal(question)
        asked = [(feature, self._texts.weight(feature)) for feature in features(bones)]
        total = sum(weight for _, weight in asked)
        if not total:
            return None
        near = self._texts.near(bones, lambda _: True)
        best = max(((self._texts.likeness(asked, total, number), -number) for number in near), default=(0.0, 0))
        return self._gaps[-best[1]] if best[0] >= ALIKE else None

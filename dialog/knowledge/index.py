"""Finds the entry that was asked for: in memory, in a fraction of a millisecond, changed while it serves.

Texts are compared by their characters and pairs of characters, each weighted by how rare it is. On the public question
sets tried (``benchmarks/knowledge.py``) that finds what words find: first right 0.63 with characters and pairs, 0.64
with characters and segmented words, 0.63 with all three. A segmenter would add 34 MB to the process, so there is none.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from heapq import nlargest

from dialog.knowledge.entry import Entry, distinct
from dialog.knowledge.normal import normal, ways
from dialog.knowledge.policy import AnswerPolicy, Found, Outcome, Verdict
from dialog.knowledge.texts import Texts, features

CLAUSE = 0.97
"""A clause that matches says a little less than a whole question that matches."""
ELSEWHERE = 0.9
"""An entry of one district, asked from we do not know where, comes after one of the whole city."""
DEAD = 0.3
"""Share of texts of removed entries at which the index is built anew."""


class KnowledgeIndex:
    """All entries of a city. ``ask`` and ``put`` are called from one event loop and never wait."""

    def __init__(self, *, policy: AnswerPolicy | None = None) -> None:
        self._policy = policy or AnswerPolicy()
        self._entries: dict[str, Entry] = {}
        self._clear()

    @classmethod
    def build(cls, entries: Iterable[Entry], *, policy: AnswerPolicy | None = None) -> KnowledgeIndex:
        """An index of these. Raises EntryError where two entries contradict each other."""
        index = cls(policy=policy)
        index.put(distinct(entries))
        return index

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, entry_id: str) -> Entry | None:
        """The entry, whatever its state."""
        return self._entries.get(entry_id)

    def put(self, entries: Iterable[Entry]) -> None:
        """Add entries, replacing those with the same ids; the next question sees them."""
        texts: list[str] = []
        for entry in entries:
            self._forget(entry.id)
            self._entries[entry.id] = entry
            wordings = _wordings(entry)
            texts.extend(wordings)
            self._owners.extend([entry] * len(wordings))
        self._texts.add(texts)
        self._sweep()

    def ask(self, question: str, *, today: date, district: str = "") -> Outcome:
        """See :class:`dialog.city.Knows`."""
        scores: dict[str, float] = {}
        for place, way in enumerate(ways(question)):
            share = CLAUSE if place else 1.0
            for entry_id, score in self._search(way, today, district):
                if score * share > scores.get(entry_id, 0.0):
                    scores[entry_id] = score * share
        best = nlargest(self._policy.candidates + 1, scores.items(), key=lambda pair: pair[1])
        outcome = self._policy.decide([Found(self._entries[entry_id], score) for entry_id, score in best])
        if outcome.verdict is Verdict.ANSWER and outcome.found[0].entry.area and not district:
            # True in one district only, and we do not know which one is meant: the citizen says.
            return Outcome(Verdict.OFFER, outcome.found)
        return outcome

    def _clear(self) -> None:
        self._texts = Texts()
        self._owners: list[Entry] = []
        self._dead = 0

    def _forget(self, entry_id: str) -> None:
        gone = self._entries.pop(entry_id, None)
        if gone is not None:
            self._dead += len(_wordings(gone))

    def _sweep(self) -> None:
        if self._dead > DEAD * len(self._owners):
            entries = list(self._entries.values())
            self._entries.clear()
            self._clear()
            self.put(entries)

    def _search(self, text: str, today: date, district: str) -> Iterable[tuple[str, float]]:
        asked = [(feature, self._texts.weight(feature)) for feature in features(text)]
        total = sum([weight for _, weight in asked])

        def may_be_served(number: int) -> bool:
            entry = self._owners[number]
            here = not entry.area or not district or entry.area == district
            return here and entry.served_on(today) and self._entries.get(entry.id) is entry

        for number in self._texts.near(text, may_be_served):
            entry = self._owners[number]
            score = self._texts.likeness(asked, total, number)
            yield entry.id, score * (ELSEWHERE if entry.area and not district else 1.0)


def _wordings(entry: Entry) -> set[str]:
    """All that asks for this entry; a keyword sent alone is the shortest way to ask."""
    return {normal(text) for text in (entry.question, *entry.similar, *entry.keywords)} - {""}

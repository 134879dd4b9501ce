"""Finds the entry that was asked for: in memory, in a fraction of a millisecond, changed while it serves.

Texts are compared by their characters and pairs of characters, each weighted by how rare it is. On the public question
sets tried (``benchmarks/knowledge.py``) that finds what words find: first right 0.63 with characters and pairs, 0.64
with characters and segmented words, 0.63 with all three. A segmenter would add 34 MB to the process, so there is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from datetime import date
from heapq import nlargest

from dialog.knowledge.entry import LINE, Entry, distinct
from dialog.knowledge.normal import normal, ways
from dialog.knowledge.policy import AnswerPolicy, Found, Outcome, Verdict
from dialog.knowledge.texts import Texts, features

CLAUSE = 0.97
"""A clause that matches says a little less than a whole question that matches."""
ELSEWHERE = 0.9
"""An entry of one district, asked from we do not know where, comes after one of the whole city."""
SAME_TOPIC = 0.6
"""Share of the shorter question's characters and pairs that a unit's line and an older entry have in common, from which
on they are about the same (PROP: set by hand on the demonstration city)."""
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

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries.values())

    def asking(self, wanted: Set[str]) -> list[Entry]:
        """Entries whose title, made :func:`normal`, is one of ``wanted``."""
        near = {self._owners[number].id for number in self._texts.equal(wanted)}
        return [entry for id_ in near if (entry := self._entries.get(id_)) and normal(entry.question) in wanted]

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
        found = [Found(self._entries[entry_id], score) for entry_id, score in best]
        outcome = self._policy.decide(self._in_force(found))
        if outcome.verdict is Verdict.ANSWER and outcome.found[0].entry.area and not district:
            # True in one district only, and we do not know which one is meant: the citizen says.
            return Outcome(Verdict.OFFER, outcome.found)
        return outcome

    def _in_force(self, found: list[Found]) -> list[Found]:
        """Without what a unit's newer line on the same topic overrules; its own place is that of the best of them."""
        lines = [one for one in found if one.entry.nature == LINE]
        if not lines:
            return found
        kept = []
        for one in found:
            over = next((line for line in lines if overrules(line.entry, one.entry)), None)
            kept.append(one if over is None else Found(over.entry, max(one.score, over.score)))
        best: dict[str, Found] = {}
        for one in kept:
            if one.entry.id not in best or one.score > best[one.entry.id].score:
                best[one.entry.id] = one
        return sorted(best.values(), key=lambda one: -one.score)

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


def overrules(line: Entry, other: Entry) -> bool:
    """Does the unit's current line (处置口径) take the place of ``other``: is it newer, and on the same topic?"""
    if line.id == other.id or other.effective > line.effective or (other.area and other.area != line.area):
        return False
    if other.nature == LINE and (other.effective, other.id) >= (line.effective, line.id):
        return False
    asked, told = features(normal(other.question)), [features(bones) for bones in _wordings(line)]
    return any(len(asked & one) >= SAME_TOPIC * min(len(asked), len(one)) for one in told)


def _wordings(entry: Entry) -> set[str]:
    """All that asks for this entry; a keyword sent alone is the shortest way to ask."""
    return {normal(text) for text in (entry.question, *entry.similar, *entry.keywords)} - {""}

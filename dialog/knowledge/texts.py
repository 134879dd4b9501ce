"""The questions of the knowledge base as texts that can be looked up by the pairs of characters they share."""

from __future__ import annotations

import math
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Set
from itertools import islice, pairwise

from dialog.knowledge.normal import HOW_CHARACTERS

ADDED = 400
"""Postings of rare pairs that are added up for one question."""
RARE = 12
"""Texts taken for sharing rare pairs."""
COMMON = 12
"""Texts taken for sharing all of the common pairs that any text shares together."""
TRIED = 200
"""How many of these are looked at for such as may be served."""
MASKS = 512
"""Common pairs whose masks are kept: 12 kB each with 100,000 texts."""

# Chosen so that two unlike bases gain: first right 0.64 -> 0.67 on bench_epi (dev), 0.92 -> 0.96 in the demonstration city.
PAIR = 0.5
"""A pair counts half: its two characters are counted already."""
UNSEEN = 0.8
"""What no entry holds may still be what matters, or just a citizen's way of talking."""
FEW = 500
"""A smaller base says too little about which words are rare; it is weighed as if it had this many texts."""
HOW = 0.3
"""What a character of :data:`~dialog.knowledge.normal.HOW_CHARACTERS` counts: how somebody asks matters less than what about."""


class Texts:
    """Numbered texts. A number is never reused; forgetting is left to the owner, who builds a new one from time to time.

    Postings of a rare pair are added up. A common pair (in a base of many alike entries all pairs are common) would take
    milliseconds to walk: there each pair is one long integer, a bit per text, and the pairs are intersected.
    """

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._totals = array("f")
        self._weighed = 0
        self._postings: dict[str, array[int]] = {}
        self._characters: Counter[str] = Counter()
        self._weights: dict[str, float] = {}
        self._masks: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._texts)

    def add(self, texts: Iterable[str]) -> None:
        """Take texts in, numbered from ``len(self)`` on."""
        for number, text in enumerate(texts, len(self._texts)):
            self._texts.append(text)
            self._characters.update(set(text))
            for pair in pairs(text):
                postings = self._postings.get(pair)
                if postings is None:
                    postings = self._postings[pair] = array("I")
                postings.append(number)
        self._weights.clear()
        self._masks.clear()
        # Weights drift slowly; totals are taken anew only when the base has grown by a fifth.
        if len(self._texts) > 1.2 * self._weighed:
            self._totals = array("f")
            self._weighed = len(self._texts)
        self._totals.extend(sum(map(self.weight, features(text))) for text in self._texts[len(self._totals) :])

    def weight(self, feature: str) -> float:
        """How much a character or a pair tells: its inverse document frequency, less where it only says how one asks."""
        weight = self._weights.get(feature)
        if weight is None:
            count = max(len(self._texts), FEW)
            seen = len(self._postings.get(feature, ())) if len(feature) > 1 else self._characters[feature]
            weight = math.log(1 + (count - seen + 0.5) / (seen + 0.5)) if seen else UNSEEN * math.log(1 + count)
            how = sum(character in HOW_CHARACTERS for character in feature) / len(feature)
            weight *= (1 - how * (1 - HOW)) * (PAIR if len(feature) > 1 else 1.0)
            self._weights[feature] = weight
        return weight

    def likeness(self, asked: list[tuple[str, float]], total: float, number: int) -> float:
        """What the question (features with weights, and their sum) and a text share, of the larger of the two: 0 to 1."""
        text = self._texts[number]
        shared = sum([weight for feature, weight in asked if feature in text])
        return min(shared / max(total, self._totals[number]), 1.0)

    def equal(self, wanted: Set[str]) -> list[int]:
        """Numbers of the texts that are one of ``wanted``."""
        return [number for number, text in enumerate(self._texts) if text in wanted]

    def near(self, text: str, accept: Callable[[int], bool]) -> set[int]:
        """Numbers of the texts worth a comparison, among those that ``accept`` takes."""
        found = sorted(
            (len(postings), pair, postings) for pair in pairs(text) if (postings := self._postings.get(pair))
        )
        sums: defaultdict[int, float] = defaultdict(float)
        left = ADDED
        rare = 0
        for count, pair, postings in found:
            left -= count
            if left < 0:
                break
            weight = self.weight(pair)
            for number in postings:
                sums[number] += weight
            rare += 1
        ranked = sorted(sums, key=sums.__getitem__, reverse=True)
        together = self._together([pair for _, pair, _ in found[rare:]])
        return {*islice(filter(accept, ranked), RARE), *islice(filter(accept, islice(together, TRIED)), COMMON)}

    def _together(self, common: list[str]) -> Iterator[int]:
        """Numbers of texts that share these pairs, rarest first, leaving out a pair that nothing else shares."""
        kept = 0
        for pair in common:
            mask = self._mask(pair)
            both = kept & mask if kept else mask
            kept = both or kept
            if kept.bit_count() <= COMMON:
                break
        while kept:
            lowest = kept & -kept
            yield lowest.bit_length() - 1
            kept ^= lowest

    def _mask(self, pair: str) -> int:
        mask = self._masks.get(pair)
        if mask is None:
            if len(self._masks) >= MASKS:
                self._masks.clear()
            bits = bytearray(len(self._texts) // 8 + 1)
            for number in self._postings[pair]:
                bits[number >> 3] |= 1 << (number & 7)
            mask = self._masks[pair] = int.from_bytes(bits, "little")
        return mask


def pairs(text: str) -> set[str]:
    """The pairs of neighbouring characters."""
    return {first + second for first, second in pairwise(text)}


def features(text: str) -> set[str]:
    """Its characters and its pairs."""
    return {*text, *pairs(text)}

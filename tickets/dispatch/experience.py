"""What was dispatched before and not returned: counts of which unit such matters went to, from the general to the exact.

Each square of the table "how exact the category" times "how exact the place" leans on its neighbours that know less, the
more so the fewer different tickets it saw (Witten-Bell smoothing); traits such as the appeal's type then raise or lower
each unit by how much oftener it shows them than others do.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import exp, log

TRAIT_WEIGHT = 0.5
"""Traits are not independent of category and place: each counts half."""
_NEVER = 1e-12

Key = tuple[str, ...]
Shares = Mapping[str, float]
"""Unit -> its share; all together 1."""


@dataclass(frozen=True, slots=True)
class Trace:
    """What is remembered of a ticket. ``matter`` and ``place`` go from the general to the exact, each part naming
    itself fully or being read together with those before it; ``traits`` stand in a fixed order."""

    matter: tuple[str, ...]
    place: tuple[str, ...] = ()
    traits: tuple[str, ...] = ()

    def squares(self) -> Iterator[tuple[int, int, Key]]:
        """Every square of the table it falls into: how exact in category and place, and the square's key."""
        for exact in range(len(self.matter) + 1):
            for near in range(len(self.place) + 1):
                yield exact, near, ("#", *self.matter[:exact], "@", *self.place[:near])

    def marks(self) -> Iterator[Key]:
        """The keys of its traits."""
        return ((str(at), trait) for at, trait in enumerate(self.traits) if trait)


class Experience:
    """The counts. Learning and ranking are plain arithmetic in memory: nothing waits."""

    def __init__(self) -> None:
        self._counts: defaultdict[Key, dict[str, float]] = defaultdict(dict)

    def __bool__(self) -> bool:
        return bool(self._counts)

    def learn(self, trace: Trace, unit: str, weight: float = 1.0) -> None:
        """A ticket like ``trace`` was ``unit``'s; older ones may weigh less."""
        for key in (*(key for _, _, key in trace.squares()), *trace.marks()):
            counts = self._counts[key]
            counts[unit] = counts.get(unit, 0.0) + weight

    def seen(self, trace: Trace, unit: str = "") -> float:
        """How much was learned of the exact category of ``trace``, wherever it was; of one unit where one is named."""
        counts = self._counts.get(("#", *trace.matter, "@"), {})
        return counts.get(unit, 0.0) if unit else sum(counts.values())

    def rank(self, trace: Trace) -> list[tuple[str, float]]:
        """Every unit ever learned with its share of such tickets, the largest first."""
        whole = self._counts.get(("#", "@"))
        if not whole:
            return []
        everywhere = _shares(whole)
        scores = {unit: log(max(share, _NEVER)) for unit, share in self._exact(trace, everywhere).items()}
        for mark in trace.marks():
            shown = _leaning(self._counts.get(mark, {}), [everywhere])
            for unit, share in everywhere.items():
                scores[unit] += TRAIT_WEIGHT * log(shown[unit] / share)
        top = max(scores.values())
        weights = {unit: exp(score - top) for unit, score in scores.items()}
        total = sum(weights.values())
        return sorted(((unit, weight / total) for unit, weight in weights.items()), key=lambda one: (-one[1], one[0]))

    def _exact(self, trace: Trace, everywhere: Shares) -> Shares:
        """The shares in the most exact square, each square leaning on the one or two before it."""
        table: dict[tuple[int, int], Shares] = {(0, 0): everywhere}
        for exact, near, key in trace.squares():
            if exact or near:
                before = [table[one] for one in ((exact - 1, near), (exact, near - 1)) if one in table]
                table[exact, near] = _leaning(self._counts.get(key, {}), before)
        return table[len(trace.matter), len(trace.place)]


def _shares(counts: Mapping[str, float]) -> Shares:
    total = sum(counts.values())
    return {unit: count / total for unit, count in counts.items()}


def _leaning(counts: Mapping[str, float], before: Sequence[Shares]) -> Shares:
    """The shares that ``counts`` show, leaning on the average of ``before`` by how many different units were seen."""
    if len(before) == 1:
        prior = before[0]
    else:
        one, other = before
        prior = {unit: (share + other[unit]) / 2 for unit, share in one.items()}
    if not counts:
        return prior
    total = sum(counts.values())
    # One ticket's worth a unit; where the tickets are so old that they weigh less than that, as much as they weigh.
    lean = min(total, float(len(counts)))
    whole = total + lean
    shares = {unit: lean * share / whole for unit, share in prior.items()}
    for unit, count in counts.items():
        shares[unit] += count / whole
    return shares

"""When the hub answers, when it offers a choice, and when it says it does not know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from dialog.knowledge.entry import Entry


class Verdict(StrEnum):
    """直接答复, 请市民选择, 不知道."""

    ANSWER = "answer"
    OFFER = "offer"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Found:
    """An entry and how sure we are that it is what was asked, 0 to 1."""

    entry: Entry
    score: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """ANSWER holds exactly one entry, OFFER one to three (best first), NONE nothing."""

    verdict: Verdict
    found: tuple[Found, ...] = ()


@dataclass(frozen=True, slots=True)
class AnswerPolicy:
    """The thresholds, all on the 0..1 score. Set on public paraphrase sets (benchmarks/knowledge.py): of the questions
    answered there four in five are the judged entry, and most of the rest are entries nobody judged."""

    answer: float = 0.66
    """At or above: sure enough to speak for the city."""
    lead: float = 0.09
    """... and this far ahead of the next entry, else the citizen chooses."""
    offer: float = 0.40
    """Below: we do not know."""
    candidates: int = 3
    """At most this many are offered."""

    def decide(self, found: Sequence[Found]) -> Outcome:
        """``found``: best first."""
        if not found or found[0].score < self.offer:
            return Outcome(Verdict.NONE)
        best = found[0]
        second = found[1].score if len(found) > 1 else 0.0
        if best.score >= self.answer and best.score - second >= self.lead:
            return Outcome(Verdict.ANSWER, (best,))
        near = tuple(one for one in found[: self.candidates] if one.score >= self.offer)
        return Outcome(Verdict.OFFER, near)

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
    """The thresholds, all on the 0..1 score.

    Set on public data (``benchmarks/knowledge.py``), dev parts only. Of paraphrased questions among thousands of near
    twins three in ten are answered at once, nine in ten of these with the judged entry (most of the rest say the same
    in an entry nobody judged); with that entry taken out one in ten still finds a twin. In the demonstration city half
    of the questions nobody foresaw are answered, none of them wrongly, and two of a thousand complaints.
    """

    sure: tuple[tuple[float, float], ...] = ((0.95, 0.05), (0.70, 0.20), (0.45, 0.25))
    """(score, lead over the next entry) that suffice together to speak for the city: the entry's own words; nearly its
    words; citizens' words for what nothing else is about. Else the citizen chooses."""
    offer: float = 0.27
    """Below: we do not know. One complaint in twenty is offered something."""
    candidates: int = 3
    """At most this many are offered."""

    def decide(self, found: Sequence[Found]) -> Outcome:
        """``found``: best first."""
        if not found or found[0].score < self.offer:
            return Outcome(Verdict.NONE)
        best = found[0].score
        lead = best - (found[1].score if len(found) > 1 else 0.0)
        if any(best >= score and lead >= ahead for score, ahead in self.sure):
            return Outcome(Verdict.ANSWER, (found[0],))
        return Outcome(Verdict.OFFER, tuple(one for one in found[: self.candidates] if one.score >= self.offer))

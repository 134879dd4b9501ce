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

    Set on public data (``benchmarks/knowledge.py``), dev parts only. Of paraphrased questions two in five are answered
    at once, nine in ten of these with the judged entry (most of the rest are entries nobody judged); of questions whose
    entry was taken out one in ten still finds a near twin; of citizens' complaints one in a thousand is answered.
    """

    answer: float = 0.66
    """At or above: sure enough to speak for the city ..."""
    lead: float = 0.15
    """... when it is this far ahead of the next entry, else the citizen chooses."""
    alone: float = 0.45
    """Sure enough where nothing else is near ..."""
    alone_lead: float = 0.25
    """... that is, this far behind: citizens' words differ from the office's, the matter is the same."""
    offer: float = 0.27
    """Below: we do not know. One complaint in twenty is offered something."""
    candidates: int = 3
    """At most this many are offered."""

    def decide(self, found: Sequence[Found]) -> Outcome:
        """``found``: best first."""
        if not found or found[0].score < self.offer:
            return Outcome(Verdict.NONE)
        score = found[0].score
        lead = score - (found[1].score if len(found) > 1 else 0.0)
        if (score >= self.answer and lead >= self.lead) or (score >= self.alone and lead >= self.alone_lead):
            return Outcome(Verdict.ANSWER, (found[0],))
        return Outcome(Verdict.OFFER, tuple(one for one in found[: self.candidates] if one.score >= self.offer))

"""Finds danger to life or property before anything else is looked at (domain.md §4.2, levels E0 to E2).

Rules first: words that are certain. A learned sense then raises what they passed over, and lowers nothing. A missed
emergency costs more than a false alarm, and a person sees every alarm within seconds; where we suspect one we ask once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

from dialog.alarm_words import LETTER, alarm_words
from dialog.lexicon import rules
from dialog.sense import sense

CERTAIN, DOUBTFUL, LOUD = 1.3, -1.0, 8.0
"""From these scores of the sense on we alarm, ask, and ask about a letter: chosen so that of ordinary complaints at most
one in two hundred raises an alarm and three in a hundred a question."""
CRY = 40
"""Longer messages raise no certain alarm by their sound alone: who is in danger is brief."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """``level`` "E0".."E2" and the rule's ``kind`` (its phrase is ``emergency.<kind>``); ``ticket`` is the category to
    open where a public body must act. ``certain`` False means: ask once before alarming anybody."""

    level: str
    kind: str
    ticket: str = ""
    certain: bool = True


@cache
def alarms() -> Mapping[str, Alarm]:
    """Kind -> the certain alarm of that kind."""
    return {kind: Alarm(row["level"], kind, row.get("ticket", "")) for kind, row in rules("emergency")["kinds"].items()}


def detect(text: str) -> Alarm | None:
    """The alarm that folded ``text`` raises, or None. The same words always raise the same alarm."""
    said = alarm_words().read(text)
    if said.certain:
        return alarms()[said.kind]
    score = sense().score(said.rest)
    if not said.kind and score < (DOUBTFUL if len(text) <= LETTER else LOUD):
        return None
    kind = said.kind or sense().kind(said.rest)
    return replace(alarms()[kind], certain=score >= CERTAIN and len(text) <= CRY)

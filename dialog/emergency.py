"""Finds danger to life or property before anything else is looked at (domain.md §4.2, levels E0 to E2).

Rules only: a missed emergency costs more than a false alarm, and a person sees every alarm within seconds. Figures of
speech, questions about rules and reports of the past raise no alarm; where they speak of death we ask once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from dialog.lexicon import alternation, rules

LEVELS = ("E0", "E1", "E2")


@dataclass(frozen=True, slots=True)
class Alarm:
    """``level`` "E0".."E2" and the rule's ``kind``; ``certain`` False means: ask once before alarming anybody."""

    level: str
    kind: str
    certain: bool = True


@cache
def _rules() -> tuple[tuple[str, str, re.Pattern[str]], ...]:
    table = rules("emergency")
    return tuple(
        (level, kind, re.compile("|".join(pattern.removeprefix("~") for pattern in patterns)))
        for level in LEVELS
        for kind, patterns in table[level].items()
    )


@cache
def _any() -> re.Pattern[str]:
    """One pass that clears nearly every message."""
    return re.compile("|".join(f"(?:{pattern.pattern})" for _, _, pattern in _rules()))


@cache
def _guard(name: str) -> re.Pattern[str]:
    return re.compile(alternation(rules("emergency")["guard"][name]))


def detect(text: str) -> Alarm | None:
    """The gravest alarm in folded ``text``, or None."""
    if not _any().search(text):
        return None
    spoken = _guard("idiom").sub("", text)
    for level, kind, pattern in _rules():
        found = pattern.search(spoken)
        if found and not _guarded(spoken, level):
            return Alarm(level, kind)
    if spoken != text and any(pattern.search(text) for level, _, pattern in _rules() if level in ("E0", "E2")):
        return Alarm("E0", "idiom", certain=False)
    return None


def _guarded(text: str, level: str) -> bool:
    """Talk about an emergency instead of one. Danger to a life is never explained away by how it is asked."""
    return bool(_guard("negated").search(text)) or (level == "E1" and bool(_guard("asking").search(text)))

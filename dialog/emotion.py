"""How the citizen feels (群众情绪), 0 calm to 4 extreme: it changes our words, never the order of work."""

from __future__ import annotations

import re
from functools import cache

from dialog.lexicon import alternation, rules

_MARKS = re.compile(r"[!！]{2,}|[?？]{2,}|[!！?？]{3,}")


@cache
def _words(level: int | str) -> re.Pattern[str]:
    return re.compile(alternation(rules("emotion")[level]))


def emotion(text: str) -> int:
    """The level of folded ``text``."""
    for level in (4, 3):
        if _words(level).search(text):
            return level
    upset, hurried = len(set(_words(2).findall(text))), bool(_words(1).search(text))
    if upset >= 2 and _MARKS.search(text):
        return 3
    if upset or _MARKS.search(text):
        return 2
    return 1 if hurried else 0


def abusive(text: str) -> bool:
    """Insults and nothing one could act on."""
    left = _words("abuse").sub("", text)
    return left != text and len(re.sub(r"[\W你们都是的个给老子我]+", "", left)) < 4

"""Finds danger to life or property before anything else is looked at (domain.md §4.2, levels E0 to E2).

Rules only: a missed emergency costs more than a false alarm, and a person sees every alarm within seconds. Figures of
speech, questions about rules and reports of the past raise no alarm; where they speak of death we ask once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from dialog.lexicon import rules

_BEFORE = 14
"""How many characters before a match a guard may read."""
_NOTHING_ELSE = 3
"""Fewer characters than this beside a figure of speech tell nothing more."""
_LETTER = 80
"""Longer texts are letters: they tell a story, and an emergency in them is one only where the same sentence says so."""
_SENTENCE = re.compile(r"[。!?;\n]")
_MARKS = re.compile(r"\W+")
_BLANK = "□"
_REACH = 12
"""How many characters of one sentence may stand between the two words of a concept."""
_CLASS = re.compile(r"<(\w+)>")


@dataclass(frozen=True, slots=True)
class Alarm:
    """``level`` "E0".."E2" and the rule's ``kind`` (its phrase is ``emergency.<kind>``); ``ticket`` is the category to
    open where a public body must act. ``certain`` False means: ask once before alarming anybody."""

    level: str
    kind: str
    ticket: str = ""
    certain: bool = True


@dataclass(frozen=True, slots=True)
class _Rule:
    alarm: Alarm
    pattern: re.Pattern[str]
    guards: tuple[re.Pattern[str], ...]
    told: bool


_ASK = Alarm("E0", "idiom", certain=False)


@cache
def _rules() -> tuple[_Rule, ...]:
    table = rules("emergency")
    guards = {name: re.compile(pattern) for name, pattern in table["guards"].items()}
    return tuple(
        _Rule(
            Alarm(row["level"], row["kind"], row.get("ticket", "")),
            _pattern(row, table["classes"]),
            tuple(guards[name] for name in row["guard"]),
            row.get("told", False),
        )
        for row in [*table["rules"], *table["rules_of_concepts"]]
    )


def _pattern(row: Mapping[str, Any], classes: Mapping[str, str]) -> re.Pattern[str]:
    gap = f"[^。!?;]{{0,{_REACH}}}?"
    pairs = [f"<{a}>{gap}<{b}>|<{b}>{gap}<{a}>" for a, b in row.get("pairs", ())]
    return re.compile(_CLASS.sub(lambda name: classes[name[1]], "|".join([*pairs, *row["words"]])))


@cache
def _idioms(name: str) -> re.Pattern[str]:
    return re.compile("|".join(rules("emergency")["idioms"][name]))


@cache
def _words(name: str) -> re.Pattern[str]:
    return re.compile(rules("emergency")[name])


def detect(text: str) -> Alarm | None:
    """The first alarm that holds in folded ``text``, or None. The same words always raise the same alarm."""
    spoken = _idioms("plain").sub(_BLANK, text)
    clean = _idioms("body").sub(_BLANK, asked := _idioms("ask").sub(_BLANK, spoken))
    told = _words("told").search(clean) is not None and _words("now").search(clean) is None
    for rule in _rules():
        if not (rule.told and told) and _holds(rule, clean):
            return rule.alarm
    if asked != spoken or (clean != asked and len(_MARKS.sub("", clean)) < _NOTHING_ELSE):
        return _ASK
    return _ASK if not told and _doubtful(clean, said=text) else None


@cache
def _doubt() -> tuple[int, re.Pattern[str], re.Pattern[str]]:
    table = rules("emergency")["doubt"]
    return table["longest"], re.compile(table["words"]), re.compile(table["errand"])


def _doubtful(clean: str, *, said: str) -> bool:
    longest, words, errand = _doubt()
    return len(said) <= longest and words.search(clean) is not None and errand.search(said) is None


def _holds(rule: _Rule, text: str) -> bool:
    for found in rule.pattern.finditer(text):
        before = text[max(0, found.start() - _BEFORE) : found.start()]
        if any(guard.search(before) for guard in rule.guards):
            continue
        if not rule.told or len(text) <= _LETTER or _words("now").search(_sentence(text, found.start())):
            return True
    return False


def _sentence(text: str, at: int) -> str:
    start = max((mark.end() for mark in _SENTENCE.finditer(text, 0, at)), default=0)
    end = _SENTENCE.search(text, at)
    return text[start : end.start() if end else len(text)]

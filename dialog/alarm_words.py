"""The words that are certain signs of an emergency, and what takes their meaning away (``rules/emergency.yaml``)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from dialog.lexicon import rules

_BEFORE = 14
"""How many characters before a word a guard may read."""
LETTER = 80
"""Longer texts are letters: they tell a story, and an emergency in them is one only where the same sentence says so."""
_STORY = 200
"""Nobody in danger writes more than this; what sounds like danger now may be told of another day: we ask."""
_SENTENCE = re.compile(r"[。!?;\n]")
_MARKS = re.compile(r"\W+")
_CHOICE = re.compile(r"\[([^]]+)\]")


@dataclass(frozen=True, slots=True)
class Rule:
    """``rank``: 0 is the most dangerous. ``other``: the kind where the word is said of somebody else."""

    rank: int
    kind: str
    other: str
    guards: tuple[re.Pattern[str], ...]
    told: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """What the words of a message say: the ``kind`` of emergency, "" for none; not ``certain``: a figure of speech, a
    story. ``rest``: the message without the words that mean nothing where they stand."""

    rest: str
    kind: str = ""
    certain: bool = False


_FIGURE, _BLANK = "suicide", "□"
_WAY, _ASKED = Rule(-1, "way", "", (), told=False), Rule(-1, "asked", "", (), told=False)


class AlarmWords:
    """One regular expression for all words: the number of its last group tells whose word it found."""

    def __init__(self, table: Any) -> None:
        """``table``: the content of the rules file. A word that begins with anything but a character is a ValueError."""
        self._guards = {name: re.compile(pattern) for name, pattern in table["guards"].items()}
        self._told = re.compile("|".join(word for row in table["told"] for word in row))
        self._now, self._other, self._alone = (re.compile(table[name]) for name in ("now", "other", "asked_alone"))
        words = [(word, _WAY) for word in table["ways"]] + [(word, _ASKED) for word in table["asked"]]
        for rank, row in enumerate(table["rules"]):
            guards = tuple(self._guards[name] for name in row["guard"])
            rule = Rule(rank, row["kind"], row.get("other", row["kind"]), guards, row.get("told", False))
            words += [(word, rule) for word in row["words"]]
        self._words, self._whose = _one_pattern(words)

    def read(self, text: str) -> Reading:
        """The most dangerous thing that the words of folded ``text`` say."""
        hits = [(self._whose[(hit.lastindex or 0) - 1], *hit.span()) for hit in self._words.finditer(text)]
        if not hits:
            return Reading(text, _FIGURE if self._is_figure_of_speech(text) else "")
        over = self._told.search(text) is not None and self._now.search(text) is None
        hold, rest = [], text
        for rule, start, end in hits:
            if rule.rank >= 0 and not self._denied(rule, text, start):
                if not rule.told or (not over and self._present(text, start)):
                    hold.append((rule, start))
            else:
                rest = rest[:start] + _BLANK * (end - start) + rest[end:]
        if not hold:
            return Reading(rest, _FIGURE if any(rule is _ASKED for rule, *_ in hits) else "")
        rule, start = min(hold, key=lambda one: one[0].rank)
        kind = rule.other if self._other.search(text[:start]) else rule.kind
        return Reading(rest, kind, certain=not rule.told or len(text) <= _STORY)

    def _is_figure_of_speech(self, text: str) -> bool:
        return ("死" in text or "命" in text) and self._alone.fullmatch(_MARKS.sub("", text)) is not None

    def _denied(self, rule: Rule, text: str, at: int) -> bool:
        before = text[max(0, at - _BEFORE) : at]
        return any(guard.search(before) for guard in rule.guards)

    def _present(self, text: str, at: int) -> bool:
        return len(text) <= LETTER or self._now.search(_sentence(text, at)) is not None


def _sentence(text: str, at: int) -> str:
    start = max((mark.end() for mark in _SENTENCE.finditer(text, 0, at)), default=0)
    end = _SENTENCE.search(text, at)
    return text[start : end.start() if end else len(text)]


def _one_pattern(words: Iterable[tuple[str, Rule]]) -> tuple[re.Pattern[str], tuple[Rule, ...]]:
    # Grouped by first character the expression gives a place up after one look, and skips most places without one.
    by_first: defaultdict[str, list[tuple[str, Rule]]] = defaultdict(list)
    for word, rule in words:
        for first, rest in _beginnings(word):
            by_first[first].append((rest, rule))
    branches = [f"{first}(?:{'|'.join(f'{rest}()' for rest, _ in rests)})" for first, rests in by_first.items()]
    return re.compile("|".join(branches)), tuple(rule for rests in by_first.values() for _, rule in rests)


def _beginnings(word: str) -> Iterator[tuple[str, str]]:
    choice = _CHOICE.match(word)
    firsts, rest = (choice[1], word[choice.end() :]) if choice else (word[0], word[1:])
    if not all(first.isalnum() for first in firsts) or rest[:1] in {"?", "*", "+", "{"}:
        raise ValueError(f"an alarm word begins with a plain character: {word!r}")
    return ((first, rest) for first in firsts)


@cache
def alarm_words() -> AlarmWords:
    """The packaged ones."""
    return AlarmWords(rules("emergency"))

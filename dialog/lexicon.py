"""Finding known words in what a citizen wrote: folded first, the longest word at a place wins."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Generic, TypeVar

import yaml

V = TypeVar("V")

_GAP = re.compile(r"(?<=[^\x00-\x7f])\s+|\s+(?=[^\x00-\x7f])")
_SPACES = re.compile(r"\s+")


def fold(text: str) -> str:
    """``text`` as rules read it: full-width forms made plain, lower case, no spaces beside Chinese characters."""
    if not text.isascii():
        # Private and control characters (an emoji of the channel's own, a zero-width joiner) say nothing to a rule.
        text = unicodedata.normalize("NFKC", text).replace("\u200b", "").replace("\ufeff", "")
        text = close_up(text)
    return _SPACES.sub(" ", text).strip().lower()


def close_up(text: str) -> str:
    """``text`` without the spaces beside Chinese characters, which mean nothing: "明湖西路 12 号" is one address."""
    return _GAP.sub("", text)


def alternation(words: Iterable[str]) -> str:
    """A regular expression for any of ``words`` (patterns allowed after a leading ``~``), grouped by first character so
    that a place in the text is given up after one comparison."""
    groups: defaultdict[str, list[str]] = defaultdict(list)
    patterns = []
    for word in sorted(set(words), key=lambda one: (-len(one), one)):
        if word.startswith("~"):
            patterns.append(word[1:])
        else:
            groups[word[0]].append(_whole(word))
    plain = [f"{re.escape(first)}(?:{'|'.join(rest)})" for first, rest in groups.items()]
    return "|".join(plain + patterns) or r"(?!)"


def _whole(word: str) -> str:
    # An English word ends where its letters end ("man" is not in "many"); Chinese has no such mark.
    tail = re.escape(word[1:])
    return tail + r"(?![a-z])" if word.isascii() and word[-1].isalpha() else tail


class Lexicon(Generic[V]):
    """A table from words to meanings."""

    def __init__(self, table: Mapping[V, Iterable[str]]) -> None:
        """``table``: meaning -> its words. A word under two meanings belongs to the first."""
        self._meaning: dict[str, V] = {}
        for meaning, words in table.items():
            for word in words:
                self._meaning.setdefault(word, meaning)
        self._pattern = re.compile(alternation(self._meaning))

    def __iter__(self) -> Iterator[str]:
        return iter(self._meaning)

    def find(self, text: str) -> V | None:
        """The meaning of the first known word in folded ``text``."""
        found = self._pattern.search(text)
        return self._meaning[found[0]] if found else None

    def whole(self, text: str) -> V | None:
        """The meaning of ``text`` when it is a known word and nothing else."""
        return self._meaning.get(text)

    def all(self, text: str) -> list[V]:
        """The meanings of all known words in folded ``text``, in order, repeated as they are."""
        return [self._meaning[word] for word in self._pattern.findall(text)]


@cache
def rules(name: str) -> Any:
    """The packaged rule table ``dialog/rules/<name>.yaml``."""
    return yaml.safe_load(files("dialog").joinpath("rules", f"{name}.yaml").read_text(encoding="utf-8"))

"""Every word a citizen reads, by key: one file per language, with the same keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

LOCALES = ("zh_CN", "en")
_VARIANTS = {"full", "brief"}


class Phrases:
    """The phrases of one language; ``brief`` ones where the channel bills by segment and a short form is written."""

    __slots__ = ("_texts",)

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts

    def __call__(self, key: str, /, **params: object) -> str:
        """The words of ``key`` with its blanks filled. Raises KeyError for an unknown key or a missing blank."""
        text = self._texts[key]
        return text.format_map(params) if "{" in text else text

    def get(self, key: str, default: str = "") -> str:
        """The words of ``key``, or ``default`` where nothing particular is written."""
        return self._texts.get(key, default)

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)


@cache
def phrases(locale: str, *, brief: bool = False) -> Phrases:
    """The phrases of ``locale``; a language without a file is answered in Chinese."""
    name = locale if locale in LOCALES else LOCALES[0]
    stored = yaml.safe_load(files("dialog").joinpath("phrases", f"{name}.yaml").read_text(encoding="utf-8"))
    return Phrases(dict(_flat(stored, "", "brief" if brief else "full")))


def _flat(node: Mapping[str, Any], path: str, variant: str) -> Iterator[tuple[str, str]]:
    for key, value in node.items():
        if isinstance(value, str):
            yield path + key, value
        elif value.keys() == _VARIANTS:
            yield path + key, value[variant]
        else:
            yield from _flat(value, f"{path}{key}.", variant)

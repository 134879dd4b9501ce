"""Make a text fit what a channel can carry: counted its way, shortened at a sensible place, choices listed."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from wcwidth import grapheme_boundary_before

from channels.capabilities import Capabilities, Choices, Unit
from channels.message import Choice, Notice, Say

Body = TypeVar("Body", bound=Say | Notice)

ELLIPSIS = "…"
_SENTENCE_ENDS = "。！？；!?;\n"
_PAUSES = "，、：,: "
_ONE_LINE = 40
"""Choices whose list is at most this long share a line; longer ones get a line each."""

_COUNT: Mapping[Unit, Callable[[str], int]] = {
    Unit.CHARACTERS: len,
    # surrogatepass: counting must not fail on half a pair, whoever let it in.
    Unit.UTF8_BYTES: lambda text: len(text.encode("utf-8", "surrogatepass")),
    Unit.UTF16_UNITS: lambda text: len(text.encode("utf-16-le", "surrogatepass")) // 2,
}


def length(text: str, unit: Unit) -> int:
    """How long ``text`` is in ``unit``."""
    return _COUNT[unit](text)


def shorten(text: str, *, limit: int, unit: Unit) -> str:
    """``text`` itself if it fits ``limit``, else its beginning and "…".

    The cut is after a sentence or a pause where one lies in the last third, and never inside what a reader sees as one
    character (an emoji family, a letter with its accents). "" where not even "…" fits.
    """
    if length(text, unit) <= limit:
        return text
    room = limit - length(ELLIPSIS, unit)
    if room < 0:
        return ""
    head = text[: room + 1]  # every character costs at least one unit
    fits = bisect_right(range(1, len(head) + 1), room, key=lambda n: length(head[:n], unit))
    return text[: _sensible(text, _boundary(text, fits))].rstrip() + ELLIPSIS


def _boundary(text: str, end: int) -> int:
    """The last place at or before ``end`` that lies between two of a reader's characters; text[end] exists."""
    return grapheme_boundary_before(text, end + 1)


def _sensible(text: str, end: int) -> int:
    """The best place to stop at or before ``end``, giving up at most a third."""
    for marks in (_SENTENCE_ENDS, _PAUSES):
        for at in range(end, max(end - end // 3 - 1, 0), -1):
            if text[at - 1] in marks and _boundary(text, at) == at:
                return at
    return end


def listed(choices: Sequence[Choice]) -> str:
    """Choices as words: "1 满意 2 基本满意". What to type is the choice's keyword, else its place in the list."""
    entries = [f"{choice.keyword or place} {choice.label}" for place, choice in enumerate(choices, start=1)]
    line = " ".join(entries)
    return line if len(line) <= _ONE_LINE else "\n".join(entries)


def fit(body: Body, capabilities: Capabilities) -> Body:
    """The same body as ``capabilities`` allows it: choices listed in the text where there are no buttons, the text
    shortened. The list of choices is kept whole and the words before it give way. Fitting twice changes nothing."""
    limit, unit = capabilities.text_limit, capabilities.text_unit
    if not body.choices or capabilities.choices is Choices.BUTTONS:
        return replace(body, text=shorten(body.text, limit=limit, unit=unit))
    options = listed(body.choices)
    room = limit - length(options, unit) - 1
    words = shorten(body.text, limit=room, unit=unit) if room > 0 else ""
    whole = f"{words}\n{options}" if words else options
    return replace(body, text=shorten(whole, limit=limit, unit=unit), choices=())

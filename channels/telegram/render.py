"""Writes our words as Telegram takes them: a plain text, and choices as buttons below it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from channels.errors import Never
from channels.message import Choice, Outbound

DATA_BYTES = 64
"""Of ``callback_data`` (InlineKeyboardButton: "1-64 bytes"); Telegram refuses the whole message where it is longer."""
TYPED = "~"
"""Before what a tap types instead of naming a choice."""
_SHORT = 6
"""Labels up to this many characters share a row."""
_A_ROW = 4
_LABEL = 100


def words(out: Outbound) -> str:
    """The text. Raises Never where there is none."""
    text = out.body.text
    if not text.strip():
        raise Never("the message has no text")
    return text


def keyboard(choices: Sequence[Choice]) -> InlineKeyboardMarkup | None:
    """The buttons, short ones side by side; None where there is nothing to choose."""
    buttons = [
        InlineKeyboardButton((one.label or one.keyword or str(place))[:_LABEL], callback_data=data(one, place))
        for place, one in enumerate(choices, start=1)
    ]
    rows: list[list[InlineKeyboardButton]] = []
    for short, group in groupby(buttons, key=lambda button: len(button.text) <= _SHORT):
        some, width = list(group), _A_ROW if short else 1
        rows += [some[at : at + width] for at in range(0, len(some), width)]
    return InlineKeyboardMarkup(rows) if rows else None


def data(choice: Choice, place: int) -> str:
    """What a tap brings back: the choice's id; where that is too long, what the citizen would have typed (the keyword,
    or the place in the list), so that no table of ours must be kept to read it."""
    if _fits(choice.id) and not choice.id.startswith(TYPED):
        return choice.id
    typed = TYPED + choice.keyword
    return typed if choice.keyword and _fits(typed) else TYPED + str(place)


def _fits(text: str) -> bool:
    return 1 <= len(text.encode()) <= DATA_BYTES

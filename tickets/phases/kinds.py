"""What an order's data may be: each kind turns a value, or the text of a form, into what a row needs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from enum import Enum
from typing import Any


def many(kind: type[Enum]) -> Callable[[Any], Any]:
    """Several members of ``kind``."""
    return lambda values: tuple(kind(value) for value in ((values,) if isinstance(values, str) else values))


def words(value: object) -> str:
    """A text that is not empty."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError("empty")
    return value


def text(value: object) -> str:
    """A text, perhaps empty."""
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value


def several(values: Any) -> tuple[str, ...]:
    """Codes or names, at least one."""
    found = some(values)
    if not found:
        raise ValueError("empty")
    return found


def some(values: Any) -> tuple[str, ...]:
    """Codes or names, perhaps none."""
    return tuple(words(value) for value in ((values,) if isinstance(values, str) else values))


def count(value: Any) -> int:
    """A whole number from 1; a form sends it as text."""
    number = int(value) if isinstance(value, str) and value.isascii() and len(value) < 7 else value
    if not isinstance(number, int) or isinstance(number, bool) or number < 1:
        raise ValueError("not a number from 1")
    return number


def day(value: Any) -> date:
    """A date, or 2026-01-31."""
    return value if type(value) is date else date.fromisoformat(value)


def yes_or_no(value: object) -> bool:
    """True or False; a form sends "yes" or "no"."""
    if value in ("yes", "no"):
        return value == "yes"
    if not isinstance(value, bool):
        raise ValueError("neither yes nor no")
    return value


def yes(value: object) -> bool:
    """Something that must be confirmed; a form sends "yes"."""
    if value is not True and value != "yes":
        raise ValueError("not confirmed")
    return True

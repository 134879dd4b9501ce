"""Fits what a notice says into the fields of a registered template; what cannot be told truly in a field is refused.

Limits: the parameter rules of 订阅消息, by the letters a field's key begins with; a longer value is WeChat's error 47003.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from channels.errors import WindowClosed

Fit = Callable[[str], str | None]
"""What of a line the field may hold, None where nothing true fits."""
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}:\d{2}).*)?")
_A_DAY = re.compile(r"\d{4}年\d{1,2}月\d{1,2}日(?: ?\d{1,2}:\d{2}(?::\d{2})?)?(?: ?~ ?.+)?")
_AN_HOUR = re.compile(r"\d{1,2}:\d{2}(?::\d{2})?(?: ?~ ?\d{1,2}:\d{2})?")


def _cut(longest: int, *, empty: str) -> Fit:
    """Words may be shortened: their beginning is true."""
    return lambda line: (line or empty) if len(line) <= longest else line[: longest - 1] + "…"


def _whole(pattern: str, *, empty: str | None = None) -> Fit:
    """A number or a code is true whole or not at all."""
    form = re.compile(pattern)
    return lambda line: (line if form.fullmatch(line) else None) if line else empty


def _first(longest: int) -> Fit:
    # Of Chinese characters only: "…" is none.
    return lambda line: line[:longest] or "无"


def _day(line: str) -> str | None:
    """A day in the form WeChat takes; ours are written 2026-09-24."""
    if found := _DAY.fullmatch(line):
        year, month, day, hour = found.groups()
        return f"{year}年{int(month)}月{int(day)}日" + (f" {hour}" if hour else "")
    return line if _A_DAY.fullmatch(line) else None


def _time(line: str) -> str | None:
    return line if _AN_HOUR.fullmatch(line) else _day(line)


def _anything(line: str) -> str:
    return line or "-"


_KINDS: Mapping[str, Fit] = MappingProxyType(
    {
        "thing": _cut(20, empty="无"),
        "name": _first(10),
        "phrase": _first(5),
        "number": _whole(r"-?\d{1,32}(?:\.\d{1,16})?"),
        "letter": _whole(r"[A-Za-z]{1,32}"),
        "symbol": _whole(r"[^\w\s]{1,5}"),
        "character_string": _whole(r"[\x20-\x7e]{1,32}", empty="-"),
        "phone_number": _whole(r"[\d+ ()*-]{1,17}"),
        "car_number": _whole(r".{1,8}"),
        "amount": _whole(r"[¥￥$€£]?\d{1,10}(?:\.\d+)?元?"),
        "date": _day,
        "time": _time,
    }
)


def value_of(key: str, text: str) -> str:
    """``text`` (without control characters) as the template's field ``key`` takes it: one line, not empty, of its form.

    Raises WindowClosed where it does not fit: by this template it cannot be told, another way may be open.
    """
    line = " ".join(text.split())
    value = _KINDS.get(key.rstrip("0123456789"), _anything)(line)
    if value is None:
        raise WindowClosed(f"the template's field {key} cannot hold this value")
    return value

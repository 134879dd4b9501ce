"""Numbers that belong to one person: told from ticket numbers, hotlines, dates and amounts by their shape and check digits."""

from __future__ import annotations

import re
from datetime import datetime

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_EASTERN = frozenset(range(11, 16)) | frozenset(range(21, 24)) | frozenset(range(31, 38)) | frozenset(range(41, 47))
_PROVINCES = _EASTERN | frozenset(range(50, 55)) | frozenset(range(61, 66)) | {71, 81, 82, 83}
_CARD = re.compile(r"62|4|5[1-5]|3[57]|60|9[0-9]")
_READ_ALOUD = ("零〇洞", "一幺壹", "二两贰", "三叁", "四肆", "五伍", "六陆", "七柒拐", "八捌", "九玖勾")
SPOKEN = {ord(sign): str(figure) for figure, signs in enumerate(_READ_ALOUD) for sign in signs}
"""Digits as they are read aloud, to figures: each one character, so that places in the text stay."""
_YEARS = range(20, 36)
"""Beginnings that may also be a year: numbers of other systems begin with the date they were drawn on."""


def digits(text: str) -> str:
    """``text`` without the spaces and hyphens inside a number."""
    return re.sub(r"[ \-·]", "", text)


def identity(text: str, *, named: bool) -> bool:
    """Whether 18 figures are an identity number. ``named``: the text calls it one. A wrong check digit is a slip of the
    pen where all else fits, and the number still tells who it is."""
    if int(text[:2]) not in _PROVINCES or not _day(text[6:14]):
        return False
    right = text[-1].upper() == _CHECKS[sum(int(one) * by for one, by in zip(text, _WEIGHTS, strict=False)) % 11]
    return right or named or int(text[:2]) not in _YEARS


def old_identity(text: str) -> bool:
    """Whether 15 figures are an identity number as they were until 1999."""
    return int(text[:2]) in _PROVINCES and _day("19" + text[6:12])


def card(text: str) -> bool:
    """Whether 16 to 19 figures are a bank card: its issuer's beginning, and Luhn's check digit."""
    if not _CARD.match(text):
        return False
    total = 0
    for place, one in enumerate(reversed(text)):
        value = int(one) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _day(text: str) -> bool:
    try:
        day = datetime.strptime(text + "+0000", "%Y%m%d%z")
    except ValueError:
        return False
    return 1900 <= day.year < 2036

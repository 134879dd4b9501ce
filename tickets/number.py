"""Ticket numbers a person can read over the phone: a check digit catches one wrong digit or two swapped neighbours."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime

LENGTH = 13
"""yyMMdd, six digits of the day's sequence, one check digit."""
LAST_SEQUENCE = 999_999
_TAIL = 4
_CODE_DIGITS = 10
_CODE_BYTES = 8
_RUN = re.compile(r"[0-9]+(?:[ -][0-9]+)*")

# Damm's totally anti-symmetric quasigroup of order 10 (H. M. Damm, 2004): row = interim digit, column = next digit.
_DAMM = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)  # fmt: skip


def make(day: date, sequence: int) -> str:
    """The number of the ``sequence``-th ticket (from 1) of ``day``. Raises ValueError outside 1..999999."""
    if not 1 <= sequence <= LAST_SEQUENCE:
        raise ValueError(f"a day's ticket sequence runs from 1 to {LAST_SEQUENCE}, not {sequence}")
    body = f"{day:%y%m%d}{sequence:06d}"
    return body + _check(body)


def valid(text: str) -> bool:
    """Whether ``text`` is a ticket number: thirteen ASCII digits, a real day, the right check digit."""
    if len(text) != LENGTH or not (text.isascii() and text.isdigit()) or _check(text) != "0":
        return False
    try:
        datetime.strptime(text[:6] + "+0000", "%y%m%d%z")
    except ValueError:
        return False
    return True


def tail(number: str) -> str:
    """尾号: the last four digits, as citizens are shown it."""
    return number[-_TAIL:]


def find(text: str) -> list[str]:
    """Every ticket number in free text, in order, once each. Full-width digits are folded, and spaces or hyphens
    inside a number are taken out."""
    found: dict[str, None] = {}
    for run in _RUN.finditer(unicodedata.normalize("NFKC", text)):
        groups = re.split("[ -]", run.group())
        start = 0
        while start < len(groups):
            size = _number_at(groups, start)
            if size:
                found["".join(groups[start : start + size])] = None
            start += size or 1
    return list(found)


def query_code(random_bytes: bytes) -> str:
    """查询码: ten digits from at least eight random bytes, to look a ticket up without logging in."""
    if len(random_bytes) < _CODE_BYTES:
        raise ValueError(f"a query code needs {_CODE_BYTES} random bytes, got {len(random_bytes)}")
    return f"{int.from_bytes(random_bytes) % 10**_CODE_DIGITS:0{_CODE_DIGITS}d}"


def supervision_number(day: date, sequence: int) -> str:
    """督办编号: the ``sequence``-th of ``day``, "DB-260928-031", as a citizen is told it."""
    return f"DB-{day:%y%m%d}-{sequence:03d}"


def _number_at(groups: list[str], start: int) -> int:
    """How many digit groups from ``start`` make one number, 0 for none."""
    joined = ""
    for size, group in enumerate(groups[start:], 1):
        joined += group
        if len(joined) >= LENGTH:
            return size if valid(joined) else 0
    return 0


def _check(digits: str) -> str:
    interim = 0
    for digit in digits:
        interim = int(_DAMM[interim][int(digit)])
    return str(interim)

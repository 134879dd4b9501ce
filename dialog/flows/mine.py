"""Which of his own tickets a citizen means: by number, by its last four digits, or the latest."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dialog.view import TicketView
from tickets.number import find, tail
from tickets.ticket import OPEN

_TAIL = re.compile(r"(?<!\d)(\d{4})(?!\d)")


def open_ones(tickets: Sequence[TicketView]) -> list[TicketView]:
    """Those still worked on, newest first, be it as part of another's: only to these can anything be added."""
    return [one for one in tickets if one.stands in OPEN]


def numbered(number: str | None, tickets: Sequence[TicketView]) -> TicketView | None:
    """The ticket of this number, None where it is not among them."""
    return next((one for one in tickets if one.number == number), None)


def named_tail(text: str) -> str:
    """The last four digits the citizen named, "" for none."""
    numbers = find(text)
    if numbers:
        return tail(numbers[0])
    found = _TAIL.search(text)
    return found[1] if found else ""


def named(text: str, tickets: Sequence[TicketView]) -> TicketView | None:
    """The ticket the citizen named, None where he named none of his."""
    wanted = named_tail(text)
    return next((one for one in tickets if wanted and tail(one.number) == wanted), None)

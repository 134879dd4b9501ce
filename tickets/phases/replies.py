"""What every text that leaves the hotline must keep to."""

from __future__ import annotations

import unicodedata

from tickets.move import Guard, Move
from tickets.scrub import Trace, find

_NUMBERS = frozenset({Trace.MOBILE, Trace.IDENTITY, Trace.CARD})
_AT_ALL = frozenset(Trace) - {Trace.LANDLINE}


def no_personal_data(move: Move) -> str:
    """The public reply holds no mobile, identity or card number: it travels further than its writer thinks."""
    return _holding("public_reply", _NUMBERS)(move)


def _holding(field: str, traces: frozenset[Trace]) -> Guard:
    def guard(move: Move) -> str:
        return "personal_data" if find(unicodedata.normalize("NFKC", move.data.get(field, "")), traces) else ""

    return guard


def tells_nobody(move: Move) -> str:
    """A text for a unit tells nothing of who the citizen is."""
    return _holding("text", _AT_ALL)(move)

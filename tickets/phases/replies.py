"""What every text that leaves the hotline must keep to."""

from __future__ import annotations

import unicodedata

from tickets.move import Move
from tickets.scrub import Trace, find

_NUMBERS = frozenset({Trace.MOBILE, Trace.IDENTITY, Trace.CARD})
_AT_ALL = frozenset(Trace) - {Trace.LANDLINE}


def personal_data(reply: str, traces: frozenset[Trace] = _NUMBERS) -> bool:
    """Whether it holds any of ``traces``: a mobile, identity or card number, where nothing else is asked."""
    return bool(find(unicodedata.normalize("NFKC", reply), traces))


def no_personal_data(move: Move) -> str:
    """The public reply holds nobody's number: it travels further than its writer thinks."""
    return "personal_data" if personal_data(move.data.get("public_reply", "")) else ""


def tells_nobody(move: Move) -> str:
    """A text for a unit tells nothing of who the citizen is."""
    return "personal_data" if personal_data(move.data.get("text", ""), _AT_ALL) else ""

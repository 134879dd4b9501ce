"""What every reply that a citizen reads must keep to."""

from __future__ import annotations

import re
import unicodedata

from tickets.move import Move

_PERSONAL = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|\d{17}[\dXx])(?!\d)", re.ASCII)


def personal_data(reply: str) -> bool:
    """Whether it holds a mobile or identity number."""
    return bool(_PERSONAL.search(unicodedata.normalize("NFKC", reply)))


def no_personal_data(move: Move) -> str:
    """The public reply holds nobody's number: it travels further than its writer thinks."""
    return "personal_data" if personal_data(move.data.get("public_reply", "")) else ""

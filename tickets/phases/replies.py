"""What every reply that a citizen reads must keep to."""

from __future__ import annotations

import re
import unicodedata

from tickets.move import Move

_PERSONAL = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|\d{17}[\dXx])(?!\d)", re.ASCII)


def no_personal_data(move: Move) -> str:
    """The public reply holds no mobile or identity number: it travels further than its writer thinks."""
    reply = unicodedata.normalize("NFKC", move.data.get("public_reply", ""))
    return "personal_data" if _PERSONAL.search(reply) else ""

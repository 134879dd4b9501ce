"""Secrecy (保密): the citizen is kept secret, and an agent writes the text that units read instead of his words."""

from __future__ import annotations

from tickets.command import Command as C
from tickets.move import Fields, Move
from tickets.phases.kinds import words
from tickets.phases.replies import tells_nobody
from tickets.phases.row import Row, row
from tickets.state import OPEN, Role


def not_yet_secret(move: Move) -> str:
    """Once is enough."""
    return "secret" if move.ticket.confidential else ""


def secret(move: Move) -> str:
    """Where the citizen is not confidential, units read his own words."""
    return "" if move.ticket.confidential else "not_secret"


def kept_secret(_move: Move) -> Fields:
    """From now on no unit sees who he is."""
    return {"confidential": True}


def rewritten(move: Move) -> Fields:
    """What units read instead of the citizen's words."""
    return {"unit_text": move.data["text"]}


R = Role
# fmt: off
ROWS: tuple[Row, ...] = (
    row("§7.1", C.KEEP_SECRET, OPEN, {R.CITIZEN, R.AGENT}, None, guards=(not_yet_secret,), effect=kept_secret),
    row("§7.3", C.REWRITE, OPEN, {R.AGENT, R.DISPATCHER}, None, needs={"text": words},
        guards=(secret, tells_nobody), effect=rewritten),
)
# fmt: on

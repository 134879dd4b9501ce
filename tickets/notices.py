"""What the citizen is told of a transition: meanings and their blanks; the words are made elsewhere."""

from __future__ import annotations

from collections.abc import Callable

from tickets.move import Move
from tickets.orders import NoticeDue
from tickets.ticket import Ticket

Telling = Callable[[Move, Ticket], tuple[NoticeDue, ...]]
"""From the move and the changed ticket to what is due."""


def quietly(_move: Move, _after: Ticket) -> tuple[NoticeDue, ...]:
    """Nothing the citizen needs to hear."""
    return ()


def plainly(key: str) -> Telling:
    """The notice ``key`` with the blanks every notice may use."""

    def tell(move: Move, after: Ticket) -> tuple[NoticeDue, ...]:
        blanks = {
            "number": after.number,
            "unit": after.lead_unit,
            "due": move.calendar.local(after.due_at).date().isoformat() if after.due_at else "",
            "reply": after.public_reply,
            "redo": str(after.redo_no),
            "text": str(move.data.get("text", "")),
        }
        return (NoticeDue(key, {name: value for name, value in blanks.items() if value}),)

    return tell


def asking(move: Move, after: Ticket) -> tuple[NoticeDue, ...]:
    """The question the first time, a reminder afterwards."""
    return plainly("survey.ask" if after.callback_no == 1 else "survey.remind")(move, after)

"""What one turn of a conversation decides: plain values in, plain values out."""

from __future__ import annotations

from dataclasses import dataclass

from channels.message import Say
from dialog.acts import Act
from dialog.memory import Memory


@dataclass(frozen=True, slots=True)
class Turn:
    """What a turn decided: the new memory, at most one thing to say, and the acts."""

    memory: Memory
    say: Say | None = None
    acts: tuple[Act, ...] = ()

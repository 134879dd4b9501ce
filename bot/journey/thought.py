"""One message on its way through a batch, and the rounds in which those of one conversation follow each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.journey.arrival import Arrival
from bot.journey.linking import Checked, Linker
from bot.store.conversations import Conversation
from channels.message import Address, Inbound
from dialog.flows.linking import offered
from dialog.turn import Turn


def rounds(messages: Sequence[Inbound]) -> Iterator[list[int]]:
    """Places of the messages, so that one round holds each conversation once, in the order they came.

    The second message of a conversation is thought about only after the first one's effects are written.
    """
    by_round: list[list[int]] = []
    count: dict[Address, int] = {}
    for place, one in enumerate(messages):
        nth = count.get(one.address, 0)
        count[one.address] = nth + 1
        if nth == len(by_round):
            by_round.append([])
        by_round[nth].append(place)
    yield from by_round


@dataclass(slots=True)
class Thought:
    """One message on its way through a round."""

    place: int
    arrival: Arrival = field(repr=False)
    conversation: Conversation = field(repr=False)
    id: int = 0
    seq: int = 0
    turn: Turn | None = field(default=None, repr=False)
    error: Exception | None = None
    checked: Checked | None = field(default=None, repr=False)
    """What became of the code or number it offers as a proof."""
    spent: float = 0.0
    """How much of its conversation's answers of a day is given: at 1 the bot falls silent, in danger at 2."""

    def proved(self) -> dict[str, Any]:
        """What he proved and let us do, as the dialog's view names it."""
        return {"proof": self.checked.verdict if self.checked else None, "elsewhere": self.conversation.elsewhere}


async def check(linker: Linker, connection: AsyncConnection, thoughts: Sequence[Thought], *, now: datetime) -> None:
    """Codes and numbers citizens type: looked up for the few who do."""
    for one in thoughts:
        if offer := offered(one.conversation.memory, one.arrival.message):
            one.checked = await linker.look(connection, one.conversation, offer, now=now)

"""What new messages tell of how a citizen came (a poster scanned) and what he lets us send, counted as they come."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.journey.thought import Thought
from bot.store import posters
from bot.store.citizens import permits
from bot.store.conversations import Conversation
from bot.store.posters import Key
from channels.message import Event, Inbound
from dialog.flows.drafts import half_filled
from dialog.view import PosterView

_SCANS: Mapping[Event, str] = {Event.SCANNED: "scans", Event.FOLLOWED: "follows"}
"""What brings a scene, and the column it counts in."""


class Reach:
    """Of one batch; lives as long as its transaction."""

    def __init__(self, connection: AsyncConnection, *, now: datetime) -> None:
        self._connection = connection
        self._now = now
        self._posters: dict[Key, PosterView] = {}
        self._brought: Counter[tuple[Key, str]] = Counter()

    async def note(self, fresh: Sequence[Thought]) -> None:
        """Messages seen for the first time, their conversations locked."""
        said = [(one.conversation.id, one.arrival.message) for one in fresh if one.arrival.message.event]
        await permits.note(self._connection, said, now=self._now)
        scanned = {key: one for _, one in said if (key := _scene(one))}
        if not scanned:
            return
        self._posters |= await posters.known(self._connection, scanned.keys())
        for _, one in said:
            if (key := _scene(one)) in self._posters and key and one.event:
                self._brought[key, _SCANS[one.event]] += 1

    def poster(self, one: Thought) -> PosterView | None:
        """The poster whose code brought this message, None where none of ours did."""
        key = _scene(one.arrival.message)
        return self._posters.get(key) if key else None

    async def pages(self, thoughts: Sequence[Thought]) -> dict[int, str]:
        """Conversation -> the page where its citizen gives leave, of those about to open a ticket who gave none yet."""
        asking = {
            one.conversation.id: page
            for one in thoughts
            if (account := one.arrival.account) is not None
            and account.subscribed is not None
            and (page := account.subscribed.permit_page)
            and half_filled(one.conversation.memory)
        }
        given = await permits.left(self._connection, list(asking)) if asking else {}
        return {talk: page for talk, page in asking.items() if talk not in given}

    def opened(self, mine: Conversation) -> None:
        """A ticket was opened: the poster that brought its citizen is credited with it."""
        if scene := mine.memory.came.get("scene", ""):
            self._brought[(mine.address.channel, mine.address.account, scene), "tickets"] += 1

    async def write(self) -> None:
        """Write the counts down, at the end: a row that many batches count in is held shortly."""
        await posters.count(self._connection, self._brought)


def _scene(one: Inbound) -> Key | None:
    if one.event not in _SCANS or not 0 < len(one.text) <= 64:
        return None
    return one.address.channel, one.address.account, one.text

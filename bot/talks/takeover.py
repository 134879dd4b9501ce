"""A person takes a conversation over (人工接管): takes it from the queue, writes in it, gives it back to the bot."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import update

from bot.outbox.planner import Sender
from bot.outbox.priority import Priority
from bot.outbox.telling import Telling
from bot.store.conversations import Conversation
from bot.store.tables import call_task, handover
from bot.talks.conversing import Conversing, Held, NoSuchConversation
from channels.message import Say
from dialog.view import Owner

__all__ = ["NoSuchConversation", "NotYours", "Takeover"]

SERVED = "已在线接待"
"""What a call task says that an agent made needless by answering in the conversation."""


class NotYours(Exception):
    """Nothing changed: another agent holds the conversation (``holder``), or none does ("")."""

    def __init__(self, holder: str) -> None:
        super().__init__("the conversation is not held by this agent")
        self.holder = holder


@dataclass(frozen=True, slots=True, kw_only=True)
class Takeover:
    """What an agent may do to a conversation; each in one transaction, under the conversation's lock."""

    conversing: Conversing = field(repr=False)

    async def take(self, conversation_id: int, agent: str) -> None:
        """From the queue or from the bot; by who holds it already, nothing happens. ``agent`` is the account: citizens
        are told it as the officer's number (工号), never his name. Raises NotYours."""
        async with self.conversing.claimed(conversation_id) as held:
            mine = held.mine
            if mine.owner is Owner.AGENT and mine.agent != agent:
                raise NotYours(mine.agent)
            if mine.owner is Owner.AGENT:
                return
            mine.owner, mine.agent, mine.owner_since = Owner.AGENT, agent, held.now
            mine.look_after_draft(held.now)
            await _note(held, taken_at=held.now, agent=agent)
            await _no_call(held, agent)
            held.notice("agent.joined", {"agent": agent})

    async def say(self, conversation_id: int, agent: str, text: str, *, key: str) -> None:
        """Write to the citizen; the same ``key`` again says nothing. Raises NotYours, ValueError without words."""
        if not text.strip():
            raise ValueError("an agent's message needs words")
        async with self.conversing.claimed(conversation_id) as held:
            _check(held.mine, agent)
            body = Say(text.strip())
            held.tell(Telling(key=f"a:{held.mine.id}:{key}", body=body, sender=Sender.AGENT, priority=Priority.PERSON))

    async def give_back(self, conversation_id: int, agent: str) -> None:
        """The bot answers again. Raises NotYours."""
        async with self.conversing.claimed(conversation_id) as held:
            mine = held.mine
            _check(mine, agent)
            held.notice("agent.left", {"agent": agent})
            mine.owner, mine.agent, mine.owner_since = Owner.BOT, "", None
            mine.look_after_draft(held.now)
            await _note(held, ended_at=held.now)


def _check(mine: Conversation, agent: str) -> None:
    if mine.owner is not Owner.AGENT or mine.agent != agent:
        raise NotYours(mine.agent)


async def _note(held: Held, **columns: object) -> None:
    """Write into the hand-over that is under way."""
    under_way = handover.c.conversation_id == held.mine.id, handover.c.ended_at.is_(None)
    await held.connection.execute(update(handover).where(*under_way).values(**columns))


async def _no_call(held: Held, agent: str) -> None:
    """Who is answered here need not be called: the promise of a call (漏接回拨) is kept by it."""
    promised = (
        call_task.c.conversation_id == held.mine.id,
        call_task.c.reason == "missed",
        call_task.c.done_at.is_(None),
    )
    done = {"done_at": held.now, "done_by": agent, "result": SERVED}
    await held.connection.execute(update(call_task).where(*promised).values(done))

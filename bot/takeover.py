"""A person takes a conversation over (人工接管): takes it from the queue, writes in it, gives it back to the bot."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.accounts import Accounts
from bot.office import Words
from bot.outbox.planner import Sender
from bot.outbox.priority import Priority
from bot.store.conversations import Conversation, claim_ids
from bot.store.engine import Database
from bot.store.tables import conversation, handover
from bot.telling import Telling, tell
from bot.work import Changes
from channels.message import Address, Say
from dialog.turn import Owner


class NoSuchConversation(LookupError):
    """No conversation has this id."""


class NotYours(Exception):
    """Nothing changed: another agent holds the conversation (``holder``), or none does ("")."""

    def __init__(self, holder: str) -> None:
        super().__init__("the conversation is not held by this agent")
        self.holder = holder


@dataclass(frozen=True, slots=True)
class _Case:
    """One conversation under its lock."""

    connection: AsyncConnection = field(repr=False)
    changes: Changes = field(repr=False)
    mine: Conversation = field(repr=False)
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Takeover:
    """What an agent may do to a conversation; each in one transaction, under the conversation's lock."""

    database: Database = field(repr=False)
    accounts: Accounts = field(repr=False)
    words: Words = field(repr=False)
    wake: Callable[[], None] = field(repr=False)
    grew: Callable[[Address, int], None] = field(repr=False)
    now: Callable[[], datetime] = field(repr=False)

    async def take(self, conversation_id: int, agent: str, *, name: str = "") -> None:
        """From the queue or from the bot; by who holds it already, nothing happens. ``agent`` is the account, ``name``
        what the citizen is told. Raises NotYours."""
        async with self._claimed(conversation_id) as case:
            mine = case.mine
            if mine.owner is Owner.AGENT and mine.agent != agent:
                raise NotYours(mine.agent)
            if mine.owner is Owner.AGENT:
                return
            mine.owner, mine.agent, mine.owner_since = Owner.AGENT, agent, case.now
            await _note(case, taken_at=case.now, agent=agent)
            self._courtesy(case, "agent.joined", {"name": name or agent})

    async def say(self, conversation_id: int, agent: str, text: str, *, key: str) -> None:
        """Write to the citizen; the same ``key`` again says nothing. Raises NotYours, ValueError without words."""
        if not text.strip():
            raise ValueError("an agent's message needs words")
        async with self._claimed(conversation_id) as case:
            _check(case.mine, agent)
            telling = Telling(
                key=f"a:{case.mine.id}:{key}", body=Say(text.strip()), sender=Sender.AGENT, priority=Priority.PERSON
            )
            self._tell(case, telling)

    async def give_back(self, conversation_id: int, agent: str) -> None:
        """The bot answers again. Raises NotYours."""
        async with self._claimed(conversation_id) as case:
            mine = case.mine
            _check(mine, agent)
            self._courtesy(case, "agent.left", {})
            mine.owner, mine.agent, mine.owner_since = Owner.BOT, "", None
            await _note(case, ended_at=case.now)

    @asynccontextmanager
    async def _claimed(self, conversation_id: int) -> AsyncIterator[_Case]:
        now, changes = self.now(), Changes()
        async with self.database.begin() as connection:
            mine = (await claim_ids(connection, [conversation_id])).get(conversation_id)
            if mine is None:
                raise NoSuchConversation(f"there is no conversation {conversation_id}")
            yield _Case(connection, changes, mine, now)
            changes.update(conversation, "id", mine.id, **mine.columns(now))
            await changes.write(connection)
        changes.committed()

    def _courtesy(self, case: _Case, key: str, params: Mapping[str, str]) -> None:
        """Who speaks now. A notice of the system: it never takes what is kept of a reply window for the person."""
        account = self.accounts.get(case.mine.address.channel, case.mine.address.account)
        brief = account is not None and account.capabilities.segments
        body = self.words(key, params, brief=brief, locale=case.mine.memory.locale)
        # The place in the conversation makes the key: each taking and giving back is told once.
        self._tell(case, Telling(key=f"a:{case.mine.id}:{key}:{case.mine.last_seq}", body=body))

    def _tell(self, case: _Case, telling: Telling) -> None:
        mine = case.mine
        tell(case.changes, self.accounts.get(mine.address.channel, mine.address.account), mine, telling, now=case.now)
        case.changes.then(lambda: self.grew(mine.address, mine.last_seq))
        case.changes.then(self.wake)


def _check(mine: Conversation, agent: str) -> None:
    if mine.owner is not Owner.AGENT or mine.agent != agent:
        raise NotYours(mine.agent)


async def _note(case: _Case, **columns: object) -> None:
    """Write into the hand-over that is under way."""
    under_way = handover.c.conversation_id == case.mine.id, handover.c.ended_at.is_(None)
    await case.connection.execute(update(handover).where(*under_way).values(**columns))

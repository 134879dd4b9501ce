"""How somebody other than the bot speaks in a conversation: under its lock, in one transaction, each word once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.accounts import Accounts
from bot.orders.office import Words
from bot.outbox.telling import Telling, tell
from bot.store.conversations import Conversation, claim_ids
from bot.store.engine import Database
from bot.store.tables import conversation
from bot.work import Changes
from channels.message import Address


class NoSuchConversation(LookupError):
    """No conversation has this id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One conversation under its lock."""

    connection: AsyncConnection = field(repr=False)
    changes: Changes = field(repr=False)
    mine: Conversation = field(repr=False)
    now: datetime
    with_: Conversing = field(repr=False)

    def tell(self, telling: Telling) -> None:
        """Put words of ours into it."""
        mine, with_ = self.mine, self.with_
        account = with_.accounts.get(mine.address.channel, mine.address.account)
        tell(self.changes, account, mine, telling, now=self.now)
        self.changes.then(lambda: with_.grew(mine.address, mine.last_seq))
        self.changes.then(with_.wake)

    def notice(
        self, key: str, params: Mapping[str, str], *, once: str = "", not_before: datetime | None = None
    ) -> None:
        """A notice of the system: it never takes what is kept of a reply window for a person. ``once`` makes it happen
        once; without it the place in the conversation does."""
        account = self.with_.accounts.get(self.mine.address.channel, self.mine.address.account)
        brief = account is not None and account.capabilities.segments
        body = self.with_.words(key, params, brief=brief, locale=self.mine.memory.locale)
        unique = once or f"a:{self.mine.id}:{key}:{self.mine.last_seq}"
        self.tell(Telling(key=unique, body=body, not_before=not_before))


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversing:
    """Locks conversations for those who speak in them."""

    database: Database = field(repr=False)
    accounts: Accounts = field(repr=False)
    words: Words = field(repr=False)
    wake: Callable[[], None] = field(repr=False)
    grew: Callable[[Address, int], None] = field(repr=False)
    now: Callable[[], datetime] = field(repr=False)

    @asynccontextmanager
    async def claimed(self, conversation_id: int) -> AsyncIterator[Held]:
        """The conversation until the block ends; then everything is written. Raises NoSuchConversation."""
        now, changes = self.now(), Changes()
        async with self.database.begin() as connection:
            mine = (await claim_ids(connection, [conversation_id])).get(conversation_id)
            if mine is None:
                raise NoSuchConversation(f"there is no conversation {conversation_id}")
            yield Held(connection=connection, changes=changes, mine=mine, now=now, with_=self)
            changes.update(conversation, "id", mine.id, **mine.columns(now))
            await changes.write(connection)
        changes.committed()

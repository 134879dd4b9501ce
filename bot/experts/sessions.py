"""三方通话 on messaging: a unit's expert is invited into a conversation, writes in it, and leaves an answer or a ticket."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import insert, select, update

from bot.experts.outcome import Registry, transcript
from bot.orders.ticketing import Ticketing
from bot.outbox.planner import Sender
from bot.outbox.priority import Priority
from bot.outbox.telling import Telling
from bot.store.tables import message, three_way, unanswered
from bot.store.tables.three_way import UNDER_WAY
from bot.store.wording import storable
from bot.talks.conversing import Conversing, Held
from bot.talks.takeover import NotYours
from bot.work import insert_or_keep
from channels.message import Say
from dialog.view import Owner
from tickets.limits.deadlines import add


class NoSuchSession(LookupError):
    """No session under way has this id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreeWay:
    """What agents, experts and the clock do to sessions; each in one transaction, under the conversation's lock."""

    conversing: Conversing = field(repr=False)
    rules: Ticketing = field(repr=False)
    registry: Registry = field(repr=False)
    units: Mapping[str, str] = field(repr=False)

    async def invite(self, conversation_id: int, unit: str, question: str, *, by: str) -> None:
        """The agent who holds the conversation asks an expert in. Raises NotYours, LookupError for no such unit."""
        if unit not in self.units:
            raise LookupError(f"there is no unit {unit}")
        async with self.conversing.claimed(conversation_id) as held:
            if held.mine.owner is not Owner.AGENT or held.mine.agent != by:
                raise NotYours(held.mine.agent)
            wait = self.rules.policies.at(self.rules.today(held.now)).three_way.wait
            row = {
                "conversation_id": conversation_id,
                "unit": unit,
                "question": storable(question.strip()) or await _last_words(held),
                "invited_by": by,
                "invited_at": held.now,
                "wait_until": add(self.rules.calendar, held.now, wait),
            }
            await held.connection.execute(insert_or_keep(held.connection, three_way), row)

    async def join(self, session: int, expert: str) -> None:
        """The expert comes in; the second one to try is refused. Raises NoSuchSession, NotYours."""
        async with self._claimed(session) as (held, row):
            if row["joined_at"] is not None:
                if row["expert"] != expert:
                    raise NotYours(row["expert"])
                return
            await _set(held, session, expert=expert, joined_at=held.now)
            if held.mine.owner in (Owner.EXPERT, Owner.BOT, Owner.QUEUE):
                held.mine.owner, held.mine.agent, held.mine.owner_since = Owner.AGENT, expert, held.now
                held.mine.look_after_draft(held.now)
            held.notice("expert.joined", {"unit": row["unit"]}, once=f"x:{session}:joined")

    async def say(self, session: int, expert: str, text: str, *, key: str) -> None:
        """The expert writes; the citizen sees for which unit. The same ``key`` again says nothing. Raises NoSuchSession,
        NotYours, ValueError without words."""
        if not text.strip():
            raise ValueError("an expert's message needs words")
        async with self._claimed(session) as (held, row):
            _check(row, expert)
            words = self.conversing.words(
                "expert.says",
                {"unit": row["unit"], "text": text.strip()},
                brief=False,
                locale=held.mine.memory.locale,
            )
            key = f"x:{session}:{key}"
            held.tell(Telling(key=key, body=Say(words.text), sender=Sender.AGENT, priority=Priority.PERSON))

    async def end(self, session: int, expert: str, *, answer: str) -> None:
        """The expert leaves: with the ``answer`` that will stand for the unit, or, without one, a ticket goes to it.
        Raises NoSuchSession, NotYours, NotAllowed for an answer that names persons."""
        await self.registry.numbers.stock(1, today=self.rules.today(self.conversing.now()))
        async with self._claimed(session) as (held, row):
            _check(row, expert)
            words = answer.strip()
            said = await transcript(held, row, unit=self.units.get(row["unit"], row["unit"]))
            number = await self.registry.ticket(held, row, by=row["invited_by"] or expert, answer=words)
            result = {"outcome": "answered" if words else "not_answered", "answer": words}
            await _set(held, session, ended_at=held.now, ticket=number, transcript=said, **result)
            held.notice("expert.answered", {"unit": row["unit"]}, once=f"x:{session}:ended")
            self._give_back(held, expert)

    async def lapse(self, session: int) -> None:
        """Nobody came in time: the citizen is told; what the bot asked for becomes a ticket, what an agent asked for
        stays with him, and a gap of the knowledge base. Raises NoSuchSession."""
        await self.registry.numbers.stock(1, today=self.rules.today(self.conversing.now()))
        async with self._claimed(session) as (held, row):
            if row["joined_at"] is not None or row["wait_until"] > held.now:
                return
            held.notice("expert.nobody", {"unit": row["unit"]}, once=f"x:{session}:nobody")
            number = None
            if held.mine.owner is Owner.EXPERT:
                number = await self.registry.ticket(held, row, by=row["invited_by"] or "bot", answer="")
                self._give_back(held, "")
            elif row["invited_by"]:
                gap = {"key": f"x:{session}", "conversation_id": held.mine.id, "question": row["question"]}
                await held.connection.execute(insert(unanswered), gap | {"at": held.now})
            await _set(held, session, outcome="nobody", ended_at=held.now, ticket=number)

    @asynccontextmanager
    async def _claimed(self, session: int) -> AsyncIterator[tuple[Held, Mapping[str, Any]]]:
        """A session under way and its conversation, the conversation locked first."""
        mine = select(three_way).where(three_way.c.id == session, UNDER_WAY)
        async with self.conversing.database.read() as connection:
            found = (await connection.execute(mine)).one_or_none()
        if found is None:
            raise NoSuchSession(f"there is no session {session} under way")
        async with self.conversing.claimed(found.conversation_id) as held:
            row = (await held.connection.execute(mine.with_for_update())).mappings().one_or_none()
            if row is None:
                raise NoSuchSession(f"the session {session} has ended")
            yield held, dict(row)

    def _give_back(self, held: Held, expert: str) -> None:
        """The bot answers again, unless an agent holds the conversation beside the expert."""
        mine = held.mine
        if mine.owner is Owner.EXPERT or (mine.owner is Owner.AGENT and mine.agent == expert):
            mine.owner, mine.agent, mine.owner_since = Owner.BOT, "", None


def _check(row: Mapping[str, Any], expert: str) -> None:
    if row["joined_at"] is None or row["expert"] != expert:
        raise NotYours(row["expert"])


async def _set(held: Held, session: int, **columns: object) -> None:
    await held.connection.execute(update(three_way).where(three_way.c.id == session).values(columns))


async def _last_words(held: Held) -> str:
    """What the citizen said last: that is what he asks, where the agent did not put it into words."""
    said = select(message.c.text).where(message.c.conversation_id == held.mine.id, message.c.text != "")
    return await held.connection.scalar(said.order_by(message.c.seq.desc()).limit(1)) or ""

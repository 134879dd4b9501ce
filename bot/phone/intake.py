"""Takes steps of calls in: one row a call, the same in whatever order they come; who waited in vain is called back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import groupby
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.journey.hub import StorageDown
from bot.metrics import Metrics
from bot.phone.bells import Bells
from bot.store import call_tasks, phone_calls
from bot.store.conversations import Conversation, citizens_by_phone, claim, claim_ids
from bot.store.engine import Database
from bot.store.manners.trouble import again_if_crossed, storage_is_down
from bot.store.phone_calls import CallName, Seat
from bot.store.tables import call, call_task, conversation
from bot.work import Changes
from channels.calls import Call, CallStep, Direction
from channels.message import Address

Row = dict[str, Any]
Moved = Callable[[Row, Sequence[CallStep]], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """One per process."""

    database: Database = field(repr=False)
    bells: Bells = field(repr=False)
    metrics: Metrics = field(repr=False)
    awake: Callable[[datetime], datetime] = field(repr=False)
    """The moment itself, or the end of the quiet hours it falls into."""
    moved: Moved = field(repr=False)
    """Told after the commit, with the call as it was before: who came into it or left it."""
    now: Callable[[], datetime] = field(repr=False)

    async def take(self, channel: str, steps: Sequence[CallStep]) -> None:
        """Everything one call of a switchboard said; returns after the commit. Raises StorageDown."""
        for (account, call_id), of_it in groupby(steps, key=lambda step: (step.account, step.call_id)):
            name, mine = CallName(channel, account, call_id), tuple(of_it)
            try:
                before = await again_if_crossed(partial(self._once, name, mine))
            except Exception as error:
                if storage_is_down(error):
                    raise StorageDown("the call could not be stored") from error
                raise
            for step in mine:
                self.metrics.message(channel, step.what.value)
            await self.moved(before, mine)

    async def _once(self, name: CallName, steps: Sequence[CallStep]) -> Row:
        changes, now = Changes(), self.now()
        async with self.database.begin() as connection:
            talk = await _talk(connection, changes, name, steps)
            row = dict(await phone_calls.lock(connection, name, at=steps[0].at))
            after = phone_calls.read_call(row)
            for step in steps:
                after = after.heard(step)
            columns = phone_calls.call_columns(after)
            seat = Seat(name.channel, name.account, columns["extension"])
            if seat.extension and (officer := await phone_calls.officer_at(connection, seat)):
                columns["officer"] = officer
            if talk is not None:
                columns["conversation_id"] = talk.id
                changes.update(conversation, "id", talk.id, **talk.columns(now))
                await self._owed(connection, changes, row["id"], talk, after)
            changes.update(call, "id", row["id"], **columns)
            await changes.write(connection)
        changes.committed()
        for extension in {row["extension"], seat.extension} - {""}:
            self.bells.ring(Seat(name.channel, name.account, extension))
        return row

    async def _owed(
        self, connection: AsyncConnection, changes: Changes, row: int, talk: Conversation, after: Call
    ) -> None:
        """未接回呼: who waited in vain is owed a call, once; who was served since is not, whichever we heard first."""
        if after.missed and after.ended_at:
            if await phone_calls.served_since(connection, talk.id, after.ended_at):
                return
            changes.keep(
                call_task,
                key=call_tasks.key_of(row),
                conversation_id=talk.id,
                reason=call_tasks.MISSED,
                text=f"来电未接通，市民等待了{int(after.waited.total_seconds())}秒。",
                created_at=after.ended_at,
                not_before=self.awake(after.ended_at),
            )
        elif after.direction is Direction.IN and after.answered_at:
            await call_tasks.serve(connection, talk.id, row, at=after.answered_at)


async def _talk(
    connection: AsyncConnection, changes: Changes, name: CallName, steps: Sequence[CallStep]
) -> Conversation | None:
    """The caller's conversation under its lock, opened with his first call: his number is proved by the line."""
    if peer := min((step.peer for step in steps if step.peer), default=""):
        address = Address(name.channel, name.account, peer)
        mine = (await claim(connection, [address], now=steps[0].at))[address]
        if mine.phone != peer:
            known = await citizens_by_phone(connection, [peer])
            mine.phone, mine.citizen = peer, known.get(peer, mine.citizen)
            changes.update(conversation, "id", mine.id, phone=peer, phone_sealed=peer)
        return mine
    known_as = await phone_calls.conversation_of(connection, name)
    return (await claim_ids(connection, [known_as])).get(known_as) if known_as else None

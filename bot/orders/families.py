"""Matters many citizens report (串案): an officer joins, takes out, splits and dissolves; every step can be taken back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.orders import following
from bot.orders.office import Office
from bot.orders.ordering import NoSuchTicket
from bot.orders.ticketing import Overlay
from bot.store import matters, ticket_rows
from bot.store.citizens.own_tickets import appealed
from bot.store.conversations import Conversation, claim_ids, claim_moved
from bot.store.tables import conversation, matter, matter_member, ticket
from bot.work import Changes
from tickets.assessment.repeats import likeness
from tickets.merging import joining, merges
from tickets.orders import Advance
from tickets.state import Actor


class NotThere(LookupError):
    """No such matter, or the ticket has no place in it."""


@dataclass(slots=True)
class Sitting:
    """Tickets of a matter under the locks of their conversations and themselves, and what is being changed."""

    connection: AsyncConnection
    changes: Changes = field(repr=False)
    overlay: Overlay = field(repr=False)
    conversations: Mapping[int, Conversation] = field(repr=False)
    now: datetime

    def conversation_of(self, number: str) -> Conversation:
        """Whose ticket it is."""
        return self.conversations[self.overlay[number]["conversation_id"]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Families:
    """Joins and parts tickets on the same matter, and tells their citizens."""

    office: Office = field(repr=False)

    async def join(self, parent: str, child: str, *, by: Actor) -> int:
        """``child`` follows ``parent``, or goes beside it where a unit has it already; the matter's id. Raises
        NotAllowed with nothing changed, NoSuchTicket."""
        changes = Changes()
        async with self.office.database.begin() as connection:
            sitting = await self.sit(connection, changes, (parent, child))
            made = await self._matter(sitting, parent, by=by)
            await self.enter(sitting, made, parent, child, by=by)
            await self.rise(sitting)
        changes.committed()
        return made

    async def part(self, child: str, *, by: Actor) -> None:
        """``child`` is taken out, or its proposal refused; the pair is not proposed again. Raises NotAllowed, NotThere."""
        changes = Changes()
        async with self.office.database.begin() as connection:
            parent = await self._parent_of(connection, child)
            sitting = await self.sit(connection, changes, (parent, child))
            if await self._parent_of(connection, child) != parent:
                raise NotThere(f"ticket {child} was moved just now")
            await self._leave(sitting, parent, child, by=by)
            await self.rise(sitting)
        changes.committed()

    async def split(self, matter_id: int, children: Iterable[str], *, by: Actor) -> int:
        """The first of ``children`` leaves and the others follow it; the new matter's id. Raises NotAllowed, NotThere."""
        first, *others = list(dict.fromkeys(children)) or [""]
        changes = Changes()
        async with self.office.database.begin() as connection:
            old = await self._found(connection, matter_id)
            sitting = await self.sit(connection, changes, (old["parent"], first, *others))
            inside = {one["ticket"] for one in await matters.members(connection, matter_id) if one["state"] == "joined"}
            if strangers := {first, *others} - inside:
                raise NotThere(f"ticket {min(strangers)} is not in matter {matter_id}")
            for child in (first, *others):
                await self._leave(sitting, old["parent"], child, by=by)
            await self._written(sitting)
            made = await self._matter(sitting, first, by=by)
            for child in others:
                await self.enter(sitting, made, first, child, by=by)
            await self.rise(sitting)
        changes.committed()
        return made

    async def dissolve(self, matter_id: int, *, by: Actor) -> None:
        """Everybody stands alone again. Raises NotAllowed, NotThere."""
        changes = Changes()
        async with self.office.database.begin() as connection:
            old = await self._found(connection, matter_id)
            children = [
                one["ticket"] for one in await matters.members(connection, matter_id) if one["state"] != "apart"
            ]
            sitting = await self.sit(connection, changes, (old["parent"], *children))
            for child in children:
                await self._leave(sitting, old["parent"], child, by=by)
            changes.update(matter, "id", matter_id, state="dissolved")
            await self.rise(sitting)
        changes.committed()

    async def sit(self, connection: AsyncConnection, changes: Changes, numbers: Iterable[str]) -> Sitting:
        """Lock the conversations first and the tickets second, as the hub does. Raises NoSuchTicket."""
        wanted = set(numbers)
        whose = select(ticket.c.number, ticket.c.conversation_id).where(ticket.c.number.in_(sorted(wanted)))
        known = {number: mine for number, mine in await connection.execute(whose)}
        if missing := wanted - known.keys():
            raise NoSuchTicket(f"there is no ticket {min(missing)}")
        conversations = await claim_ids(connection, known.values())
        rows = await ticket_rows.lock(connection, wanted)
        await claim_moved(connection, conversations, rows.values())
        overlay = Overlay(rows)
        return Sitting(connection, changes, overlay, conversations, self.office.now())

    async def rise(self, sitting: Sitting) -> None:
        """Write everything down."""
        for one in sitting.conversations.values():
            sitting.changes.update(conversation, "id", one.id, **one.columns(sitting.now))
        await self._written(sitting)

    async def enter(self, sitting: Sitting, matter_id: int, parent: str, child: str, *, by: Actor) -> None:
        """Join ``child``, both under lock. Raises NotAllowed."""
        now, overlay = sitting.now, sitting.overlay
        joined = {
            one["ticket"] for one in await matters.members(sitting.connection, matter_id) if one["state"] == "joined"
        }
        count = await matters.citizens(sitting.connection, {*joined, parent, child})
        one, other = (ticket_rows.read_ticket(overlay[number]) for number in (child, parent))
        for number, order in joining(one, other, by=by, citizens=max(count, 2)):
            done = self.office.ticketing.order(sitting.changes, overlay, number, order, now=now)
            self._tell(sitting, number, done)
        columns = {"state": "joined", "merged": merges(one), "decided_at": now, "decided_by": by.id or by.role.value}
        if await matters.member(sitting.connection, child) is None:
            evidence = self._evidence(sitting, parent, child)
            row = {"matter": matter_id, "ticket": child, "proposed_at": now, "score": evidence["score"]}
            sitting.changes.insert(matter_member, **row, evidence=evidence, **columns)
        else:
            sitting.changes.update(matter_member, "ticket", child, matter=matter_id, **columns)
        sitting.changes.update(matter, "id", matter_id, state="open")
        await self._written(sitting)

    def _evidence(self, sitting: Sitting, parent: str, child: str) -> dict[str, Any]:
        one, other = (appealed(sitting.overlay[number]) for number in (child, parent))
        policy = self.office.ticketing.policies.get(sitting.overlay[child]["policy"])
        return likeness(one, other, policy.repeats).evidence()

    async def _leave(self, sitting: Sitting, parent: str, child: str, *, by: Actor) -> None:
        done = self.office.ticketing.part(sitting.changes, sitting.overlay, child, parent, by=by, now=sitting.now)
        for number, one in done:
            self._tell(sitting, number, one)
        following.left(sitting.changes, child, parent, by=by.id or by.role.value, now=sitting.now)

    def _tell(self, sitting: Sitting, number: str, done: Advance) -> None:
        row = sitting.overlay[number]
        self.office.tell(sitting.changes, sitting.conversation_of(number), row, done, now=sitting.now)

    async def _written(self, sitting: Sitting) -> None:
        await sitting.changes.write(sitting.connection)

    async def _matter(self, sitting: Sitting, parent: str, *, by: Actor) -> int:
        """The live matter ``parent`` heads, a new one where there is none."""
        if known := await matters.of_parent(sitting.connection, parent):
            return int(known["id"])
        row = sitting.overlay[parent]
        made = {"parent": parent, "title": row["title"], "category": row["category"], "place": row["place"][:80]}
        made |= {"state": "proposed", "made_at": sitting.now, "made_by": by.id or by.role.value}
        return await matters.make(sitting.connection, made)

    async def _found(self, connection: AsyncConnection, matter_id: int) -> Mapping[str, Any]:
        known = await matters.found(connection, matter_id)
        if known is None or known["state"] == "dissolved":
            raise NotThere(f"there is no matter {matter_id}")
        return known

    async def _parent_of(self, connection: AsyncConnection, child: str) -> str:
        mine = await matters.member(connection, child)
        if mine is None or mine["state"] == "apart":
            raise NotThere(f"ticket {child} has no place in a matter")
        return str((await self._found(connection, mine["matter"]))["parent"])

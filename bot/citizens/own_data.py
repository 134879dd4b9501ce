"""A citizen's own data: found, handed to him as a copy, and erased by two people, but for what the law keeps."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.accounts import Accounts
from bot.files.attachments import Store
from bot.store.citizens import accesses, erasing, own_rows
from bot.store.conversations import claim_ids
from bot.store.engine import Database
from bot.store.tables import citizen_request, conversation, referral, ticket
from bot.work import insert_or_keep
from tickets.privacy.access import Officer
from tickets.scrub import scrub
from tickets.state import Role

Row = Mapping[Any, Any]
_SIGNS = frozenset({Role.AGENT, Role.OFFICE_LEADER})
_DECIDES = frozenset({Role.OFFICE_LEADER})
LISTED = 200


class Refused(Exception):
    """Nothing was erased or handed out. ``reason``: "rights", "same_person", "over", "open", "unsent"; ``numbers`` are
    the tickets that stand against it."""

    def __init__(self, reason: str, numbers: Sequence[str] = ()) -> None:
        super().__init__(f"{reason} {', '.join(numbers)}".strip())
        self.reason, self.numbers = reason, tuple(numbers)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnData:
    """Export and erasure for one citizen, whom conversations of the same proved phone belong to."""

    database: Database = field(repr=False)
    files: Store = field(repr=False)
    accounts: Accounts = field(repr=False)
    units: Mapping[str, str] = field(repr=False)
    now: Callable[[], datetime] = field(repr=False)

    async def find(self, *, number: str = "", phone: str = "") -> int:
        """The citizen of a ticket or of a phone. Raises LookupError."""
        async with self.database.read() as connection:
            if number:
                of_it = select(ticket.c.citizen).where(ticket.c.number == number, ticket.c.anonymised_at.is_(None))
            else:
                by_phone = [one.channel.name for one in self.accounts if one.capabilities.phone_addressed]
                his = or_(
                    conversation.c.phone == phone,
                    (conversation.c.peer == phone) & conversation.c.channel.in_(by_phone),
                )
                of_it = select(conversation.c.citizen, conversation.c.id).where(his).order_by(conversation.c.id)
            row = (await connection.execute(of_it.limit(1))).one_or_none()
        if row is None:
            raise LookupError("no citizen is known by this")
        return int(row[0] or row[1])

    async def ask(self, kind: str, citizen: int, *, by: Officer, reason: str) -> int:
        """An officer asks in a citizen's name; his is the first signature. Returns the request. Raises Refused."""
        _may(by)
        now = self.now()
        row = {
            "kind": kind,
            "citizen": citizen,
            "asked_by": by.account,
            "asked_at": now,
            "reason": scrub(reason.strip()),
        }
        async with self.database.begin() as connection:
            await connection.execute(insert_or_keep(connection, citizen_request), row)
            is_open = (citizen_request.c.done_at.is_(None), citizen_request.c.refused_at.is_(None))
            it = (citizen_request.c.kind == kind, citizen_request.c.citizen == citizen, *is_open)
            id = (await connection.execute(select(citizen_request.c.id).where(*it))).scalar_one()
            unsigned = citizen_request.c.id == id, citizen_request.c.first_by == ""
            await connection.execute(update(citizen_request).where(*unsigned).values(first_by=by.account, first_at=now))
        return int(id)

    async def sign(self, id: int, by: Officer) -> bool:
        """Sign; the second of two people, a leader, carries an erasure out. A copy needs one signature. True once it is
        done. Raises LookupError, Refused."""
        _may(by)
        now = self.now()
        async with self.database.begin() as connection:
            row = await _locked(connection, id)
            if row["kind"] == "erase" and not row["first_by"]:
                await _change(connection, id, first_by=by.account, first_at=now)
                return False
            loose: list[str] = []
            if row["kind"] == "erase":
                if row["first_by"] == by.account:
                    raise Refused("same_person")
                if not by.roles & _DECIDES:
                    raise Refused("rights")
                loose = await self._erase(connection, row["citizen"], now)
            await _change(connection, id, done_by=by.account, done_at=now)
            await accesses.note(
                connection, row["kind"], account=by.account, unit=by.unit, now=now, text=f"request {id}"
            )
        for digest in loose:
            self.files.path(digest).unlink(missing_ok=True)
        return True

    async def refuse(self, id: int, by: Officer, note: str) -> None:
        """It is not the citizen himself, or the law keeps it. Raises LookupError, Refused."""
        _may(by)
        async with self.database.begin() as connection:
            await _locked(connection, id)
            await _change(connection, id, refused_at=self.now(), done_by=by.account, note=scrub(note.strip()))

    async def open_requests(self) -> Sequence[Row]:
        """What officers have to decide, the oldest first."""
        is_open = citizen_request.c.done_at.is_(None), citizen_request.c.refused_at.is_(None)
        statement = select(citizen_request).where(*is_open).order_by(citizen_request.c.id).limit(LISTED)
        async with self.database.read() as connection:
            return (await connection.execute(statement)).mappings().all()

    async def get(self, id: int) -> Row:
        """One request, open or done. Raises LookupError."""
        async with self.database.read() as connection:
            found = await connection.execute(select(citizen_request).where(citizen_request.c.id == id))
            row = found.mappings().one_or_none()
        if row is None:
            raise LookupError(f"there is no request {id}")
        return row

    async def export(self, citizen: int, *, by: Officer) -> dict[str, Any]:
        """Everything that is kept of him, as JSON can hold it; what is about officers is not his. Raises Refused."""
        _may(by)
        async with self.database.begin() as connection:
            out = await own_rows.gather(connection, citizen, units=self.units)
            await accesses.note(connection, "export", account=by.account, unit=by.unit, now=self.now())
        return out

    async def _erase(self, connection: AsyncConnection, citizen: int, now: datetime) -> list[str]:
        """Conversations first, tickets second, as everywhere. What stays: sealed files of the discipline organ, and the
        record of who looked, which names him by no word."""
        ids = (await connection.scalars(select(conversation.c.id).where(own_rows.of_citizen(citizen)))).all()
        await claim_ids(connection, ids)
        his = select(ticket.c.number, ticket.c.closed_at).where(ticket.c.citizen == citizen).with_for_update()
        rows = (await connection.execute(his)).all()
        if working := [row.number for row in rows if row.closed_at is None]:
            raise Refused("open", working)
        numbers = [row.number for row in rows]
        if referred := (
            await connection.scalars(select(referral.c.ticket).where(referral.c.ticket.in_(numbers)))
        ).all():
            raise Refused("referred", referred)
        if await erasing.unsent(connection, ids):
            raise Refused("unsent")
        loose = await erasing.anonymise(connection, numbers, now=now) if numbers else []
        return loose + await erasing.forget_talks(connection, ids, now=now)


async def _locked(connection: AsyncConnection, id: int) -> Row:
    it = select(citizen_request).where(citizen_request.c.id == id).with_for_update()
    row = (await connection.execute(it)).mappings().one_or_none()
    if row is None:
        raise LookupError(f"there is no request {id}")
    if row["done_at"] or row["refused_at"]:
        raise Refused("over")
    return row


async def _change(connection: AsyncConnection, id: int, **columns: Any) -> None:
    await connection.execute(update(citizen_request).where(citizen_request.c.id == id).values(**columns))


def _may(officer: Officer) -> None:
    if not officer.roles & _SIGNS:
        raise Refused("rights")

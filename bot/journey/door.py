"""The front door for channels we serve ourselves: it takes messages, shows a conversation, and says when it grows."""

from __future__ import annotations

import asyncio
import secrets
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, tuple_

from bot.files.attachments import Kept, Store
from bot.journey.hub import Hub
from bot.journey.whispers import Side, Whispers
from bot.store import reading
from bot.store.citizens.own_tickets import by_code
from bot.store.conversations import claim
from bot.store.engine import Database
from bot.store.messages import lines
from bot.store.tables import attachment, conversation, outbox
from bot.store.wording import read_body
from channels.adapter import Act, Line, Progress, Sign, StoredFile, Taken
from channels.message import Address, Batch, Inbound, Kind, Notice, Stage
from dialog.view import TicketView

Key = tuple[str, str, str]


def _key(address: Address) -> Key:
    return address.channel, address.account, address.peer


class Watches:
    """Who watches which conversation. A growth in this process is told at once; ``poll`` finds those of others."""

    def __init__(self) -> None:
        self._watchers: defaultdict[Key, set[asyncio.Queue[int]]] = defaultdict(set)

    def grew(self, address: Address, seq: int) -> None:
        """Tell the watchers of this conversation; a watcher that has not read the last news needs no second."""
        for queue in self._watchers.get(_key(address), ()):
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(seq)

    async def watch(self, address: Address) -> AsyncIterator[int]:
        """Yields each growth; leaving the loop ends the watch."""
        queue: asyncio.Queue[int] = asyncio.Queue(maxsize=1)
        self._watchers[_key(address)].add(queue)
        try:
            while True:
                yield await queue.get()
        finally:
            self._watchers[_key(address)].discard(queue)
            if not self._watchers[_key(address)]:
                del self._watchers[_key(address)]

    async def poll(self, database: Database) -> None:
        """One look at the database for what other processes (a job, a command, another machine) added."""
        watched = list(self._watchers)
        if not watched:
            return
        columns = (conversation.c.channel, conversation.c.account, conversation.c.peer)
        async with database.read() as connection:
            found = await connection.execute(
                select(*columns, conversation.c.last_seq).where(tuple_(*columns).in_(watched))
            )
            for channel, account, peer, seq in found:
                self.grew(Address(channel, account, peer), seq)


@dataclass(frozen=True, slots=True)
class Standings:
    """How a ticket's standing is put into words; ``units`` are the names of units by their codes."""

    units: Mapping[str, str]
    words: Callable[[TicketView], str] = field(repr=False)


class HubDoor:
    """The :class:`channels.adapter.Door` of the running hub."""

    def __init__(
        self,
        *,
        hub: Hub,
        database: Database,
        files: Store,
        watches: Watches,
        whispers: Whispers,
        standings: Standings,
        now: Callable[[], datetime],
    ) -> None:
        self._hub = hub
        self._database = database
        self._files = files
        self._watches = watches
        self._whispers = whispers
        self._standings = standings
        self.now = now

    async def receive(self, message: Inbound) -> Taken:
        """See :meth:`channels.adapter.Door.receive`."""
        return (await self._hub.receive(Batch((message,))))[0]

    async def answer(self, taken: Taken) -> str:
        """See :meth:`channels.adapter.Door.answer`."""
        async with self._database.read() as connection:
            body = await connection.scalar(select(outbox.c.body).where(outbox.c.in_reply_to == taken.id))
        return "" if body is None else read_body(body).text

    async def progress(self, number: str, code: str) -> Progress | None:
        """See :meth:`channels.adapter.Door.progress`."""
        async with self._database.read() as connection:
            one = await by_code(connection, number, code, units=self._standings.units)
        if one is None:
            return None
        return Progress(
            number=one.number,
            title=one.title,
            received_at=one.received_at,
            words=self._standings.words(one),
            reply=one.public_reply,
            done=one.closed_at is not None,
        )

    async def history(self, address: Address, *, after: int, limit: int) -> Sequence[Line]:
        """See :meth:`channels.adapter.Door.history`."""
        async with self._database.read() as connection:
            conversation_id = await connection.scalar(select(conversation.c.id).where(reading.of(address)))
            if conversation_id is None:
                return ()
            rows = await lines(connection, conversation_id, after=after, limit=limit)
            return [_told(seq, row) if "sender" in row else _heard(seq, row, address) for seq, row in rows]

    def watch(self, address: Address) -> AsyncIterator[int]:
        """See :meth:`channels.adapter.Door.watch`."""
        return self._watches.watch(address)

    async def seen(self, address: Address, *, seq: int, stage: Stage) -> None:
        """See :meth:`channels.adapter.Door.seen`."""
        async with self._database.begin() as connection:
            read = await reading.note(connection, address, seq=seq, stage=stage, now=self.now())
        if read:
            await self._whispers.tell(address, Side.CITIZEN, Sign(Act.READ, read))

    async def read_by_officer(self, address: Address) -> int:
        """See :meth:`channels.adapter.Door.read_by_officer`."""
        async with self._database.read() as connection:
            return await connection.scalar(select(conversation.c.officer_seq).where(reading.of(address))) or 0

    async def typing(self, address: Address) -> None:
        """See :meth:`channels.adapter.Door.typing`."""
        await self._whispers.tell(address, Side.CITIZEN, Sign(Act.TYPING))

    def signs(self, address: Address) -> AsyncIterator[Sign]:
        """See :meth:`channels.adapter.Door.signs`."""
        return self._whispers.listen(address, Side.OFFICER)

    async def keep(self, address: Address, *, name: str, media_type: str, content: bytes) -> StoredFile:
        """See :meth:`channels.adapter.Door.keep`."""
        kept = await asyncio.to_thread(self._files.keep, content, media_type=media_type)
        own = secrets.token_urlsafe(24)
        now = self.now()
        async with self._database.begin() as connection:
            mine = (await claim(connection, [address], now=now))[address]
            row = _stored_row(kept, address, name=name, now=now)
            await connection.execute(insert(attachment), row | {"id": own, "conversation_id": mine.id})
        return StoredFile(own, kept.media_type, kept.size, kept.path)

    async def file(self, file_id: str) -> StoredFile | None:
        """See :meth:`channels.adapter.Door.file`."""
        async with self._database.read() as connection:
            row = (await connection.execute(select(attachment).where(attachment.c.id == file_id))).one_or_none()
        if row is None or row.state != "stored":
            return None
        return StoredFile(row.id, row.media_type, row.size or 0, self._files.path(row.sha256))


def _stored_row(kept: Kept, address: Address, *, name: str, now: datetime) -> dict[str, Any]:
    return {
        "channel": address.channel,
        "account": address.account,
        "ref": "",
        "kind": Kind.IMAGE.value if kept.media_type.startswith("image/") else Kind.FILE.value,
        "media_type": kept.media_type,
        "name": name,
        "size": kept.size,
        "sha256": kept.sha256,
        "state": "stored",
        "not_before": now,
        "created_at": now,
    }


def _heard(seq: int, row: Mapping[str, Any], address: Address) -> Line:
    body = row["body"] or {}
    place = body.get("location")
    return Line(
        seq=seq,
        who="citizen",
        kind=row["kind"],
        at=row["received_at"],
        text=row["text"],
        attachments=tuple(file["stored"] for file in body.get("attachments", ())),
        attachment_types=tuple(file["media_type"] for file in body.get("attachments", ())),
        location=None if place is None else (place["latitude"], place["longitude"], place["label"]),
        client_id=row["dedupe_key"].removeprefix(f"{address.peer}:"),
    )


def _told(seq: int, row: Mapping[str, Any]) -> Line:
    body = read_body(row["body"])
    return Line(
        seq=seq,
        who=row["sender"],
        kind="notice" if isinstance(body, Notice) else "text",
        at=row["created_at"],
        text=body.text,
        choices=tuple((choice.id, choice.label) for choice in body.choices),
        notice=body.key if isinstance(body, Notice) else "",
    )

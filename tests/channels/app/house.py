"""A small real hub in memory: once-ness, order and waking as channels.adapter.Door promises them, and a simple bot."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from channels.adapter import Line, Sign, StoredFile, Taken
from channels.errors import Busy
from channels.message import Address, Event, Inbound, Kind, Stage

MENU = (("menu:report", "反映问题"), ("menu:consult", "咨询政策"), ("menu:progress", "查询进度"))


@dataclass
class House:
    """The hub of the tests. ``shift`` moves its clock; ``full`` makes it too busy; ``mute`` silences the bot."""

    folder: Path
    shift: timedelta = timedelta()
    full: bool = False
    mute: bool = False
    received: list[Inbound] = field(default_factory=list)
    seen_up_to: dict[tuple[Address, Stage], int] = field(default_factory=dict)
    officer_read: dict[Address, int] = field(default_factory=dict)
    typed: list[Address] = field(default_factory=list)
    listeners: defaultdict[Address, set[asyncio.Queue[Sign]]] = field(default_factory=lambda: defaultdict(set))
    lines: defaultdict[Address, list[Line]] = field(default_factory=lambda: defaultdict(list))
    taken: dict[str, Taken] = field(default_factory=dict)
    files: dict[str, StoredFile] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    watchers: defaultdict[Address, set[asyncio.Queue[int]]] = field(default_factory=lambda: defaultdict(set))

    def now(self) -> datetime:
        return datetime.now(UTC) + self.shift

    async def receive(self, message: Inbound) -> Taken:
        if self.full:
            raise Busy("full", after=2)
        if before := self.taken.get(message.id):
            return replace(before, duplicate=True)
        self.received.append(message)
        place = message.location
        line = self.say(
            message.address,
            who="citizen",
            kind=message.kind.value,
            text=message.text,
            attachments=tuple(file.stored for file in message.attachments),
            attachment_types=tuple(file.media_type for file in message.attachments),
            location=place and (place.latitude, place.longitude, place.label),
            client_id=message.id.removeprefix(f"{message.address.peer}:"),
        )
        taken = Taken(len(self.taken) + 1, line.seq, line.at, duplicate=False, digest=message.digest)
        self.taken[message.id] = taken
        if not self.mute:
            self._answer(message)
        return taken

    def _answer(self, message: Inbound) -> None:
        if message.event is Event.RATED:
            self.say(message.address, text="感谢您的评价！")
        elif message.choice:
            self.say(message.address, text=f"您选择了 {message.choice}")
        elif message.text in {"菜单", "menu"}:
            self.say(message.address, text="请选择您要办理的事项：", choices=MENU)
        elif message.kind is Kind.IMAGE:
            self.say(message.address, text="收到照片。请告诉我事情发生在哪里。")
        elif message.location:
            self.say(message.address, text=f"收到位置：{message.location.label or '地图位置'}")
        else:
            self.say(message.address, text=f"已收到：{message.text}")

    def say(self, address: Address, *, who: str = "bot", kind: str = "text", text: str = "", **more: object) -> Line:
        """Add a line of anybody, and wake who watches."""
        story = self.lines[address]
        line = Line(len(story) + 1, who, kind, self.now(), text, **more)  # type: ignore[arg-type]
        story.append(line)
        for queue in self.watchers[address]:
            queue.put_nowait(line.seq)
        return line

    async def history(self, address: Address, *, after: int, limit: int) -> Sequence[Line]:
        return [line for line in self.lines[address] if line.seq > after][:limit]

    async def watch(self, address: Address) -> AsyncIterator[int]:
        queue: asyncio.Queue[int] = asyncio.Queue()
        self.watchers[address].add(queue)
        try:
            while True:
                yield await queue.get()
        finally:
            self.watchers[address].discard(queue)

    async def seen(self, address: Address, *, seq: int, stage: Stage) -> None:
        self.seen_up_to[address, stage] = max(seq, self.seen_up_to.get((address, stage), 0))

    async def read_by_officer(self, address: Address) -> int:
        return self.officer_read.get(address, 0)

    async def typing(self, address: Address) -> None:
        self.typed.append(address)

    async def signs(self, address: Address) -> AsyncIterator[Sign]:
        queue: asyncio.Queue[Sign] = asyncio.Queue()
        self.listeners[address].add(queue)
        try:
            while True:
                yield await queue.get()
        finally:
            self.listeners[address].discard(queue)

    def sign(self, address: Address, sign: Sign) -> None:
        """The officer writes, or has read."""
        for queue in self.listeners[address]:
            queue.put_nowait(sign)

    async def keep(self, address: Address, *, name: str, media_type: str, content: bytes) -> StoredFile:
        file_id = f"f{len(self.files) + 1}"
        path = self.folder / file_id
        path.write_bytes(content)
        self.names.append(name)
        self.files[file_id] = StoredFile(file_id, media_type, len(content), path)
        return self.files[file_id]

    async def file(self, file_id: str) -> StoredFile | None:
        return self.files.get(file_id)

    @property
    def peer(self) -> Address:
        """The one citizen there is."""
        (address,) = self.lines
        return address

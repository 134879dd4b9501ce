"""Takes one message of a citizen, whichever way it came, and says what became of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from channels.adapter import Door, Taken
from channels.app import parse
from channels.app.gate import Gate
from channels.app.links import FileLinks
from channels.app.problems import Problem
from channels.app.tokens import Session
from channels.message import Attachment, kind_of_file

_KEY = re.compile(r"[A-Za-z0-9_-]{8,64}")


@dataclass(frozen=True, slots=True)
class Intake:
    """The way in of one account."""

    account: str
    door: Door
    gate: Gate
    links: FileLinks

    async def take(self, raw: bytes, *, client_id: str, session: Session, ip: str) -> tuple[int, dict[str, Any]]:
        """(HTTP status, what became of the message): 201 for a new one, 200 for one taken before under the same key.

        ``client_id`` is the citizen's idempotency key, a UUID as a rule. Raises :class:`Problem`, and ``Busy`` from
        the hub.
        """
        if not _KEY.fullmatch(client_id):
            raise Problem("bad_key")
        self.gate.spend("message", peer=session.peer, ip=ip)
        body = parse.body(raw)
        file = await self._file(body.file_id, session) if isinstance(body, parse.FileBody) else None
        message = parse.inbound(
            body, account=self.account, session=session, client_id=client_id, now=self.door.now(), file=file
        )
        taken = await self.door.receive(message)
        if taken.duplicate and taken.digest != message.digest:
            raise Problem("key_reused")
        return (200 if taken.duplicate else 201), _receipt(taken, client_id)

    async def _file(self, claim: str, session: Session) -> Attachment:
        file_id = self.links.claimed(session.peer, claim)
        stored = await self.door.file(file_id) if file_id else None
        if stored is None:
            raise Problem("not_your_file", at=("file_id",))
        kind = kind_of_file(stored.media_type)
        return Attachment(ref=stored.id, kind=kind, media_type=stored.media_type, size=stored.size, stored=stored.id)


def _receipt(taken: Taken, client_id: str) -> dict[str, Any]:
    return {
        "id": taken.id,
        "seq": taken.seq,
        "created_at": taken.at.isoformat(timespec="milliseconds"),
        "client_id": client_id,
    }

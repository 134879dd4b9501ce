"""What the web chat's handlers share: one account's door to the hub, its gate, links and open connections."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import Any

from channels.adapter import Act, Door, Line, Sign
from channels.app.follow import follow
from channels.app.gate import Gate
from channels.app.intake import Intake
from channels.app.links import FileLinks
from channels.app.live import Live
from channels.app.render import render
from channels.app.tokens import Session
from channels.message import Address


@dataclass(frozen=True, slots=True)
class Parts:
    """One account, assembled."""

    account: str
    door: Door
    gate: Gate
    intake: Intake
    links: FileLinks
    live: Live

    def address(self, session: Session) -> Address:
        """Where this citizen is reached."""
        return Address("app", self.account, session.peer)

    def follow(self, session: Session, *, after: int, beat: float) -> AsyncGenerator[Sequence[Line], None]:
        """This citizen's conversation from ``after`` on, see :func:`channels.app.follow.follow`."""
        return follow(self.door, self.address(session), after=after, beat=beat)

    async def signs(self, session: Session) -> AsyncGenerator[Sign, None]:
        """How far the officer has read, then each of his signs of life."""
        address = self.address(session)
        if read := await self.door.read_by_officer(address):
            yield Sign(Act.READ, read)
        async for sign in self.door.signs(address):
            yield sign

    def shown(self, lines: Sequence[Line], session: Session) -> list[dict[str, Any]]:
        """Lines as JSON values, with download links that start to run out now."""
        now = self.door.now()
        return [
            render(line, peer=session.peer, link=lambda file_id: self.links.url(file_id, now=now)) for line in lines
        ]

    def seconds_left(self, session: Session) -> float:
        """How long the session's token is still good, at least 0."""
        assert session.expires_at is not None
        return max(0.0, (session.expires_at - self.door.now()).total_seconds())

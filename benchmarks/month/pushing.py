"""A channel that pushes, in this process: what it is told arrives at once, and it notes when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from channels.adapter import Channel
from channels.capabilities import Capabilities, Choices, Rate, Route, Unit
from channels.message import Notice, Outbound

CAPABILITIES = Capabilities(
    text_limit=2000,
    text_unit=Unit.CHARACTERS,
    routes=(Route.DIRECT,),
    choices=Choices.BUTTONS,
    idempotent=True,
    rate=Rate(per_second=1e6, burst=10**6),
)


@dataclass(frozen=True, slots=True)
class Pushed:
    """One message as it reached its citizen's pocket."""

    at: datetime
    peer: str = field(repr=False)
    key: str
    notice: str
    """The notice's meaning, "" for plain words."""


@dataclass(slots=True)
class Pushing:
    """The adapter. ``arrived`` grows until somebody takes it."""

    now: Callable[[], datetime]
    arrived: list[Pushed] = field(default_factory=list, repr=False)

    async def send(self, out: Outbound) -> str:
        """It arrives."""
        notice = out.body.key if isinstance(out.body, Notice) else ""
        self.arrived.append(Pushed(self.now(), out.address.peer, out.key, notice))
        return out.key

    async def close(self) -> None:
        """Nothing is open."""


def channel(adapter: Pushing) -> Channel:
    """The channel ``push`` with this one adapter."""
    return Channel("push", "推送", CAPABILITIES, dict, lambda _name, _settings, _tools: adapter)

"""A provider that keeps what citizens write until we take it: it lies there, and comes again as long as it must."""

from __future__ import annotations

from typing import Any

from tests.faults.case import Provider


class Kept(Provider):
    """Knows how a message is laid ready; the first of the ``lines`` is the one we fetch it over."""

    half = 100
    """Octets from the provider after which a line is cut in the middle of a message."""

    def lay(self, message: Any) -> None:
        """Keep it for us."""
        raise NotImplementedError

    async def deliver(self, message: Any, base: str) -> None:
        """The hub comes for it."""
        self.lay(message)

    async def deliver_unheard(self, message: Any, base: str) -> None:
        """What we say once we have it arrives nowhere, and the line ends."""
        self.lines[0].deafen()
        self.lay(message)

    async def deliver_half(self, message: Any, base: str) -> None:
        """The line ends in the middle of it."""
        self.lines[0].cut_after(self.half)
        self.lay(message)

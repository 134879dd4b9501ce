"""One account of one channel as the outbox sees it: its adapter, its limits, how much is under way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from bot.outbox.bucket import TokenBucket
from bot.outbox.planner import Outlet
from channels.adapter import Adapter
from channels.capabilities import Capabilities

Key = tuple[str, str]
"""(channel, account)"""

IN_FLIGHT = 16
"""Sends under way at once on one account: a slow provider holds up nobody but itself."""


@dataclass(slots=True)
class Account:
    """``share`` is this process's part of the provider's rate, where several processes send for the same account.

    An adapter may say ``templates: frozenset[str]`` (the notices it has a registered template for) and
    ``free_text: bool`` (whether its settings allow words of our own); none and True where it says nothing.
    """

    channel: str
    name: str
    adapter: Adapter = field(repr=False)
    capabilities: Capabilities
    monotonic: Callable[[], float] = field(repr=False)
    share: float = 1.0
    in_flight: int = 0
    bucket: TokenBucket = field(init=False, repr=False)

    def __post_init__(self) -> None:
        rate = self.capabilities.rate
        burst = max(int(rate.burst * self.share), 1)
        self.bucket = TokenBucket(replace(rate, per_second=rate.per_second * self.share, burst=burst))

    @property
    def key(self) -> Key:
        return (self.channel, self.name)

    @property
    def outlet(self) -> Outlet:
        """What the planner knows of this account."""
        return Outlet(
            capabilities=self.capabilities,
            templates=frozenset(getattr(self.adapter, "templates", ())),
            free_text=getattr(self.adapter, "free_text", True),
        )

    def room(self) -> int:
        """How many more messages may leave now."""
        return max(min(IN_FLIGHT - self.in_flight, self.bucket.available(self.monotonic())), 0)

    def start(self) -> None:
        """One message is on its way."""
        self.bucket.take(1, now=self.monotonic())
        self.in_flight += 1

    def finish(self) -> None:
        """One message is no longer on its way."""
        self.in_flight -= 1

    def refill(self) -> float:
        """Seconds until a useful number may leave (0.0 when some may now), so that a full queue is not taken one by
        one."""
        return self.bucket.wait(self.monotonic())

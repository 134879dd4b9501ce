"""How many free messages a channel still lets us send to one citizen, and until when.

WeChat: 5 in 48 hours after the citizen wrote, 3 in a minute after a menu click, a follow or a scan (protocols.md §1.6).
Channels without windows need no ledger: whatever it holds is not read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from channels.capabilities import Capabilities
from channels.message import Trigger

UNCOUNTED = 1_000_000
"""What a window without a number counts as: more than anybody sends a citizen before it ends. A provider that refuses
all the same closes it like any other."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """``left`` messages may still be sent before ``until`` (aware; None when no window was ever opened)."""

    left: int = 0
    until: datetime | None = None

    def available(self, now: datetime) -> int:
        """How many free messages may be sent at ``now``."""
        return self.left if self.until is not None and now < self.until else 0

    def arrive(self, trigger: Trigger, *, capabilities: Capabilities, now: datetime) -> Ledger:
        """The ledger after the citizen did something at ``now``.

        Windows do not add up: the larger count and the later end of the running and the new one hold. Where a short
        window of many meets a long one of few this may promise one or two too many; the provider's refusal then closes
        the window (``bot/outbox/settle.py``) and the planner goes another way, so nothing is lost by the promise.
        """
        window = capabilities.windows.get(trigger)
        if window is None:
            return self
        count = UNCOUNTED if window.count is None else window.count
        until = now + window.lasts
        running = self.available(now)
        if not running or self.until is None:
            return Ledger(count, until)
        return Ledger(max(running, count), max(self.until, until))


def arrive(
    window_left: int,
    window_until: datetime | None,
    *,
    trigger: Trigger,
    capabilities: Capabilities,
    now: datetime,
) -> tuple[int, datetime | None]:
    """:meth:`Ledger.arrive` on the two columns of a conversation, for the hub."""
    ledger = Ledger(window_left, window_until).arrive(trigger, capabilities=capabilities, now=now)
    return ledger.left, ledger.until

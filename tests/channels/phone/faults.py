"""The hotline for the fault suite: a bridge that tells each step of a call, and repeats, loses and breaks off what it tells.

The switchboards we listen to ourselves (ARI, ESL) are held to their own tests: a line of theirs brings steps, no words.
"""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import Any

from bot.store.tables import call
from channels.signature import signature
from tests.channels.phone.case import SECRET
from tests.faults.case import CALLS_US, KEEPS_NOTHING, Case, Fault
from tests.faults.hooked import Call, Hooked
from tests.faults.house import House

STEPS = ("call.queued", "call.ringing", "call.answered", "call.ended")
_IDS = itertools.count(1)


class Bridge(Hooked):
    folder = "phone"
    account = {"hook_secret": SECRET}  # noqa: RUF012 -- as every case has it, never changed

    def step(self, what: str) -> bytes:
        """One step of the one call there is, now."""
        told = {"call_id": "1400609726.3", "direction": "in", "caller": "+8613800138001", "callee": "12345"}
        told |= {"event_id": f"E{next(_IDS):08}", "type": what, "ts": self.clock.now().isoformat(), "agent_ext": "1001"}
        return json.dumps(told).encode()

    def call(self, message: bytes) -> Call:
        stamp = str(int(self.clock.now().timestamp()))
        headers = {"X-Hub-Timestamp": stamp, "X-Hub-Signature": signature(SECRET, ts=stamp, body=message)}
        return Call("/hooks/phone/city", message, headers=headers)

    def heard(self, citizen: str) -> Sequence[str]:
        return ()


Tell = Callable[[House, Any, bytes], Awaitable[None]]


async def again(house: House, bridge: Any, step: bytes, **span: float) -> None:
    await bridge.deliver(step, house.bases[0])
    house.pass_(**span)
    await bridge.deliver(step, house.bases[-1])


async def at_once(house: House, bridge: Any, step: bytes) -> None:
    await asyncio.gather(*(bridge.deliver(step, base) for base in house.bases for _ in range(3)))


async def unheard(house: House, bridge: Any, step: bytes) -> None:
    await bridge.deliver_unheard(step, house.bases[0])


async def half(house: House, bridge: Any, step: bytes) -> None:
    await bridge.deliver_half(step, house.bases[0])


async def one_call(house: House, tell: Tell) -> None:
    """A whole call, each of its steps told so; then the first once more. It is one call, and every step as it was."""
    bridge: Any = house.provider
    began, steps = [], []
    for what in STEPS:
        began.append(house.clock.now())
        steps.append(bridge.step(what))
        await tell(house, bridge, steps[-1])
        house.pass_(seconds=7)
    await bridge.deliver(steps[0], house.bases[-1])
    (row,) = await house.rows(call)
    assert [row["queued_at"], row["ringing_at"], row["answered_at"], row["ended_at"]] == began
    assert began[-1] - began[0] >= timedelta(seconds=21)


def _trying(tell: Tell) -> Callable[[House], Awaitable[None]]:
    return partial(one_call, tell=tell)


@asynccontextmanager
async def provider(_fixture: Callable[[str], Any]) -> AsyncIterator[Bridge]:
    yield Bridge()


_WORDLESS = "a telephone line carries no words of ours: they go to the caller's phone as texts (see channels/sms)"
CASES = (
    Case(
        name="webhook",
        provider=provider,
        tries={
            Fault.REPEATED: _trying(partial(again, seconds=5)),
            Fault.REPUSHED: _trying(partial(again, hours=2)),
            Fault.REPEATED_AT_ONCE: _trying(at_once),
            Fault.UNACKNOWLEDGED: _trying(unheard),
            Fault.CUT_COMING: _trying(half),
        },
        cannot={
            Fault.SILENT_LINE: CALLS_US,
            Fault.SHUFFLED_ALBUM: "a call carries no photos; its steps in any order are the same call (test_calls.py)",
            Fault.RENUMBERED: KEEPS_NOTHING,
            **dict.fromkeys(
                (
                    Fault.THROTTLED, Fault.EXPIRED, Fault.REFUSED, Fault.WINDOW, Fault.UNANSWERED, Fault.DROPPED,
                    Fault.HALF_ANSWERED, Fault.SWALLOWED, Fault.EARLY_REPORT, Fault.LATE_REPORT, Fault.OUTAGE,
                ),
                _WORDLESS,
            ),
        },
    ),
)  # fmt: skip

"""What is done to a house under each fault; what must hold afterwards is the house's own check."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

import bot.journey.batch
from bot.store.tables import account_state
from tests.faults.case import Fault
from tests.faults.house import House
from tests.faults.proxy import How

Try = Callable[[House], Awaitable[None]]


# --- citizens' words coming in


async def repeated(house: House) -> None:
    await again_after(house, seconds=5)


async def repushed(house: House) -> None:
    await again_after(house, hours=2)


async def again_after(house: House, **span: float) -> None:
    provider, base = house.provider, house.bases[-1]
    await house.write("A")
    second = await house.write("A")
    await house.write("B")
    await house.stored()
    for _ in range(2):
        house.pass_(**span)
        await provider.deliver(second, base)
    await house.write("A")


async def repeated_at_once(house: House) -> None:
    advance = bot.journey.batch.advance

    async def slowly(*given: Any, **named: Any) -> None:
        await advance(*given, **named)
        await asyncio.sleep(0.2)

    await house.write("A")
    await house.stored()
    bot.journey.batch.advance = slowly
    try:
        second = house.writes("A")
        calls = [house.provider.deliver(second, base) for base in house.bases for _ in range(2)]
        await asyncio.gather(*calls, house.write("B"))
        await house.stored()
    finally:
        bot.journey.batch.advance = advance
    await house.write("A")


async def unacknowledged(house: House) -> None:
    await house.write("A")
    await house.stored()
    await house.provider.deliver_unheard(house.writes("A"), house.bases[0])
    await house.stored()
    await house.write("A")


async def cut_coming(house: House) -> None:
    await house.write("A")
    await house.stored()
    await house.provider.deliver_half(house.writes("A"), house.bases[0])
    await house.stored()
    await house.write("B")
    await house.write("A")


async def silent_line(house: House) -> None:
    """What the provider keeps for us meanwhile is taken once it can be heard again."""
    await house.write("A")
    await house.stored()
    for line in house.provider.lines:
        line.stall()
    await house.write("A")
    await house.write("B")
    await asyncio.sleep(1.0)
    for line in house.provider.lines:
        line.heal()
    await house.write("A")


# --- ours going out


async def throttled(house: House) -> None:
    await house.greet()
    for slower in house.provider.throttles:
        slower()
        await house.say()
        await house.tried()
        house.provider.accept()
        await house.passing_hour()
        await house.check_all_heard()


async def expired(house: House) -> None:
    await house.greet()
    await house.say()
    await house.quiet()
    before = house.provider.renewals()
    house.provider.expire()
    await house.say()
    await house.say()
    await house.quiet()
    await house.check_all_heard()
    assert house.provider.renewals() == before + 1, "bought once for everybody"


async def refused(house: House) -> None:
    await house.greet()
    house.provider.refuse_login()
    await house.say()
    await house.say()
    await house.tried()
    (rest,) = await house.rows(account_state)
    assert rest["paused_until"] > house.clock.now() + timedelta(minutes=9), "the door is closed: an operator is called"
    house.provider.accept()
    house.pass_(minutes=11)
    await house.quiet()
    await house.check_all_heard()


async def window(house: House) -> None:
    for closed in house.provider.closings:
        await house.greet()
        closed()
        await house.say("A")
        await house.quiet()
        row = (await house.ours())[house.said["A"][-1]]
        assert (row["state"], row["why"]) == ("dead", "no_way"), "a person is shown it"
        assert house.said["A"][-1] not in house.heard("A")
        house.provider.accept()
        await house.write("A")  # and so opens a new window
        await house.stored()
        await house.say()
        await house.quiet()
        assert house.said["A"][-1] in house.heard("A")


async def unanswered(house: House) -> None:
    await _spoiled(house, How.SILENCE)


async def dropped(house: House) -> None:
    await _spoiled(house, How.CUT)


async def half_answered(house: House) -> None:
    await _spoiled(house, How.HALF)


async def _spoiled(house: House, how: How) -> None:
    await house.greet()
    await house.say()
    await house.quiet()
    for line in house.provider.lines:
        line.spoil(how, request=house.provider.request)
    before, sessions = house.provider.taken(), house.provider.sessions()
    await house.say()
    await house.until(lambda: house.provider.taken() > before)
    await house.at_rest()
    await house.let_in_again(sessions)
    for line in house.provider.lines:
        line.heal()
    await _goes_on(house)


async def swallowed(house: House) -> None:
    await house.greet()
    sessions = house.provider.sessions()
    for line in house.provider.lines:
        line.stall()
    await house.say()
    await asyncio.sleep(1.0)
    await house.at_rest()
    for line in house.provider.lines:
        line.heal()
    await house.let_in_again(sessions)
    await _goes_on(house)


async def _goes_on(house: House) -> None:
    """Whatever became of those, the next arrives."""
    await house.say()
    await house.passing_hour()
    await house.until(lambda: all(said[-1] in house.heard(citizen) for citizen, said in house.said.items()))


async def early_report(house: House) -> None:
    await house.greet()
    await house.provider.report(house.provider.taken() + 1, house.bases[0])
    await house.say("A")
    await house.quiet()
    await _stage(house, house.said["A"][-1])


async def late_report(house: House) -> None:
    provider, base = house.provider, house.bases[-1]
    await house.greet()
    await house.say("A")
    await house.quiet()
    house.pass_(hours=5)
    for _ in range(2):
        await provider.report(provider.taken(), base)
    await _stage(house, house.said["A"][-1])
    await provider.report(provider.taken(), base, arrived=False)
    await house.say("B")
    await house.quiet()
    await _stage(house, house.said["A"][-1])


async def _stage(house: House, tag: str) -> None:
    async def noted() -> bool:
        return (await house.ours())[tag]["stage"] in ("delivered", "read")

    await house.until(noted)


# --- both


async def outage(house: House) -> None:
    """Ten minutes by the hub's clock, then two hours more."""
    await house.greet()
    for line in house.provider.lines:
        await line.away()
    for seconds in (2, 10, 60, 300, 228):
        await house.say()
        await house.write("A")
        await house.write("B")
        await asyncio.sleep(0.1)
        await house.at_rest()
        house.pass_(seconds=seconds)
    for _ in range(8):
        await house.at_rest()
        house.pass_(seconds=900)
    for line in house.provider.lines:
        await line.back()
    await house.stored()
    await house.until(lambda: all(one.ready for one in house.hubs[0].accounts))
    await house.passing_hour()
    await house.check_all_heard()


TRIES: Mapping[Fault, Try] = {
    Fault.REPEATED: repeated,
    Fault.REPEATED_AT_ONCE: repeated_at_once,
    Fault.REPUSHED: repushed,
    Fault.UNACKNOWLEDGED: unacknowledged,
    Fault.CUT_COMING: cut_coming,
    Fault.SILENT_LINE: silent_line,
    Fault.THROTTLED: throttled,
    Fault.EXPIRED: expired,
    Fault.REFUSED: refused,
    Fault.WINDOW: window,
    Fault.UNANSWERED: unanswered,
    Fault.DROPPED: dropped,
    Fault.HALF_ANSWERED: half_answered,
    Fault.SWALLOWED: swallowed,
    Fault.EARLY_REPORT: early_report,
    Fault.LATE_REPORT: late_report,
    Fault.OUTAGE: outage,
}

"""三方通话 with a unit's duty line: the agent's buttons and the switchboard's words move it, and it is written down before
the switchboard is told; what could not be told is told again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Update, select, update

from bot.accounts import Accounts
from bot.city import LoadedCity
from bot.logs import logger
from bot.phone.registering import NoSuchCall
from bot.store import phone_calls
from bot.store.engine import Database
from bot.store.tables import call, unit_call
from bot.store.tables.phone import TO_DO, UNDER_WAY
from bot.work import insert_or_keep
from channels import phones
from channels.calls import CallEvent, CallStep, Party, Phase
from channels.errors import Never, SendError
from channels.switch import Legs, Switch, unit_leg
from channels.three_way import Deed, Happening, Stage, Turn, after
from tickets.privacy.access import Officer

log = logger(__name__)
Row = Mapping[str, Any]
HOLD = timedelta(seconds=20)
"""How long one process tells the switchboard what to do before another takes over."""
AGAIN = timedelta(seconds=3)
TRIES = 5
_MOMENTS: Mapping[Stage, str] = {
    Stage.CONSULTING: "answered_at",
    Stage.JOINED: "joined_at",
    Stage.ENDED: "ended_at",
}


class CannotCall(Exception):
    """Nothing happened. ``reason``: "no_switch", "not_yours", "not_talking", "no_number", "under_way", "not_now"."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitCalls:
    """One per process."""

    database: Database = field(repr=False)
    accounts: Accounts = field(repr=False)
    city: LoadedCity = field(repr=False)
    now: Callable[[], datetime] = field(repr=False)

    def switch(self, channel: str, account: str) -> Switch | None:
        """The switchboard of an account, where we may control it."""
        found = self.accounts.get(channel, account)
        return found.adapter if found is not None and isinstance(found.adapter, Switch) else None

    def hindrance(self, row: Row, officer: Officer) -> str:
        """Why this officer cannot call a unit into a call, "" where he can."""
        found = phone_calls.read_call(row)
        why = {
            "no_switch": self.switch(row["channel"], row["account"]) is None,
            "not_yours": row["officer"] != officer.account,
            "not_talking": found.phase is not Phase.TALKING or not found.agent_leg,
        }
        return next((reason for reason, holds in why.items() if holds), "")

    async def begin(self, call_id: int, unit: str, officer: Officer) -> int:
        """Put the citizen on hold and ring the unit. Returns the session. Raises NoSuchCall, CannotCall."""
        row, now = await phone_calls.get(self.database, call_id), self.now()
        if row is None:
            raise NoSuchCall(str(call_id))
        number = phones.normal(self.city.duty_line(unit, now)) or ""
        if reason := self.hindrance(row, officer) or ("" if number else "no_number"):
            raise CannotCall(reason)
        turn = after(Stage.TALKING, Happening.CALL_UNIT)
        assert turn is not None
        new = {
            "call": call_id,
            "unit": unit,
            "number": number,
            "officer": officer.account,
            "agent_leg": phone_calls.read_call(row).agent_leg,
            "began_at": now,
            **_moved(turn, [], now),
        }
        async with self.database.begin() as connection:
            await connection.execute(insert_or_keep(connection, unit_call), new)
            mine = select(unit_call.c.id, unit_call.c.began_at).where(unit_call.c.call == call_id, UNDER_WAY)
            session, began = (await connection.execute(mine)).one()
        if began != now:
            raise CannotCall("under_way")
        await self._tell(session)
        return int(session)

    async def press(self, call_id: int, happening: Happening, officer: Officer) -> None:
        """A button of the agent's. Raises CannotCall where it means nothing now."""
        async with self.database.read() as connection:
            mine = select(unit_call.c.officer).where(unit_call.c.call == call_id, UNDER_WAY)
            holder = await connection.scalar(mine)
        if holder != officer.account:
            raise CannotCall("not_yours" if holder else "not_now")
        if not await self._happened(call_id, happening):
            raise CannotCall("not_now")

    async def moved(self, before: Row, steps: Sequence[CallStep]) -> None:
        """What the switchboard said about who comes and goes; ``before`` is the call's row as it was."""
        known = phone_calls.read_call(before)
        for step in steps:
            happening = _of_step(step, known.agent_leg)
            known = known.heard(step)
            if happening is None or await self._happened(before["id"], happening):
                continue
            # No unit was called in: of citizen and agent who hangs up ends it for both.
            turn = after(Stage.TALKING, happening)
            if turn is not None and not await self._under_way(before["id"]):
                await self._end(before, step, turn, agent=known.agent_leg)

    async def sweep(self) -> int:
        """Take up what a process that died left: a leg's end that moved nothing, and what the switchboard was not told.
        Returns how many sessions were late."""
        of_it = select(unit_call.c.agent_leg, call).join(call, call.c.id == unit_call.c.call)
        async with self.database.read() as connection:
            found = await connection.execute(of_it.where(unit_call.c.ended_at.is_(None)))
            under_way = [dict(row) for row in found.mappings()]
            late = select(unit_call.c.id).where(TO_DO, unit_call.c.due_at <= self.now())
            sessions = (await connection.scalars(late)).all()
        for row in under_way:
            known = phone_calls.read_call(row)
            if known.ended_at:
                await self._happened(row["id"], Happening.CITIZEN_GONE)
            elif known.word("agent_off") == row["agent_leg"]:
                await self._happened(row["id"], Happening.AGENT_GONE)
        for session in sessions:
            await self._tell(session)
        return len(sessions)

    async def of_call(self, call_id: int) -> list[Row]:
        """Units that were called into a call, the latest first."""
        of_it = select(unit_call).where(unit_call.c.call == call_id).order_by(unit_call.c.id.desc())
        async with self.database.read() as connection:
            return [dict(row) for row in (await connection.execute(of_it)).mappings()]

    async def _happened(self, call_id: int, happening: Happening) -> bool:
        """Move the session of a call, the one under way or else the last; False where it means nothing to it."""
        last = select(unit_call).where(unit_call.c.call == call_id).order_by(unit_call.c.id.desc()).limit(1)
        async with self.database.begin() as connection:
            row = (await connection.execute(last.with_for_update())).mappings().one_or_none()
            turn = after(Stage(row["stage"]), happening) if row else None
            if row is None or turn is None:
                return False
            columns = _moved(turn, row["to_do"], self.now(), due=row["due_at"])
            columns = {name: value for name, value in columns.items() if name not in _SET_ONCE or row[name] is None}
            await connection.execute(_change(row["id"], **columns))
        await self._tell(row["id"])
        return True

    async def _under_way(self, call_id: int) -> bool:
        async with self.database.read() as connection:
            mine = select(unit_call.c.id).where(unit_call.c.call == call_id, UNDER_WAY)
            return await connection.scalar(mine) is not None

    async def _end(self, row: Row, step: CallStep, turn: Turn, *, agent: str) -> None:
        switch = self.switch(row["channel"], row["account"])
        if switch is None:
            return
        for deed in turn.deeds:
            try:
                await switch.do(deed, Legs(step.call_id, agent))
            except SendError as error:
                log.warning("a leg may be left", action="phone.leg_left", kind=deed.value, error=type(error).__name__)

    async def _tell(self, session: int) -> None:
        """Tell the switchboard everything that is to do, in its order, unless another process is at it."""
        now = self.now()
        mine = unit_call.c.id == session, unit_call.c.due_at <= now
        async with self.database.begin() as connection:
            held = update(unit_call).where(*mine).values(due_at=now + HOLD)
            if (await connection.execute(held)).rowcount != 1:
                return
        while (deed := await self._next(session)) is not None:
            if not await self._do(session, deed):
                return

    async def _next(self, session: int) -> Deed | None:
        async with self.database.begin() as connection:
            mine = select(unit_call.c.to_do).where(unit_call.c.id == session).with_for_update()
            to_do = (await connection.execute(mine)).scalar_one()
            if not to_do:
                await connection.execute(_change(session, due_at=None, tries=0))
            return Deed(to_do[0]) if to_do else None

    async def _do(self, session: int, deed: Deed) -> bool:
        """One deed; False when it must be tried again later."""
        of_it = select(unit_call, call.c.channel, call.c.account, call.c.call_id).join(
            call, call.c.id == unit_call.c.call
        )
        async with self.database.read() as connection:
            row = (await connection.execute(of_it.where(unit_call.c.id == session))).mappings().one()
        switch = self.switch(row["channel"], row["account"])
        legs = Legs(row["call_id"], row["agent_leg"], unit_leg(session, row["call_id"]))
        failed: SendError | None = None
        try:
            if switch is not None:
                await switch.do(deed, legs, number=row["number"])
        except SendError as error:
            failed, name = error, type(error).__name__
            log.warning("the switchboard refused", action="phone.refused", kind=deed.value, error=name, code=error.code)
        in_vain = isinstance(failed, Never) or deed is Deed.RING_UNIT or row["tries"] + 1 >= TRIES
        over = failed is None or in_vain
        async with self.database.begin() as connection:
            mine = select(unit_call.c.to_do).where(unit_call.c.id == session).with_for_update()
            to_do = (await connection.execute(mine)).scalar_one()
            if over and to_do[:1] == [deed]:
                await connection.execute(_change(session, to_do=to_do[1:], tries=0))
            elif not over:
                await connection.execute(_change(session, tries=row["tries"] + 1, due_at=self.now() + AGAIN))
        if failed and deed is Deed.RING_UNIT:
            await self._happened(row["call"], Happening.UNIT_GONE)
        return over


_SET_ONCE = frozenset(_MOMENTS.values())


def _change(session: int, **columns: Any) -> Update:
    return update(unit_call).where(unit_call.c.id == session).values(**columns)


def _moved(turn: Turn, to_do: Sequence[str], now: datetime, *, due: datetime | None = None) -> dict[str, Any]:
    """The columns after a turn. Where somebody is telling the switchboard already he goes on."""
    columns: dict[str, Any] = {"stage": turn.stage.value, "to_do": [*to_do, *(deed.value for deed in turn.deeds)]}
    if turn.outcome:
        columns["outcome"] = turn.outcome.value
    if name := _MOMENTS.get(turn.stage):
        columns[name] = now
    if columns["to_do"]:
        columns["due_at"] = due or now
    return columns


def _of_step(step: CallStep, agent_leg: str) -> Happening | None:
    if step.what is CallEvent.ENDED:
        return Happening.CITIZEN_GONE
    if step.party is Party.UNIT:
        return {
            CallEvent.PARTY_ON: Happening.UNIT_ANSWERED,
            CallEvent.PARTY_OFF: Happening.UNIT_GONE,
        }.get(step.what)
    gone = step.what is CallEvent.PARTY_OFF and step.party is Party.AGENT and step.leg == agent_leg
    return Happening.AGENT_GONE if gone else None

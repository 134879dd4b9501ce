"""What callback officers do (回访员): take a call, note that nobody answered, or write down what the citizen said."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.orders.office import Case, Office
from bot.orders.ordering import NoSuchTicket
from bot.store.citizens import accesses
from bot.store.lists import call_lists
from bot.store.tables import callback_call
from bot.store.ticket_rows import read_ticket
from tickets.asking.asking_hours import next_call
from tickets.command import Command
from tickets.limits.deadlines import add
from tickets.orders import Order
from tickets.papers.callback import Outcome, Way
from tickets.policy import Policy
from tickets.state import Actor, Role


class NoSuchCall(LookupError):
    """There is no such call to make: it was made, or the citizen answered another way."""


class CallRefused(Exception):
    """Nothing was written down. ``reason`` is a code: "taken", "own_unit", "not_taken"."""

    def __init__(self, reason: str, holder: str = "") -> None:
        super().__init__(reason)
        self.reason, self.holder = reason, holder


@dataclass(frozen=True, slots=True)
class Calls:
    """The list of calls and what is done with it."""

    office: Office = field(repr=False)

    async def waiting(self, officer: str, *, unit: str = "") -> list[Mapping[str, Any]]:
        """Calls this officer may make now; ``unit`` is the one he works for, "" for the hotline's own people."""
        office = self.office
        return await call_lists.waiting_calls(office.database, officer=officer, unit=unit, now=office.now())

    async def take(self, call_id: str, officer: str, *, unit: str = "") -> None:
        """Hold a call, so that nobody else dials. Raises NoSuchCall or CallRefused."""
        async with self._at(call_id) as (case, call):
            if unit and unit in _involved(case):
                raise CallRefused("own_unit")
            until = add(self.office.ticketing.calendar, case.now, self._policy(case).callback.phone.hold)
            if not await call_lists.take(case.connection, call_id, officer=officer, until=until, now=case.now):
                raise CallRefused("taken", call["taken_by"])
            # Whoever holds the call is shown the number: that is a look at the citizen's data.
            await accesses.note(
                case.connection, "phone", account=officer, unit=unit, now=case.now, ticket=call["ticket"]
            )

    async def not_answered(self, call_id: str, officer: str, *, unit: str = "", note: str = "") -> None:
        """Nobody answered: again at another time of day, but only so often. Raises NotAllowed too."""
        async with self._at(call_id) as (case, call):
            _held(call, officer)
            policy, tries = self._policy(case), call["tries"] + 1
            if read_ticket(case.row).satisfaction is None:
                case.order(Order(Command.NO_REACH, _officer(officer, unit), {"note": note}))
            over = tries >= policy.callback.calls
            then = {"state": "unreached", "done_at": case.now, "done_by": officer} if over else {}
            again = {"not_before": self._again(case, policy), "taken_by": "", "taken_until": None, "tries": tries}
            case.changes.update(callback_call, "id", call_id, **again, **then)

    async def answered(self, call_id: str, officer: str, said: Mapping[str, object], *, unit: str = "") -> None:
        """What the citizen said, as an order: solved, satisfaction, contacted, reasons, comment. Raises NotAllowed."""
        async with self._at(call_id) as (case, call):
            _held(call, officer)
            case.order(Order(Command.RATE, _officer(officer, unit), said))
            done = {"state": "answered", "done_at": case.now, "done_by": officer, "tries": call["tries"] + 1}
            case.changes.update(callback_call, "id", call_id, **done)

    @asynccontextmanager
    async def _at(self, call_id: str) -> AsyncIterator[tuple[Case, Mapping[str, Any]]]:
        """A call and its ticket, under the ticket's locks."""
        try:
            async with self.office.at(call_id.rpartition("-")[0]) as case:
                call = await call_lists.one_call(case.connection, call_id)
                if call is None:
                    raise NoSuchCall(call_id)
                yield case, call
        except NoSuchTicket:
            raise NoSuchCall(call_id) from None

    def _policy(self, case: Case) -> Policy:
        return self.office.ticketing.policies.get(case.row["policy"])

    def _again(self, case: Case, policy: Policy) -> datetime:
        rule, calendar = policy.callback, self.office.ticketing.calendar
        called = [
            one.at
            for one in read_ticket(case.row).this_round
            if one.way is Way.PHONE and one.outcome is Outcome.NO_ANSWER
        ]
        start = add(calendar, case.now, rule.call_again)
        return next_call(rule.slots, policy.quiet, calendar, start=start, called=called or [case.now])


def _officer(name: str, unit: str) -> Actor:
    return Actor(Role.CALLBACK_OFFICER, name, unit)


def _held(call: Mapping[str, Any], officer: str) -> None:
    """Only who took it writes down what came of it."""
    if call["taken_by"] != officer:
        raise CallRefused("not_taken", call["taken_by"])


def _involved(case: Case) -> set[str]:
    ticket = read_ticket(case.row)
    return {ticket.respondent_unit, *(one.unit for one in ticket.assignments)}

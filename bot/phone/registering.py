"""话务登记: an agent registers what a citizen says on the telephone, as a new ticket or on one that is open; each form once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sqlalchemy import select, update

from bot.answering import Case
from bot.citizens.claims import Claims
from bot.desk import Desk
from bot.orders.numbers import Numbers
from bot.orders.ticketing import Overlay
from bot.outbox.priority import Priority
from bot.outbox.telling import Telling
from bot.store import phone_calls, ticket_rows
from bot.store.citizens import own_tickets
from bot.store.conversations import claim
from bot.store.tables import call, call_ticket, ticket
from bot.talks.conversing import Conversing, Held
from channels.message import Address
from dialog import call_form
from dialog.acts import OpenTicket, Urge
from dialog.call_form import Elements
from dialog.city import City
from dialog.turn import Turn
from dialog.view import FreshNumber, TicketView
from tickets.appeal import Draft
from tickets.assessment.rule import Repeats
from tickets.privacy.access import Officer
from tickets.ticket import OPEN

REGISTERED, RECEIVED = "call.registered", "call.received"
"""What a caller is told: his number and the day of the answer, or that somebody looks first at what is missing."""
Row = Mapping[str, Any]


class NoSuchCall(LookupError):
    """There is no such call."""


@dataclass(frozen=True, slots=True)
class Registered:
    """What came of a form: the ticket's number, and what the agent tells the citizen."""

    number: str
    words: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Registering:
    """What an agent does with a call; each in one transaction, under the lock of the caller's conversation."""

    conversing: Conversing = field(repr=False)
    desk: Desk = field(repr=False)
    numbers: Numbers[FreshNumber] = field(repr=False)
    supervisions: Numbers[str] = field(repr=False)
    city: City = field(repr=False)
    units: Mapping[str, str] = field(repr=False)
    repeats: Repeats = field(repr=False)
    claims: Claims = field(repr=False)

    async def open(self, call_id: int, officer: Officer, given: Elements, *, key: str) -> Registered:
        """A new ticket; the caller gets its number as a text. Raises NoSuchCall, ValueError without a matter."""
        made = call_form.draft(given, city=self.city)
        await self.numbers.stock(1, today=self._today())
        async with self._held(call_id, officer) as (held, row):
            if before := await _before(held, key):
                return Registered(before)
            fresh = self.numbers.take()
            opening = OpenTicket(fresh, made)
            self.desk.apply(_case(held, Overlay({})), opening)
            self._claimable(held, fresh.number)
            _note(held, row, officer, ticket=fresh.number, deed="opened", key=key)
            return Registered(fresh.number, self._tell_number(held, fresh, made))

    async def supplement(self, call_id: int, officer: Officer, number: str, text: str, *, key: str) -> Registered:
        """More on an open ticket of the caller's. Raises NoSuchCall, LookupError, ValueError, NotAllowed."""
        adding = partial(call_form.added, text=text, city=self.city)
        return await self._go_on(call_id, officer, number, "supplemented", adding, key=key)

    async def urge(self, call_id: int, officer: Officer, number: str, *, key: str) -> Registered:
        """催办 of an open ticket of the caller's. Raises NoSuchCall, LookupError, NotAllowed."""
        await self.supervisions.stock(1, today=self._today())
        urging = partial(call_form.urged, city=self.city, supervision=self.supervisions.look())
        return await self._go_on(call_id, officer, number, "urged", urging, key=key)

    async def _go_on(
        self, call_id: int, officer: Officer, number: str, deed: str, decide: Any, *, key: str
    ) -> Registered:
        async with self._held(call_id, officer) as (held, row):
            if before := await _before(held, key):
                return Registered(before)
            turn: Turn = decide(await self._theirs(held, number), now=held.now)
            if any(isinstance(act, Urge) and act.supervision for act in turn.acts):
                self.supervisions.take()
            overlay = Overlay(await ticket_rows.lock(held.connection, self.desk.touches(turn.acts)))
            for act in turn.acts:
                self.desk.apply(_case(held, overlay), act)
            if turn.acts:
                _note(held, row, officer, ticket=number, deed=deed, key=key)
            return Registered(number, turn.say.text if turn.say else "")

    async def _theirs(self, held: Held, number: str) -> TicketView:
        found = await own_tickets.views(
            held.connection, [held.mine.citizen], {}, units=self.units, rule=self.repeats, now=held.now
        )
        one = next((one for one in found.get(held.mine.citizen, ()) if one.number == number), None)
        if one is None or one.stands not in OPEN:
            raise LookupError(f"the caller has no open ticket {number}")
        return one

    def _tell_number(self, held: Held, fresh: FreshNumber, made: Draft) -> str:
        """The caller's number goes to his phone as a text, and the agent reads it to him."""
        policy = self.desk.ticketing.policies.at(self._today())
        notice = RECEIVED if policy.accept.lacking(made.missing) else REGISTERED
        by = next(row["due_at"] for row in held.changes.inserts[ticket] if row["number"] == fresh.number)
        due = self.city.calendar.local(by).date().isoformat()
        params = {"number": fresh.number, "code": fresh.query_code, "due": due}
        account = self.conversing.accounts.get(held.mine.address.channel, held.mine.address.account)
        brief = account is not None and account.capabilities.segments
        body = self.conversing.words(notice, params, brief=brief, locale=held.mine.memory.locale)
        # He waits for it with the phone in his hand: quiet hours do not hold it back.
        key, number = f"c:{fresh.number}", fresh.number
        held.tell(Telling(key=key, body=body, priority=Priority.ANSWER, ticket=number))
        return self.conversing.words(notice, params, brief=False, locale="zh_CN").text

    def _claimable(self, held: Held, number: str) -> None:
        """His code (认领码) to follow it in a chat of his own; a landline, or a caller who hides his number, gets none."""
        self.claims.issue(
            held.changes,
            number,
            conversation_id=held.mine.id,
            citizen=held.mine.citizen,
            phone=held.mine.phone,
            now=held.now,
        )

    @asynccontextmanager
    async def _held(self, call_id: int, officer: Officer) -> AsyncIterator[tuple[Held, Row]]:
        row = await phone_calls.get(self.conversing.database, call_id)
        if row is None:
            raise NoSuchCall(str(call_id))
        async with self.conversing.claimed(row["conversation_id"] or await self._nameless(row)) as held:
            yield held, row

    async def _nameless(self, row: Row) -> int:
        """A conversation for one call whose caller hides his number: it proves nobody, and leads nowhere."""
        async with self.conversing.database.begin() as connection:
            address = Address(row["channel"], row["account"], f"call:{row['id']}")
            mine = (await claim(connection, [address], now=self.conversing.now()))[address]
            columns = {"conversation_id": mine.id}
            await connection.execute(update(call).where(call.c.id == row["id"]).values(**columns))
        return mine.id

    def _today(self) -> Any:
        return self.desk.ticketing.today(self.conversing.now())


def _case(held: Held, overlay: Overlay) -> Case:
    """No message of the citizen's stands behind it: he spoke."""
    return Case(changes=held.changes, overlay=overlay, conversation=held.mine, message_id=0, now=held.now)


def _note(held: Held, row: Row, officer: Officer, **of_it: str) -> None:
    """What was registered during the call, and by whom."""
    held.changes.insert(call_ticket, call=row["id"], officer=officer.account, at=held.now, **of_it)
    if not row["officer"]:
        held.changes.update(call, "id", row["id"], officer=officer.account)


async def _before(held: Held, key: str) -> str:
    """The ticket this very form was sent for before, "" for none."""
    return await held.connection.scalar(select(call_ticket.c.ticket).where(call_ticket.c.key == key)) or ""

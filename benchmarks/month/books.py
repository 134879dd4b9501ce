"""Closes the books of the month: whether every log is lawful and every sum adds up, counted from two sides."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select

from benchmarks.month.simulation import Month
from bot.store import audit
from bot.store.tables import (
    consultation_answer,
    conversation,
    handover,
    message,
    outbox,
    survey,
    ticket,
    ticket_event,
)
from bot.store.ticket_rows import read_ticket
from tickets.appeal import AppealType
from tickets.command import Command
from tickets.limits.deadlines import after_quiet
from tickets.replay import relived
from tickets.state import Role, State

PROMISED = {
    date(2026, 9, 18): date(2026, 9, 24),
    date(2026, 9, 30): date(2026, 10, 13),
    date(2026, 10, 9): date(2026, 10, 15),
}
"""Of what is received on a day, five working days later (domain.md §3.3): the make-up Sunday, 国庆, the make-up Saturday."""


@dataclass(slots=True)
class Books:
    """What was found: figures for the report, and every line that does not balance."""

    figures: dict[str, Any] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def same(self, what: str, one: object, other: object) -> None:
        """Two ways to the same figure."""
        if one != other:
            self.wrong.append(f"{what}: {one} and {other}")

    def none(self, what: str, found: Iterable[object]) -> None:
        """There must be none of these."""
        if some := list(found):
            self.wrong.append(f"{what}: {len(some)}, such as {some[:3]}")


async def close(month: Month) -> Books:
    """Everything that must hold at the end of the month."""
    books = Books()
    await _logs(month, books)
    await _totals(month, books)
    await _due(month, books)
    await _callbacks(month, books)
    await _talks(month, books)
    await _notices(month, books)
    return books


async def _rows(month: Month, statement: Any) -> list[Any]:
    async with month.services.database.read() as connection:
        return list(await connection.execute(statement))


async def _count(month: Month, table: Any, *where: Any) -> int:
    ((found,),) = await _rows(month, select(func.count()).select_from(table).where(*where))
    return int(found)


async def _logs(month: Month, books: Books) -> None:
    database = month.services.database
    chains = await audit.verify(database)
    books.none("broken chains", chains.broken)
    judged = await audit.judge(database, month.services.office.ticketing.rules)
    books.none("unlawful logs", judged.unlawful)
    books.same("logs lived again", judged.tickets, chains.tickets)
    books.same("events", chains.events, await _count(month, ticket_event))
    books.figures |= {"tickets": chains.tickets, "events": chains.events}
    commands = await _rows(month, select(ticket_event.c.command, func.count()).group_by(ticket_event.c.command))
    books.figures["commands"] = {command: count for command, count in commands}


async def _totals(month: Month, books: Books) -> None:
    opened = await _count(month, ticket_event, ticket_event.c.command == Command.SUBMIT)
    states = {one: count for one, count in await _rows(month, select(ticket.c.state, func.count()).group_by("state"))}
    types = {one: count for one, count in await _rows(month, select(ticket.c.type, func.count()).group_by("type"))}
    books.same("opened, and the sum of states", opened, sum(states.values()))
    books.same("opened, and the sum of types", opened, sum(types.values()))
    books.same("states that do not exist", set(states) - {*State}, set())
    books.same("types that do not exist", set(types) - {*AppealType}, set())
    alarms = await _count(month, ticket, ticket.c.alarm != "")
    unalarmed = {row.number for row in await _rows(month, select(ticket.c.number).where(ticket.c.alarm == ""))}
    books.none("tickets nobody was told of", sorted(unalarmed - month.tally.told))
    books.none("numbers told without a ticket", sorted(month.tally.told - unalarmed))
    direct = await _count(month, consultation_answer, consultation_answer.c.solved.is_(None))
    on_the_line = await _count(month, ticket, ticket.c.state == State.ANSWERED)
    transferred = await _count(month, ticket, ticket.c.state != State.ANSWERED)
    books.same("answered directly + transferred = accepted", direct + on_the_line + transferred, direct + opened)
    ended = await _count(month, ticket, ticket.c.closed_at.is_not(None))
    carried = await _count(month, ticket, ticket.c.closed_at.is_(None))
    books.same("ended + carried over = opened", ended + carried, opened)
    books.figures |= {"states": states, "types": types, "direct": direct + on_the_line, "transferred": transferred}
    books.figures |= {"carried over": carried, "alarms": alarms}


async def _due(month: Month, books: Books) -> None:
    """Due in the month: answered in time, answered late, not answered yet, or ended another way."""
    of_month = ticket.c.due_at < month.end
    due = await _count(month, ticket, of_month)
    answered = ticket.c.replied_at.is_not(None)
    parts = {
        "on time": (answered, ticket.c.replied_at <= ticket.c.due_at),
        "late": (answered, ticket.c.replied_at > ticket.c.due_at),
        "not yet": (ticket.c.replied_at.is_(None), ticket.c.closed_at.is_(None)),
        "ended otherwise": (ticket.c.replied_at.is_(None), ticket.c.closed_at.is_not(None)),
    }
    counts = {name: await _count(month, ticket, of_month, *where) for name, where in parts.items()}
    books.same("due in the month, and its parts", due, sum(counts.values()))
    books.figures["due"] = {"due": due, **counts}
    await _promises(month, books)


async def _promises(month: Month, books: Books) -> None:
    """What was promised for five working days, against the calendar of the State Council by hand."""
    local, five = month.services.city.calendar.local, (AppealType.HELP, AppealType.COMPLAINT)
    usual = (ticket.c.type.in_(five), ticket.c.urgency == "normal", ticket.c.redo_no == 0)
    granted = select(ticket_event.c.ticket).where(
        ticket_event.c.command.in_((Command.APPROVE_EXTENSION, Command.APPROVE_SUSPEND, Command.RAISE_URGENCY))
    )
    rows = await _rows(
        month, select(ticket.c.received_at, ticket.c.due_at).where(*usual, ticket.c.number.not_in(granted))
    )
    looked = 0
    for row in rows:
        if (day := local(row.received_at).date()) in PROMISED:
            looked += 1
            books.same(f"promised on {day}", local(row.due_at).date(), PROMISED[day])
    books.figures["promises looked at"] = looked


async def _callbacks(month: Month, books: Books) -> None:
    states = dict.fromkeys(("open", "answered", "lapsed", "closed"), 0)
    states |= {one: count for one, count in await _rows(month, select(survey.c.state, func.count()).group_by("state"))}
    asked = await _count(month, survey)
    books.same("surveys asked = answered + lapsed + closed + open", asked, sum(states.values()))
    first = await _rows(
        month, select(ticket_event.c.ticket).where(ticket_event.c.command.in_((Command.ASK, Command.FOLLOW)))
    )
    books.same(
        "rounds asked, and surveys",
        len({*first}),
        len({row.ticket for row in await _rows(month, select(survey.c.ticket))}),
    )
    follows = and_(ticket.c.state == State.MERGED, ticket.c.callback_at.is_not(None))
    waits = select(ticket.c.number).where(or_(ticket.c.state == State.TO_CALLBACK, follows))
    books.none(
        "surveys open of tickets nobody is asked about",
        [
            row.ticket
            for row in await _rows(
                month, select(survey.c.ticket).where(survey.c.state == "open", survey.c.ticket.not_in(waits))
            )
        ],
    )
    silent = await _count(month, ticket, ticket.c.satisfaction == "unreachable")
    lapses = await _count(month, ticket_event, ticket_event.c.command == Command.LAPSE)
    books.figures["surveys"] = {"asked": asked, **states, "silent": silent, "lapses": lapses}
    ratings = select(ticket.c.satisfaction, func.count()).where(ticket.c.satisfaction.is_not(None))
    books.figures["ratings"] = {one: n for one, n in await _rows(month, ratings.group_by(ticket.c.satisfaction))}


async def _talks(month: Month, books: Books) -> None:
    """Every message has its answer, or a person held the conversation; nobody's place is skipped or used twice."""
    heard = await _count(month, message)
    books.same("messages sent and stored", month.tally.messages, heard)
    books.none("stuck messages", await _rows(month, select(message.c.id).where(message.c.state == "stuck")))
    answered = select(outbox.c.in_reply_to, func.count().label("n")).where(outbox.c.in_reply_to.is_not(None))
    answered_by = answered.group_by(outbox.c.in_reply_to).subquery()
    once = await _count(month, answered_by, answered_by.c.n == 1)
    held = select(handover.c.conversation_id)
    alone = select(message.c.id, message.c.conversation_id).where(
        message.c.id.not_in(select(answered_by.c.in_reply_to)), message.c.conversation_id.not_in(held)
    )
    silent = await _count(month, message, message.c.id.not_in(select(answered_by.c.in_reply_to)))
    books.none("messages nobody answered", await _rows(month, alone))
    books.same("answers + silences = messages", once + silent, heard)
    places = select(outbox.c.conversation_id, outbox.c.seq).union_all(select(message.c.conversation_id, message.c.seq))
    places_ = places.subquery()
    counted = select(places_.c.conversation_id, func.count().label("n"), func.max(places_.c.seq).label("last"))
    by_talk = counted.group_by(places_.c.conversation_id).subquery()
    gaps = (
        select(conversation.c.id)
        .join(by_talk, by_talk.c.conversation_id == conversation.c.id)
        .where((by_talk.c.n != conversation.c.last_seq) | (by_talk.c.last != conversation.c.last_seq))
    )
    books.none("conversations with gaps", await _rows(month, gaps))
    books.figures |= {"messages": heard, "silences": silent, "conversations": await _count(month, conversation)}


async def _notices(month: Month, books: Books) -> None:
    """Each notice the life cycle asks for was told once, none else, and none by night."""
    told = await _rows(
        month, select(outbox.c.key, outbox.c.not_before, outbox.c.state).where(outbox.c.key.startswith("t:"))
    )
    quiet = month.services.city.talk.policy.quiet
    calendar = month.services.city.calendar
    asleep = [row.key for row in told if _by_night(quiet, calendar, row.not_before)]
    books.none("notices due in the quiet hours", asleep)
    books.none(
        "notices pushed in the quiet hours",
        [one.key for one in month.tally.pushed if one.notice and _by_night(quiet, calendar, one.at)],
    )
    keys = [one.key for one in month.tally.pushed]
    books.none("pushed twice", [key for key, count in Counter(keys).items() if count > 1])
    expected = {key async for key in _expected(month)}
    books.none("notices never told", sorted(expected - {row.key for row in told}))
    books.none("notices nobody asked for", sorted({row.key for row in told} - expected))
    states = Counter(row.state for row in told)
    overdue = [
        row.key for row in told if row.state == "queued" and row.not_before < month.clock.now() - timedelta(hours=1)
    ]
    books.none("notices left lying", overdue)
    books.none("notices that failed", [row.key for row in told if row.state in {"dead", "held"}])
    books.figures["notices"] = dict(states)


async def _expected(month: Month) -> AsyncIterator[str]:
    """The key of every notice its log asks for. What a citizen orders himself is answered at once instead: it tells
    nothing, nor does what the system does with it at that moment."""
    rules = month.services.office.ticketing.rules
    async for row, links in audit.logs(month.services.database):
        log = [link.event for link in links]
        for n, (event, _, done) in enumerate(relived(read_ticket(row), log, rules(row["policy"])), 1):
            with_it = event.actor.role is Role.SYSTEM and event.command in {Command.ACCEPT, Command.REDO}
            if event.actor.role is Role.CITIZEN or with_it:
                continue
            for place, notice in enumerate(done.notices):
                yield f"t:{row['number']}:{notice.key}:{n}.{place}"


def _by_night(quiet: Any, calendar: Any, at: datetime) -> bool:
    return bool(after_quiet(quiet, calendar, at) > at)

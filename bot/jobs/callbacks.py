"""满意度回访 by the clock: each citizen is asked when his answer is old enough, reminded once, then silence ends it."""

from __future__ import annotations

from bot.desk import survey_id
from bot.jobs.due import Due, each, tickets_where
from bot.office import Office
from bot.store.tables import survey, ticket
from tickets.orders import Command


async def call_back(office: Office) -> int:
    """Ask whom it is time to ask. Silence is never counted as satisfied. Returns how many tickets were due."""
    due = tickets_where(ticket.c.state == "to_callback", ticket.c.callback_at <= office.now())
    return await each(office, due.order_by(ticket.c.callback_at), _ask_or_end)


def _ask_or_end(due: Due) -> None:
    row = due.row
    attempts = due.office.ticketing.policies.get(row["policy"]).callback.attempts
    if row["callback_no"] >= attempts:
        if due.order(Command.LAPSE):
            due.changes.update(survey, "id", survey_id(row), state="lapsed")
        return
    if due.order(Command.ASK):
        due.changes.keep(
            survey,
            id=survey_id(row),
            ticket=due.number,
            round=row["redo_no"],
            conversation_id=row["conversation_id"],
            citizen=row["citizen"],
            asks="solved",
            state="open",
            asked_at=due.now,
            reasons=[],
        )

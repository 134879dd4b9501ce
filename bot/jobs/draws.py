"""电话回访 by the clock: lots are drawn for whoever was asked, calls are written down for officers, idle ones taken off."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.logs import logger
from bot.orders.office import Office
from bot.store.lists.call_lists import OPEN, worth_calling
from bot.store.tables import callback_call, callback_stratum, conversation, survey, ticket
from bot.work import insert_or_keep
from tickets.appeal import ClosingKind, Urgency
from tickets.asking.asking_hours import next_call
from tickets.asking.phoning import may_be_phoned, phone_reasons
from tickets.asking.sampling import drawn
from tickets.limits.deadlines import add
from tickets.policy import Policy

log = logger(__name__)

Row = Mapping[Any, Any]
AT_ONCE = 500
_ASKED = (
    select(
        survey.c.id, survey.c.ticket, survey.c.round, survey.c.conversation_id, survey.c.asked_at,
        ticket.c.lead_unit, ticket.c.policy, ticket.c.urgency, ticket.c.closing_kind, ticket.c.confidential,
        conversation.c.channel, conversation.c.phone_sealed.label("phone"),
    )
    .join(ticket, ticket.c.number == survey.c.ticket)
    .join(conversation, conversation.c.id == survey.c.conversation_id)
    .where(survey.c.drawn.is_(None))
    .order_by(survey.c.asked_at, survey.c.id)
    .limit(AT_ONCE)
)  # fmt: skip
_GROW = (
    update(callback_stratum)
    .where(callback_stratum.c.month == bindparam("month_"), callback_stratum.c.unit == bindparam("unit_"))
    .values(count=callback_stratum.c.count + bindparam("more"))
    .returning(callback_stratum.c.count, callback_stratum.c.seed)
)
_LOT = (
    update(survey)
    .where(survey.c.id == bindparam("id_"))
    .values({name: bindparam(f"{name}_") for name in ("unit", "month", "place", "drawn")})
)


async def draw_calls(office: Office) -> int:
    """Draw for everybody who was asked and not drawn for yet. Returns how many there were."""
    done = 0
    while True:
        async with office.database.read() as connection:
            if not (await connection.execute(_ASKED.limit(1))).first():
                return done
        async with office.database.begin() as connection:
            locked = _ASKED.with_for_update(of=survey, skip_locked=True)
            rows = (await connection.execute(locked)).mappings().all()
            await _draw(connection, office, rows)
        if not rows:
            return done  # another process has them
        done += len(rows)


async def spare_calls(office: Office) -> int:
    """Take off the list whom there is nothing left to ask. Returns how many."""
    idle = update(callback_call).where(OPEN, ~worth_calling(office.now()))
    async with office.database.begin() as connection:
        return (await connection.execute(idle.values(state="spared", done_at=office.now()))).rowcount


async def _draw(connection: AsyncConnection, office: Office, rows: Sequence[Row]) -> None:
    lots: list[dict[str, Any]] = []
    strata: defaultdict[tuple[str, str], list[tuple[Row, Policy]]] = defaultdict(list)
    for row in rows:
        policy = _policy(office, row)
        if policy is None or not may_be_phoned(confidential=row["confidential"], phone=row["phone"]):
            lots.append(_lot(row, place=None, lucky=False))
            continue
        month = f"{office.ticketing.calendar.local(row['asked_at']):%Y-%m}"
        strata[month, row["lead_unit"]].append((row, policy))
    calls: list[dict[str, Any]] = []
    # In one order, so that two processes wait for each other instead of crossing.
    for (month, unit), several in sorted(strata.items(), key=lambda item: item[0]):
        last, seed = await _grow(connection, month, unit, len(several))
        for place, (row, policy) in enumerate(several, last - len(several) + 1):
            percent = policy.callback.phone.percent
            lucky = drawn(seed, month=month, unit=unit, place=place, percent=percent)
            lots.append(_lot(row, unit=unit, month=month, place=place, lucky=lucky))
            calls.extend(_call(office, row, policy, lucky=lucky))
    if lots:
        await connection.execute(_LOT, lots)
    if calls:
        await connection.execute(insert_or_keep(connection, callback_call), calls)


async def _grow(connection: AsyncConnection, month: str, unit: str, more: int) -> tuple[int, str]:
    """So many more tickets of this unit's month: how many there are now, and the seed they are drawn with."""
    first = {"month": month, "unit": unit, "seed": secrets.token_hex(16)}
    await connection.execute(insert_or_keep(connection, callback_stratum), [first])
    count, seed = (await connection.execute(_GROW, {"month_": month, "unit_": unit, "more": more})).one()
    return count, seed


def _lot(row: Row, *, place: int | None, lucky: bool, unit: str = "", month: str = "") -> dict[str, Any]:
    return {"id_": row["id"], "unit_": unit or None, "month_": month or None, "place_": place, "drawn_": lucky}


def _call(office: Office, row: Row, policy: Policy, *, lucky: bool) -> list[dict[str, Any]]:
    reasons = phone_reasons(
        policy.callback.phone,
        urgency=Urgency(row["urgency"]),
        redo_no=row["round"],
        closing_kind=ClosingKind(row["closing_kind"]) if row["closing_kind"] else None,
        channel=row["channel"],
        drawn=lucky,
    )
    if not reasons:
        return []
    call = {name: row[name] for name in ("id", "ticket", "round", "conversation_id")}
    call |= {"reasons": [reason.value for reason in reasons], "drawn": lucky, "state": "open"}
    return [call | _when(office, policy, row["asked_at"])]


def _when(office: Office, policy: Policy, asked: datetime) -> dict[str, datetime]:
    """The message gets its chance first; what can be changed no more is not asked about."""
    rule, calendar = policy.callback, office.ticketing.calendar
    later = add(calendar, asked, rule.call_again)
    first = next_call(rule.slots, policy.quiet, calendar, start=later)
    return {"not_before": first, "until": add(calendar, asked, rule.change), "created_at": office.now()}


def _policy(office: Office, row: Row) -> Policy | None:
    try:
        return office.ticketing.policies.get(row["policy"])
    except LookupError as error:  # an operator's slip must not stop the others
        log.error("ticket passed over", action="job.ticket_skipped", number=row["ticket"], reason=str(error))
        return None

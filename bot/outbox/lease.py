"""Takes messages out of the queue, a lease each, planned before they leave; takes them back from workers that died."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, case, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.accounts import Account, Accounts
from bot.outbox import secret
from bot.outbox.letter import Leased, Row, case_of, chats, peer_of
from bot.outbox.planner import Plan, Sender, Step, plan
from bot.outbox.priority import Priority
from bot.outbox.queue import heads, state_is
from bot.outbox.resting import Key
from bot.outbox.retry import MAX_ATTEMPTS
from bot.outbox.why import Why
from bot.store.citizens import permits
from bot.store.tables import call_task, outbox
from bot.store.wording import read_body
from bot.work import Changes
from channels.capabilities import Route
from channels.message import Address, Notice

LEASE = timedelta(seconds=90)
"""Longer than any adapter may take for one send."""

KEPT_PLANS = 12
"""Decisions a message remembers."""
_OVER = Plan(Step.CANCEL, Why.WORN_OUT)
"""Of a message whose secret is spent: it cannot go again."""

Awake = Callable[[datetime], datetime]
"""The moment itself, or the end of the quiet hours it falls into."""


async def lease(
    connection: AsyncConnection,
    conversations: Sequence[int],
    accounts: Accounts,
    *,
    room: Mapping[Key, int],
    owner: str,
    awake: Awake,
    now: datetime,
) -> tuple[list[Leased], int]:
    """Lease the heads of these conversations as far as their accounts have ``room``, and write down how each will go.

    Returns what is to be sent now, and how many rows were planned at all.
    """
    changes, leased, planned = Changes(), list[Leased](), 0
    left = dict(room)
    rows = await heads(connection, conversations, accounts, now=now)
    also = await chats(connection, rows)
    allowed = await _allowed(connection, rows, accounts)
    for row in rows:
        key = row["channel"], row["account"]
        account = accounts.get(*key)
        if account is None or left.get(key, 0) <= 0:
            continue
        planned += 1
        if _sleeps(row) and (morning := awake(now)) > now:
            changes.update(outbox, "id", row["id"], **_put_off(row, morning, now=now))
            continue
        may, others = allowed.get(row["conversation_id"]), also.get(row["citizen"], ())
        case_ = case_of(row, accounts, account, allowed=may, chats=others)
        chosen = _OVER if secret.spent(row["body"]) else plan(case_, now=now)
        changes.update(outbox, "id", row["id"], **_columns(row, chosen, owner=owner, now=now))
        if chosen.step is Step.SEND:
            left[key] -= 1
            leased.append(_leased(connection, row, chosen, account, owner))
        elif chosen.step is Step.CALL:
            _ask_to_call(changes, row, now)
    await changes.write(connection)
    return leased, planned


def _put_off(row: Row, morning: datetime, *, now: datetime) -> dict[str, Any]:
    """The tries so far are forgotten: a message waiting for another try would hide the answers of the night."""
    plans = noted(row, "wait", Why.QUIET_HOURS, now=now)
    return {"not_before": morning, "why": Why.QUIET_HOURS.value, "attempts": 0, "plans": plans}


async def _allowed(
    connection: AsyncConnection, rows: Sequence[Row], accounts: Accounts
) -> Mapping[int, Mapping[str, int]]:
    """What the citizens of these rows let us send, where their account has templates that need it."""
    asking = {one.channel.name for one in accounts if one.subscribed and one.subscribed.permits}
    talks = {row["conversation_id"] for row in rows if row["channel"] in asking}
    return await permits.left(connection, sorted(talks)) if talks else {}


def _sleeps(row: Row) -> bool:
    """It may not wake a citizen at night."""
    return bool(row["priority"] >= Priority.NOTICE and row["sender"] != Sender.AGENT)


def _leased(connection: AsyncConnection, row: Row, chosen: Plan, account: Account, owner: str) -> Leased:
    body = secret.opened(connection, row["body"])
    asked = account.subscribed.permits if account.subscribed and chosen.route == Route.SUBSCRIPTION else {}
    return Leased(
        id=row["id"],
        key=row["key"],
        conversation_id=row["conversation_id"],
        address=Address(row["channel"], row["account"], peer_of(row)),
        body=body,
        route=chosen.route,
        attempts=row["attempts"] + 1,
        owner=owner,
        spends=chosen.route == Route.DIRECT and bool(account.capabilities.windows),
        permit=asked.get(body.key) if isinstance(body, Notice) else None,
        in_reply_to=row["replies_to"] or "",
        wiped=secret.wiped(row["body"]),
    )


def _columns(row: Row, chosen: Plan, *, owner: str, now: datetime) -> dict[str, Any]:
    why: dict[str, Any] = {"why": chosen.why.value, "plans": noted(row, chosen.step, chosen.why, now=now)}
    if chosen.step is not Step.SEND and chosen.step is not Step.READDRESS and (wiped := secret.wiped(row["body"])):
        why["body"] = wiped
    if chosen.step is Step.SEND:
        lease_ = {"lease_owner": owner, "lease_until": now + LEASE, "attempts": row["attempts"] + 1}
        return why | lease_ | {"state": "leased", "route": chosen.route}
    if chosen.step is Step.READDRESS and chosen.address is not None:
        to = chosen.address
        return why | {"channel": to.channel, "account": to.account, "peer": to.peer, "route": "", "error_class": ""}
    return why | {"state": "dead" if chosen.step is Step.DEAD else "cancelled", "route": chosen.route}


def noted(row: Row, step: str, why: Why, *, now: datetime) -> list[dict[str, Any]]:
    """What the planner decided before, and now; with what it weighed: the window of the conversation, what it had
    refused, and what the last try came to. The latest only: a message that keeps failing does not grow."""
    weighed = {
        "at": now.isoformat(timespec="seconds"),
        "step": str(step),
        "why": why.value,
        "channel": row["channel"],
        "left": row["window_left"],
        "until": row["window_until"].isoformat(timespec="seconds") if row["window_until"] else "",
        "opted_out": bool(row["opted_out_at"]),
        "unreachable": bool(row["unreachable_at"]),
        "elsewhere": row["elsewhere"],
        "error": row["error_class"],
        "code": row["error_code"],
    }
    kept = {name: value for name, value in weighed.items() if value not in ("", None, False) or name == "elsewhere"}
    return [*row["plans"], kept][-KEPT_PLANS:]


def _ask_to_call(changes: Changes, row: Row, now: datetime) -> None:
    body = read_body(row["body"])
    changes.keep(
        call_task,
        key=row["key"],
        conversation_id=row["conversation_id"],
        outbox_id=row["id"],
        ticket=row["ticket"],
        reason=body.key if isinstance(body, Notice) else Why.NO_WAY.value,
        text=body.text,
        created_at=now,
    )


async def recover(connection: AsyncConnection, accounts: Accounts, *, lapsed: datetime, now: datetime) -> int:
    """Take back leases that ended before ``lapsed``: their worker died between sending and writing it down.

    Where the provider drops repeats the message goes again (unless it has outlived every try: perhaps it is what
    kills us); else it may have arrived, and a person decides (decision 8). ``lease_owner`` stays on a held one: should
    its worker live after all, its own word still counts. Returns how many there were.
    """
    idempotent = {one.channel.name for one in accounts if one.capabilities.idempotent}
    again = and_(outbox.c.channel.in_(idempotent), outbox.c.attempts < MAX_ATTEMPTS)
    worn = outbox.c.channel.in_(idempotent)
    statement = (
        update(outbox)
        .where(state_is(outbox, "leased"), outbox.c.lease_until < lapsed)
        .values(
            state=case((again, "queued"), (worn, "dead"), else_="held"),
            why=case((again, Why.RETRY.value), (worn, Why.WORN_OUT.value), else_=Why.UNCONFIRMED.value),
            lease_owner=case((worn, ""), else_=outbox.c.lease_owner),
            lease_until=None,
            error_class="Unknown",
            not_before=now,
        )
    )
    return (await connection.execute(statement)).rowcount

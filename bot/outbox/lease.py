"""Takes messages out of the queue, a lease each: only the head of a conversation, planned before it leaves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, case, exists, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.accounts import Account, Accounts
from bot.outbox.ledger import Ledger
from bot.outbox.planner import Case, Line, Phone, Plan, Sender, Step, plan
from bot.outbox.why import Why
from bot.store.tables import call_task, conversation, outbox
from bot.store.wording import read_body
from bot.work import Changes
from channels.capabilities import Route
from channels.message import Address, Notice, Say

LEASE = timedelta(seconds=90)
"""Longer than any adapter may take for one send."""
REPLANNED = {"WindowClosed", "OptedOut"}
"""After these the route that was refused is not tried again."""

_TALK = (
    conversation.c.owner,
    conversation.c.phone,
    conversation.c.window_left,
    conversation.c.window_until,
    conversation.c.opted_out_at,
    conversation.c.unreachable_at,
    conversation.c.channel.label("own_channel"),
    conversation.c.account.label("own_account"),
)


@dataclass(frozen=True, slots=True)
class Leased:
    """A message ready to leave by ``route``."""

    id: int
    key: str
    conversation_id: int
    address: Address
    body: Say | Notice = field(repr=False)
    route: str
    attempts: int
    """This try included."""


def _heads(channel: str, account: str, now: datetime, limit: int) -> Select[Any]:
    """The next message of each conversation. An earlier one still on its way (or waiting for another try) holds the
    later ones back; one that merely waits for the morning does not."""
    earlier = outbox.alias("earlier")
    held_back = exists().where(
        earlier.c.conversation_id == outbox.c.conversation_id,
        earlier.c.seq < outbox.c.seq,
        (earlier.c.state == "leased")
        | and_(earlier.c.state == "queued", (earlier.c.not_before <= now) | (earlier.c.attempts > 0)),
    )
    return (
        select(outbox, *_TALK)
        .join(conversation, conversation.c.id == outbox.c.conversation_id)
        .where(
            outbox.c.state == "queued",
            outbox.c.not_before <= now,
            outbox.c.channel == channel,
            outbox.c.account == account,
            ~held_back,
        )
        .order_by(outbox.c.priority, outbox.c.id)
        .limit(limit)
        .with_for_update(of=outbox, skip_locked=True)
    )


async def lease(
    connection: AsyncConnection, accounts: Accounts, account: Account, *, owner: str, limit: int, now: datetime
) -> list[Leased]:
    """Lease at most ``limit`` messages of one account and write down how each will go."""
    found = (await connection.execute(_heads(account.channel.name, account.name, now, limit))).mappings().all()
    changes, leased = Changes(), []
    for row in found:
        chosen = plan(_case(row, accounts, account), now=now)
        _note(changes, row, chosen, owner=owner, now=now)
        if chosen.step is Step.SEND:
            leased.append(_leased(row, chosen))
            if account.capabilities.windows and chosen.route == Route.DIRECT:
                await _spend(connection, row["conversation_id"])
    await changes.write(connection)
    return leased


def _case(row: Mapping[Any, Any], accounts: Accounts, account: Account) -> Case:
    original = (row["channel"], row["account"]) == (row["own_channel"], row["own_account"])
    return Case(
        body=read_body(row["body"]),
        sender=Sender(row["sender"]),
        priority=row["priority"],
        line=line_of(account),
        ledger=Ledger(row["window_left"], row["window_until"]),
        agent_holds=row["owner"] == "agent",
        opted_out=row["opted_out_at"] is not None,
        unreachable=original and row["unreachable_at"] is not None,
        original=original,
        failed=row["route"] if row["error_class"] in REPLANNED else "",
        phone=_phone(row, accounts) if original else None,
    )


def line_of(account: Account) -> Line:
    """What the planner must know of an account; adapters say which notices they have templates for."""
    return Line(
        capabilities=account.capabilities,
        templates=frozenset(getattr(account.adapter, "templates", ())),
        free_text=bool(getattr(account.adapter, "free_text", True)),
    )


def _phone(row: Mapping[Any, Any], accounts: Accounts) -> Phone | None:
    by_phone = accounts.by_phone()
    if not row["phone"] or by_phone is None or by_phone.channel.name == row["own_channel"]:
        return None
    return Phone(address=Address(by_phone.channel.name, by_phone.name, row["phone"]), line=line_of(by_phone))


def _leased(row: Mapping[Any, Any], chosen: Plan) -> Leased:
    return Leased(
        id=row["id"],
        key=row["key"],
        conversation_id=row["conversation_id"],
        address=Address(row["channel"], row["account"], row["peer"]),
        body=read_body(row["body"]),
        route=chosen.route,
        attempts=row["attempts"] + 1,
    )


def _note(changes: Changes, row: Mapping[Any, Any], chosen: Plan, *, owner: str, now: datetime) -> None:
    columns: dict[str, Any] = {"why": chosen.why.value}
    if chosen.step is Step.SEND:
        columns |= {
            "state": "leased",
            "route": chosen.route,
            "lease_owner": owner,
            "lease_until": now + LEASE,
            "attempts": row["attempts"] + 1,
        }
    elif chosen.step is Step.READDRESS and chosen.address is not None:
        address = chosen.address
        columns |= {"channel": address.channel, "account": address.account, "peer": address.peer}
        columns |= {"route": "", "error_class": "", "not_before": now}
    elif chosen.step is Step.CALL:
        columns |= {"state": "cancelled", "route": chosen.route}
        _ask_to_call(changes, row, now)
    else:
        columns |= {"state": "dead" if chosen.step is Step.DEAD else "cancelled"}
    changes.update(outbox, "id", row["id"], **columns)


def _ask_to_call(changes: Changes, row: Mapping[Any, Any], now: datetime) -> None:
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


async def _spend(connection: AsyncConnection, conversation_id: int) -> None:
    left = conversation.c.window_left
    await connection.execute(
        update(conversation)
        .where(conversation.c.id == conversation_id)
        .values(window_left=case((left > 0, left - 1), else_=0))
    )


async def recover(connection: AsyncConnection, accounts: Sequence[Account], *, now: datetime) -> None:
    """Leases that ran out: their worker died between sending and writing it down. Where the provider drops repeats the
    message goes again; else it may have arrived, and a person decides (decision 8)."""
    for account in accounts:
        lapsed = (
            update(outbox)
            .where(
                outbox.c.state == "leased",
                outbox.c.lease_until < now,
                outbox.c.channel == account.channel.name,
                outbox.c.account == account.name,
            )
            .values(lease_until=None, lease_owner="")
        )
        if account.capabilities.idempotent:
            await connection.execute(lapsed.values(state="queued", why=Why.RETRY.value, not_before=now))
        else:
            await connection.execute(lapsed.values(state="held", why=Why.UNCONFIRMED.value, error_class="Unknown"))

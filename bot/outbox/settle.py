"""Writes down what became of messages that left: sent, tried again, another way, held, or dead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.accounts import Account
from bot.logs import logger
from bot.outbox.lease import Leased
from bot.outbox.retry import Decision, Failure, Verdict, decide
from bot.outbox.why import Why
from bot.store.tables import account_state, conversation, late_receipt, outbox
from bot.work import Changes, insert_or_keep
from channels.errors import SendError

log = logger(__name__)

_WHY = {Verdict.AGAIN: Why.RETRY, Verdict.WAIT: Why.ACCOUNT_RESTS, Verdict.HOLD: Why.UNCONFIRMED}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one send came to: the provider's id, or the error."""

    leased: Leased
    account: Account
    provider_id: str = ""
    error: BaseException | None = None

    @property
    def name(self) -> str:
        """For figures: "sent", or the class of the error."""
        return "sent" if self.error is None else type(self.error).__name__


async def settle(connection: AsyncConnection, outcomes: Sequence[Outcome], *, rng: Random, now: datetime) -> None:
    """All of them in one transaction."""
    changes = Changes()
    for one in outcomes:
        if one.error is None:
            await _sent(connection, changes, one, now)
        else:
            await _failed(connection, changes, one, rng, now)
    await changes.write(connection)


async def _sent(connection: AsyncConnection, changes: Changes, one: Outcome, now: datetime) -> None:
    stage = await _early_stage(connection, one) if one.provider_id else ""
    changes.update(
        outbox,
        "id",
        one.leased.id,
        state="sent",
        provider_id=one.provider_id[:128],
        sent_at=now,
        stage=stage or "accepted",
        error_class="",
        error_code="",
        lease_until=None,
        lease_owner="",
    )


async def _early_stage(connection: AsyncConnection, one: Outcome) -> str:
    """A receipt can be faster than our own note of the send."""
    mine = (
        late_receipt.c.channel == one.account.channel.name,
        late_receipt.c.account == one.account.name,
        late_receipt.c.provider_id == one.provider_id[:128],
    )
    stage = await connection.scalar(
        select(late_receipt.c.stage).where(*mine).order_by(late_receipt.c.id.desc()).limit(1)
    )
    if stage:
        await connection.execute(delete(late_receipt).where(*mine))
    return stage or ""


async def _failed(connection: AsyncConnection, changes: Changes, one: Outcome, rng: Random, now: datetime) -> None:
    error = one.error
    if error is None:
        return
    failure = Failure(
        error=error, attempts=one.leased.attempts, now=now, idempotent=one.account.capabilities.idempotent
    )
    decided = decide(failure, rng=rng)
    code = error.code if isinstance(error, SendError) else ""
    columns: dict[str, Any] = {"lease_until": None, "lease_owner": "", "not_before": decided.at}
    columns |= {"error_class": type(error).__name__[:32], "error_code": code[:64], "attempts": one.leased.attempts}
    columns |= _state(decided)
    if decided.verdict is Verdict.WAIT:
        columns["attempts"] = one.leased.attempts - 1
    changes.update(outbox, "id", one.leased.id, **columns)
    if decided.window_closed:
        changes.update(conversation, "id", one.leased.conversation_id, window_left=0)
    if decided.opted_out:
        changes.update(conversation, "id", one.leased.conversation_id, opted_out_at=now)
    if decided.pause_until is not None:
        await _pause(connection, one, decided, code, now)


def _state(decided: Decision) -> dict[str, str]:
    if decided.verdict is Verdict.HOLD:
        return {"state": "held", "why": Why.UNCONFIRMED.value}
    if decided.verdict is Verdict.DEAD:
        return {"state": "dead", "why": Why.REFUSED.value}
    why = _WHY.get(decided.verdict)
    return {"state": "queued", "why": why.value} if why else {"state": "queued"}


async def _pause(connection: AsyncConnection, one: Outcome, decided: Decision, code: str, now: datetime) -> None:
    key = {"channel": one.account.channel.name, "account": one.account.name}
    row = key | {"paused_until": decided.pause_until, "reason": (code or one.name)[:64], "changed_at": now}
    await connection.execute(insert_or_keep(connection, account_state), row)
    await connection.execute(
        account_state.update()
        .where(account_state.c.channel == key["channel"], account_state.c.account == key["account"])
        .values(row)
    )
    if decided.alert:
        log.error("account needs an operator", action="outbox.account_paused", code=code, reason=one.name, **key)

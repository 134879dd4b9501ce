"""Writes down what became of messages that left: sent, tried again, another way, held, or dead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

from sqlalchemy import ColumnElement, bindparam, case, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.accounts import Account
from bot.logs import logger
from bot.outbox.letter import Leased
from bot.outbox.queue import state_is
from bot.outbox.receipts import match_late
from bot.outbox.resting import rest
from bot.outbox.retry import Decision, Failure, Verdict, decide
from bot.outbox.why import Why
from bot.store.citizens import permits
from bot.store.tables import conversation, outbox
from bot.work import insert_or_keep
from channels.errors import Later, SendError, Unknown

log = logger(__name__)

_FATE: Mapping[Verdict, tuple[str, Why]] = {
    Verdict.AGAIN: ("queued", Why.RETRY),
    Verdict.WAIT: ("queued", Why.ACCOUNT_RESTS),
    Verdict.REPLAN: ("queued", Why.RETRY),
    Verdict.HOLD: ("held", Why.UNCONFIRMED),
    Verdict.DEAD: ("dead", Why.REFUSED),
}

_NAMES = ("channel", "account", "peer")
_FOR_A_PERSON = frozenset({"held", "dead"})
_ADDRESS = tuple_(conversation.c.channel, conversation.c.account, conversation.c.peer)

_SETTLE = (
    update(outbox)
    # A lease lost meanwhile is somebody else's; a message held for its silence may still be settled by who sent it.
    .where(
        outbox.c.id == bindparam("row"),
        outbox.c.lease_owner == bindparam("mine"),
        or_(state_is(outbox, "leased"), state_is(outbox, "held")),
    )
    .values(
        state=bindparam("new_state"),
        why=case((bindparam("new_why") == "", outbox.c.why), else_=bindparam("new_why")),
        provider_id=bindparam("provider"),
        stage=bindparam("new_stage"),
        sent_at=bindparam("sent"),
        not_before=bindparam("next_try"),
        attempts=bindparam("tries"),
        error_class=bindparam("error"),
        error_code=bindparam("code"),
        lease_owner="",
        lease_until=None,
    )
)


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


_Decided = tuple[Outcome, Decision | None]
"""What a send came to, and what follows; None where it was sent."""


async def settle(connection: AsyncConnection, outcomes: Sequence[Outcome], *, rng: Random, now: datetime) -> None:
    """All of them, set by set. The caller's transaction does nothing else: conversations are locked here, first and in
    the order everybody locks them."""
    decided = [(one, _decide(one, rng, now)) for one in outcomes]
    touched: ColumnElement[bool] = conversation.c.id.in_({one.leased.conversation_id for one in outcomes})
    if refused := _refused(decided):
        # A phone a message was readdressed to may never have written: its refusal must be remembered all the same.
        fresh = {"memory": {}, "created_at": now, "updated_at": now}
        rows = [dict(zip(_NAMES, one, strict=True)) | {"peer_sealed": one[2]} | fresh for one in sorted(refused)]
        await connection.execute(insert_or_keep(connection, conversation), rows)
        touched = or_(touched, _ADDRESS.in_(refused))
    lock = select(conversation.c.id).where(touched).order_by(conversation.c.id)
    await connection.execute(lock.with_for_update(key_share=True))
    await connection.execute(_SETTLE, [_row(one, decision, now) for one, decision in decided])
    for one in outcomes:
        if one.leased.wiped is not None:
            # Not for a row that goes again: its word is needed once more.
            done = outbox.c.id == one.leased.id, outbox.c.state.in_(("sent", "cancelled"))
            await connection.execute(update(outbox).where(*done).values(body=one.leased.wiped))
    await _note_conversations(connection, decided, now)
    await _note_permits(connection, decided, now)
    for one, decision in decided:
        if decision is not None and decision.pause_until is not None:
            await _pause(connection, one, decision, now)
    if any(one.provider_id for one in outcomes):
        await match_late(connection, [one.leased.id for one in outcomes], now=now)


def _decide(one: Outcome, rng: Random, now: datetime) -> Decision | None:
    if one.error is None:
        return None
    idempotent = one.account.capabilities.idempotent
    return decide(Failure(error=one.error, attempts=one.leased.attempts, now=now, idempotent=idempotent), rng=rng)


def _row(one: Outcome, decision: Decision | None, now: datetime) -> dict[str, Any]:
    row: dict[str, Any] = {"row": one.leased.id, "mine": one.leased.owner, "tries": one.leased.attempts}
    if decision is None:
        row |= {"new_state": "sent", "new_why": "", "provider": one.provider_id[:128], "new_stage": "accepted"}
        return row | {"sent": now, "next_try": now, "error": "", "code": ""}
    state, why = _FATE[decision.verdict]
    if decision.verdict is Verdict.DEAD and isinstance(one.error, Later | Unknown):
        why = Why.WORN_OUT
    if state in _FOR_A_PERSON and one.leased.wiped is not None:
        state = "cancelled"  # nobody can send it again for him: he asks for another
    if decision.verdict is Verdict.WAIT:
        row["tries"] -= 1
    row |= {"new_state": state, "new_why": why.value, "provider": "", "new_stage": "", "sent": None}
    return row | {"next_try": decision.at, "error": one.name[:32], "code": _code(one)}


def _code(one: Outcome) -> str:
    return one.error.code[:64] if isinstance(one.error, SendError) else ""


def _refused(decided: Sequence[_Decided]) -> set[tuple[str, str, str]]:
    """The addresses that are closed until something comes from them. A message sent to the phone instead of where the citizen wrote says
    nothing about where the citizen wrote."""
    said_no = (one.leased.address for one, decision in decided if decision and decision.opted_out)
    return {(address.channel, address.account, address.peer) for address in said_no}


async def _note_conversations(connection: AsyncConnection, decided: Sequence[_Decided], now: datetime) -> None:
    """The reply window pays for what left, or may have left; refusals are remembered."""
    spent = {
        one.leased.conversation_id
        for one, decision in decided
        if one.leased.spends and (decision is None or isinstance(one.error, Unknown))
    }
    # Only what spends the window can tell that it is closed: a refused template leaves it as it is.
    closed = {
        one.leased.conversation_id
        for one, decision in decided
        if one.leased.spends and decision and decision.window_closed
    }
    talk, left = conversation.c.id, conversation.c.window_left
    marks: tuple[tuple[ColumnElement[Any], set[Any], dict[str, Any]], ...] = (
        (talk, spent - closed, {"window_left": case((left > 0, left - 1), else_=0)}),
        (talk, closed, {"window_left": 0}),
        (_ADDRESS, _refused(decided), {"unreachable_at": now}),
    )
    for which, these, values in marks:
        if these:
            await connection.execute(update(conversation).where(which.in_(these)).values(values))


async def _note_permits(connection: AsyncConnection, decided: Sequence[_Decided], now: datetime) -> None:
    """A leave for one send is used up by what left, or may have left; where the provider itself (its code tells) knows
    of none, none is left."""
    spent, closed = set[tuple[int, str]](), set[tuple[int, str]]()
    for one, decision in decided:
        if (permit := one.leased.permit) is None:
            continue
        pair = one.leased.conversation_id, permit.template
        if decision is not None and decision.window_closed and _code(one):
            closed.add(pair)
        elif not permit.lasting and (decision is None or isinstance(one.error, Unknown)):
            spent.add(pair)
    await permits.use(connection, spent=spent, closed=closed, now=now)


async def _pause(connection: AsyncConnection, one: Outcome, decision: Decision, now: datetime) -> None:
    channel, account = key = one.account.channel.name, one.account.name
    until, reason = decision.pause_until or now, (_code(one) or one.name)[:64]
    if await rest(connection, key, until=until, reason=reason, now=now) or decision.alert:
        told = {"channel": channel, "account": account, "code": _code(one), "reason": one.name}
        log.error("account needs an operator", action="outbox.account_paused", **told)

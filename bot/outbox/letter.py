"""One message of ours as it lies in the outbox, with what its conversation says about reaching the citizen."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, select

from bot.outbox.ledger import Ledger
from bot.outbox.planner import Sender
from bot.store.tables import conversation, message, outbox
from bot.store.wording import read_body
from channels.message import Address, Notice, Outbound, Say

REFUSED = "failed"
"""``outbox.stage`` of a message whose ``route`` was refused: the planner looks for the next one."""

_texts = conversation.alias("texts")


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """``phone`` is the citizen's verified number ("" when none), ``phone_closed`` that he refuses texts there."""

    id: int
    conversation_id: int
    key: str
    address: Address
    body: Say | Notice = field(repr=False)
    sender: Sender
    priority: int
    attempts: int
    route: str
    why: str
    failed: str
    not_before: datetime
    at_home: bool
    """The address is the conversation's own."""
    ledger: Ledger
    agent_holds: bool
    opted_out: bool
    unreachable: bool
    phone: str = field(repr=False)
    phone_closed: bool
    in_reply_to: str = field(repr=False)

    def outbound(self, *, body: Say | Notice, route: str) -> Outbound:
        """The message for the adapter, its ``body`` fitted to the channel."""
        return Outbound(
            key=self.key, address=self.address, body=body, route=route, in_reply_to=self.in_reply_to
        )


def letters_with_conversation(*, texts: tuple[str, str]) -> Select[Any]:
    """Outbox rows with all a :class:`Letter` needs; ``texts`` is the account that writes to phones, ("", "") if none."""
    return (
        select(
            outbox,
            conversation.c.channel.label("home_channel"),
            conversation.c.account.label("home_account"),
            conversation.c.peer.label("home_peer"),
            conversation.c.window_left,
            conversation.c.window_until,
            conversation.c.owner,
            conversation.c.opted_out_at,
            conversation.c.unreachable_at,
            conversation.c.phone,
            _texts.c.opted_out_at.label("phone_opted_out_at"),
            message.c.dedupe_key,
        )
        .join(conversation, conversation.c.id == outbox.c.conversation_id)
        .outerjoin(message, message.c.id == outbox.c.in_reply_to)
        .outerjoin(
            _texts,
            and_(
                _texts.c.channel == texts[0],
                _texts.c.account == texts[1],
                _texts.c.peer == conversation.c.phone,
            ),
        )
    )


def read_letter(row: Row[Any]) -> Letter:
    """A row of :func:`letters_with_conversation`."""
    address = Address(row.channel, row.account, row.peer)
    at_home = address == Address(row.home_channel, row.home_account, row.home_peer)
    return Letter(
        id=row.id,
        conversation_id=row.conversation_id,
        key=row.key,
        address=address,
        body=read_body(row.body),
        sender=Sender(row.sender),
        priority=row.priority,
        attempts=row.attempts,
        route=row.route,
        why=row.why,
        failed=row.route if row.stage == REFUSED else "",
        not_before=row.not_before,
        at_home=at_home,
        ledger=Ledger(row.window_left, row.window_until) if at_home else Ledger(),
        agent_holds=row.owner == "agent",
        opted_out=row.opted_out_at is not None,
        unreachable=row.unreachable_at is not None,
        phone=row.phone or "",
        phone_closed=row.phone_opted_out_at is not None,
        in_reply_to=row.dedupe_key or "",
    )

"""One message of ours as it lies in the outbox, with what its conversation says about reaching the citizen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, and_, select

from bot.accounts import Account, Accounts
from bot.outbox.ledger import Ledger
from bot.outbox.planner import NO_WINDOW, Case, Line, Phone, Sender
from bot.store.sealed import MARK
from bot.store.tables import conversation, message, outbox
from bot.store.wording import read_body
from channels.capabilities import Permit
from channels.message import Address, Notice, Outbound, Say
from channels.phones import takes_texts

Row = Mapping[Any, Any]

REPLANNED = frozenset({"WindowClosed", "OptedOut", "ReportedFailed"})
"""Values of ``outbox.error_class`` after which the route that was refused is not tried again."""

_texts = conversation.alias("texts")


@dataclass(frozen=True, slots=True)
class Leased:
    """A message ready to leave by ``route``. ``spends``: it costs one message of the reply window; ``permit``: it needs
    the citizen's leave for this template, and uses it up where it is not ``lasting``."""

    id: int
    key: str
    conversation_id: int
    address: Address
    body: Say | Notice = field(repr=False)
    route: str
    attempts: int
    """This try included."""
    owner: str
    spends: bool = False
    permit: Permit | None = None
    in_reply_to: str = field(default="", repr=False)

    def outbound(self, body: Say | Notice) -> Outbound:
        """What the adapter is handed; ``body`` is fitted to the channel."""
        return Outbound(key=self.key, address=self.address, body=body, route=self.route, in_reply_to=self.in_reply_to)


def letters(accounts: Accounts) -> Select[Any]:
    """Outbox rows with everything :func:`case_of` reads."""
    by_phone = accounts.by_phone()
    texts = and_(
        _texts.c.channel == (by_phone.channel.name if by_phone else ""),
        _texts.c.account == (by_phone.name if by_phone else ""),
        _texts.c.peer == conversation.c.phone,
    )
    return (
        select(
            outbox,
            conversation.c.owner,
            conversation.c.phone_sealed,
            conversation.c.peer.label("own_peer"),
            conversation.c.peer_sealed,
            conversation.c.window_left,
            conversation.c.window_until,
            conversation.c.opted_out_at,
            conversation.c.unreachable_at,
            conversation.c.channel.label("own_channel"),
            conversation.c.account.label("own_account"),
            _texts.c.opted_out_at.label("texts_opted_out_at"),
            message.c.dedupe_key.label("replies_to"),
        )
        .join(conversation, conversation.c.id == outbox.c.conversation_id)
        .outerjoin(message, message.c.id == outbox.c.in_reply_to)
        .outerjoin(_texts, texts)
    )


def case_of(row: Row, accounts: Accounts, account: Account, *, allowed: Mapping[str, int] | None = None) -> Case:
    """What the planner must know. On an address we fell back to, the conversation's own state says nothing."""
    at_home = (row["channel"], row["account"]) == (row["own_channel"], row["own_account"])
    return Case(
        body=read_body(row["body"]),
        sender=Sender(row["sender"]),
        priority=row["priority"],
        line=line_of(account),
        ledger=Ledger(row["window_left"], row["window_until"]) if at_home else NO_WINDOW,
        allowed=(allowed or {}) if at_home else {},
        agent_holds=row["owner"] == "agent",
        opted_out=at_home and row["opted_out_at"] is not None,
        unreachable=at_home and row["unreachable_at"] is not None,
        original=at_home,
        failed=row["route"] if row["error_class"] in REPLANNED else "",
        phone=_phone(row, accounts) if at_home else None,
    )


def peer_of(row: Row) -> str:
    """Where the letter goes, in clear: the conversation's own peer, or the phone it fell back to."""
    if not row["peer"].startswith(MARK):
        return str(row["peer"])
    return str(row["peer_sealed"] if row["peer"] == row["own_peer"] else row["phone_sealed"])


def line_of(account: Account) -> Line:
    """What the planner must know of an account; adapters say which notices they have templates for (``templates``) and
    whether their settings allow words of our own (``free_text``)."""
    return Line(
        capabilities=account.capabilities,
        templates=frozenset(getattr(account.adapter, "templates", ())),
        permits=account.subscribed.permits if account.subscribed else {},
        free_text=bool(getattr(account.adapter, "free_text", True)),
    )


def _phone(row: Row, accounts: Accounts) -> Phone | None:
    by_phone = accounts.by_phone()
    if not row["phone_sealed"] or by_phone is None or by_phone.channel.name == row["own_channel"]:
        return None
    if not takes_texts(row["phone_sealed"]):  # a caller's landline: he is called
        return None
    address = Address(by_phone.channel.name, by_phone.name, row["phone_sealed"])
    return Phone(address=address, line=line_of(by_phone), willing=row["texts_opted_out_at"] is None)

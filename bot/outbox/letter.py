"""One message of ours as it lies in the outbox, with what its conversation says about reaching the citizen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, and_, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.accounts import Account, Accounts
from bot.outbox import secret
from bot.outbox.ledger import Ledger
from bot.outbox.planner import NO_WINDOW, Case, Elsewhere, Line, Sender
from bot.outbox.priority import Priority
from bot.store.sealed import MARK
from bot.store.tables import conversation, link, message, outbox
from bot.store.wording import read_body
from channels.capabilities import Permit
from channels.message import Address, Notice, Outbound, Say
from channels.phones import takes_texts

Row = Mapping[Any, Any]

REPLANNED = frozenset({"WindowClosed", "OptedOut", "ReportedFailed"})
"""Values of ``outbox.error_class`` after which the route that was refused is not tried again."""

_texts, _there, _claim = conversation.alias("texts"), conversation.alias("there"), link.alias("claim")


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
    wiped: dict[str, Any] | None = field(default=None, repr=False)
    """The stored body without the word only its receiver may read, None where it has none."""

    def outbound(self, body: Say | Notice) -> Outbound:
        """What the adapter is handed; ``body`` is fitted to the channel."""
        return Outbound(key=self.key, address=self.address, body=body, route=self.route, in_reply_to=self.in_reply_to)


def letters(accounts: Accounts) -> Select[Any]:
    """Outbox rows with everything :func:`case_of` reads."""
    here = _there.c.channel == outbox.c.channel, _there.c.account == outbox.c.account, _there.c.peer == outbox.c.peer
    claim = (
        _claim.c.ticket == outbox.c.ticket,
        _claim.c.conversation_id == conversation.c.id,
        _claim.c.ended_at.is_(None),
    )
    return (
        select(
            outbox,
            conversation.c.owner,
            conversation.c.citizen,
            func.coalesce(conversation.c.phone_sealed, _claim.c.phone_sealed).label("phone_sealed"),
            conversation.c.peer.label("own_peer"),
            conversation.c.peer_sealed,
            conversation.c.window_left,
            conversation.c.window_until,
            conversation.c.elsewhere,
            conversation.c.channel.label("own_channel"),
            conversation.c.account.label("own_account"),
            _there.c.peer_sealed.label("there_sealed"),
            _there.c.opted_out_at,
            _there.c.unreachable_at,
            _texts_refused(accounts).label("texts_opted_out_at"),
            message.c.dedupe_key.label("replies_to"),
        )
        .join(conversation, conversation.c.id == outbox.c.conversation_id)
        .outerjoin(message, message.c.id == outbox.c.in_reply_to)
        .outerjoin(_claim, and_(*claim))
        .outerjoin(_there, and_(*here))
    )


def _texts_refused(accounts: Accounts) -> Any:
    """When the phone told any of our SMS accounts, or its carrier told us, that it takes no more; NULL where it does."""
    channels = sorted({one.channel.name for one in accounts if one.capabilities.phone_addressed})
    its = func.coalesce(conversation.c.phone, _claim.c.phone)
    said = select(func.max(func.coalesce(_texts.c.opted_out_at, _texts.c.unreachable_at))).where(
        _texts.c.peer == its, _texts.c.channel.in_(channels)
    )
    return said.correlate(conversation, _claim).scalar_subquery()


async def chats(connection: AsyncConnection, rows: Sequence[Row]) -> dict[int, list[Row]]:
    """Citizen -> his conversations, the last one he wrote in first; only of those who let us write to them all."""
    citizens = {row["citizen"] for row in rows if row["elsewhere"] and row["citizen"]}
    if not citizens:
        return {}
    columns = ("id", "citizen", "channel", "account", "peer", "peer_sealed", "opted_out_at", "unreachable_at")
    statement = select(*(conversation.c[name] for name in columns)).where(conversation.c.citizen.in_(citizens))
    found: dict[int, list[Row]] = {}
    for one in (await connection.execute(statement.order_by(conversation.c.updated_at.desc()))).mappings():
        found.setdefault(one["citizen"], []).append(one)
    return found


def case_of(
    row: Row,
    accounts: Accounts,
    account: Account,
    *,
    allowed: Mapping[str, int] | None = None,
    chats: Sequence[Row] = (),
) -> Case:
    """What the planner must know; ``allowed`` is what the citizen gave leave for, ``chats`` are his conversations. Where
    a message was readdressed the place it goes to counts, and whether he still lets us write there."""
    at_home = (row["channel"], row["account"]) == (row["own_channel"], row["own_account"])
    by_phone = not at_home and account.capabilities.phone_addressed
    # A word for this address alone proves nothing once it was read elsewhere.
    may_go = at_home and not secret.holds(row["body"])
    return Case(
        body=read_body(row["body"]),
        sender=Sender(row["sender"]),
        priority=row["priority"],
        line=line_of(account),
        ledger=Ledger(row["window_left"], row["window_until"]) if at_home else NO_WINDOW,
        allowed=(allowed or {}) if at_home else {},
        agent_holds=row["owner"] == "agent",
        opted_out=row["opted_out_at"] is not None or (by_phone and row["texts_opted_out_at"] is not None),
        unreachable=row["unreachable_at"] is not None or not (at_home or _lets(row, accounts)),
        original=at_home,
        failed=row["route"] if row["error_class"] in REPLANNED else "",
        elsewhere=(*_chats(row, accounts, chats), *_phone(row, accounts)) if may_go else (),
        only_here=row["elsewhere"] is False,
    )


def peer_of(row: Row) -> str:
    """Where the letter goes, in clear: the conversation's own peer, or the place it was readdressed to."""
    if not row["peer"].startswith(MARK):
        return str(row["peer"])
    return str(row["peer_sealed"] if row["peer"] == row["own_peer"] else row["there_sealed"] or row["phone_sealed"])


def line_of(account: Account) -> Line:
    """What the planner must know of an account; adapters say which notices they have templates for (``templates``) and
    whether their settings allow words of our own (``free_text``)."""
    return Line(
        capabilities=account.capabilities,
        templates=frozenset(getattr(account.adapter, "templates", ())),
        permits=account.subscribed.permits if account.subscribed else {},
        free_text=bool(getattr(account.adapter, "free_text", True)),
    )


def _lets(row: Row, accounts: Accounts) -> bool:
    """Whether he lets us write to him elsewhere. Who called has no other way than his phone and refused none; where a life
    is in danger nobody is asked."""
    own = accounts.get(row["own_channel"], row["own_account"])
    called = own is not None and not own.capabilities.routes and row["elsewhere"] is None
    return bool(row["elsewhere"]) or called or row["priority"] == Priority.EMERGENCY


def _phone(row: Row, accounts: Accounts) -> Iterator[Elsewhere]:
    by_phone = accounts.by_phone()
    mine = row["phone_sealed"]
    if not mine or by_phone is None or by_phone.channel.name == row["own_channel"]:
        return
    if takes_texts(mine):  # a caller's landline does not: he is called
        address = Address(by_phone.channel.name, by_phone.name, mine)
        willing = _lets(row, accounts) and row["texts_opted_out_at"] is None
        yield Elsewhere(address=address, line=line_of(by_phone), willing=willing)


def _chats(row: Row, accounts: Accounts, chats: Sequence[Row]) -> Iterator[Elsewhere]:
    """His other chats where a message may be sent at any time, and reaches him by itself."""
    for one in chats:
        account = accounts.get(one["channel"], one["account"])
        if account is None or (one["channel"], one["account"]) == (row["own_channel"], row["own_account"]):
            continue
        can = account.capabilities
        if can.routes and not (can.windows or can.at_home or can.phone_addressed):
            address = Address(one["channel"], one["account"], one["peer_sealed"] or one["peer"])
            reached = one["opted_out_at"] is None and one["unreachable_at"] is None
            yield Elsewhere(address=address, line=line_of(account), willing=_lets(row, accounts) and reached)

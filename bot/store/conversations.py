"""Finds, opens and locks conversations; nothing of a conversation is ever read without its lock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.manners.several import among
from bot.store.tables import conversation, ticket
from bot.work import insert_or_keep
from channels.message import Address
from dialog.flows.drafts import half_filled
from dialog.memory import Memory
from dialog.view import Owner

# Built once: building a statement costs more than running it.
_OF_ACCOUNT = (
    select(conversation)
    .where(
        conversation.c.channel == bindparam("channel_"),
        conversation.c.account == bindparam("account_"),
        among(conversation.c.peer, "peers"),
    )
    .order_by(conversation.c.id)
    .with_for_update()
)
_BY_ID = select(conversation).where(among(conversation.c.id, "ids")).order_by(conversation.c.id).with_for_update()
_OF_TICKETS = (
    select(conversation)
    .where(conversation.c.id.in_(select(ticket.c.conversation_id).where(among(ticket.c.number, "numbers"))))
    .order_by(conversation.c.id)
    .with_for_update()
)

_POSTURE = (
    "memory", "owner", "agent", "owner_since", "opted_out_at", "elsewhere", "elsewhere_at", "citizen", "phone",
)  # fmt: skip


@dataclass(slots=True)
class Conversation:
    """One conversation under its lock. Mutable: a batch changes it step by step and writes it once."""

    id: int
    address: Address
    citizen: int
    phone: str
    memory: Memory = field(repr=False)
    owner: Owner
    agent: str
    owner_since: datetime | None
    last_seq: int
    window_left: int
    window_until: datetime | None
    opted_out_at: datetime | None
    unreachable_at: datetime | None
    elsewhere: bool | None = None
    """Whether we may also write to the citizen's other channels, None where he was not asked."""
    elsewhere_at: datetime | None = None
    draft_since: datetime | None = None
    draft_reminded_at: datetime | None = None

    def look_after_draft(self, now: datetime) -> None:
        """The citizen did something: a half-filled report before the bot lies idle from now on, any other does not."""
        drafted = self.owner is Owner.BOT and half_filled(self.memory)
        self.draft_since, self.draft_reminded_at = now if drafted else None, None

    def next_seq(self) -> int:
        """The next place in the conversation's numbering."""
        self.last_seq += 1
        return self.last_seq

    def posture(self) -> tuple[Any, ...]:
        """What a turn may change; :meth:`resume` takes it back."""
        return tuple(getattr(self, name) for name in _POSTURE)

    def resume(self, posture: tuple[Any, ...]) -> None:
        """Undo what a failed turn did, but not the place its message took."""
        for name, value in zip(_POSTURE, posture, strict=True):
            setattr(self, name, value)

    def columns(self, now: datetime) -> dict[str, Any]:
        """Everything a batch may have changed."""
        return {
            "citizen": self.citizen,
            "memory": self.memory.dump(),
            "owner": self.owner.value,
            "agent": self.agent,
            "owner_since": self.owner_since,
            "last_seq": self.last_seq,
            "window_left": self.window_left,
            "window_until": self.window_until,
            "opted_out_at": self.opted_out_at,
            "unreachable_at": self.unreachable_at,
            "elsewhere": self.elsewhere,
            "elsewhere_at": self.elsewhere_at,
            "draft_since": self.draft_since,
            "draft_reminded_at": self.draft_reminded_at,
            "updated_at": now,
        }


async def claim(
    connection: AsyncConnection, addresses: Iterable[Address], *, now: datetime
) -> dict[Address, Conversation]:
    """Lock the conversations of these addresses, opening those that are new, and load them.

    Rows are locked in the order of their ids, so that two batches with the same citizens wait instead of deadlocking.
    """
    wanted = sorted(set(addresses), key=lambda address: (address.channel, address.account, address.peer))
    found = await _locked(connection, wanted)
    missing = [address for address in wanted if address not in found]
    if missing:
        rows = [
            {
                "channel": address.channel,
                "account": address.account,
                "peer": address.peer,
                "peer_sealed": address.peer,
                "memory": {},
                "created_at": now,
                "updated_at": now,
            }
            for address in missing
        ]
        await connection.execute(insert_or_keep(connection, conversation), rows)
        found |= await _locked(connection, missing)
    return found


async def claim_ids(connection: AsyncConnection, ids: Iterable[int]) -> dict[int, Conversation]:
    """Lock and load existing conversations by id."""
    rows = await connection.execute(_BY_ID, {"ids": sorted(set(ids))})
    return {row["id"]: _read(row) for row in rows.mappings()}


async def claim_of_tickets(connection: AsyncConnection, numbers: Iterable[str]) -> dict[int, Conversation]:
    """Lock and load the conversations of these tickets, by id; a number nobody has claims nothing."""
    rows = await connection.execute(_OF_TICKETS, {"numbers": sorted(set(numbers))})
    return {row["id"]: _read(row) for row in rows.mappings()}


async def claim_moved(
    connection: AsyncConnection, held: dict[int, Conversation], rows: Iterable[Mapping[str, Any]]
) -> None:
    """Add to ``held`` the conversations of locked tickets' ``rows`` that moved there (认领) while we waited for them."""
    if moved := {row["conversation_id"] for row in rows} - held.keys():
        held |= await claim_ids(connection, moved)


async def _locked(connection: AsyncConnection, addresses: Sequence[Address]) -> dict[Address, Conversation]:
    by_account: dict[tuple[str, str], list[str]] = {}
    for address in addresses:
        by_account.setdefault((address.channel, address.account), []).append(address.peer)
    found: dict[Address, Conversation] = {}
    for (channel, account), peers in by_account.items():
        rows = await connection.execute(_OF_ACCOUNT, {"channel_": channel, "account_": account, "peers": peers})
        for row in rows.mappings():
            one = _read(row)
            found[one.address] = one
    return found


def _read(row: Mapping[Any, Any]) -> Conversation:
    return Conversation(
        id=row["id"],
        address=Address(row["channel"], row["account"], row["peer_sealed"] or row["peer"]),
        citizen=row["citizen"] or row["id"],
        phone=row["phone_sealed"] or "",
        memory=Memory.load(row["memory"]),
        owner=Owner(row["owner"]),
        agent=row["agent"],
        owner_since=row["owner_since"],
        last_seq=row["last_seq"],
        window_left=row["window_left"],
        window_until=row["window_until"],
        opted_out_at=row["opted_out_at"],
        unreachable_at=row["unreachable_at"],
        elsewhere=row["elsewhere"],
        elsewhere_at=row["elsewhere_at"],
        draft_since=row["draft_since"],
        draft_reminded_at=row["draft_reminded_at"],
    )


async def citizens_by_phone(connection: AsyncConnection, phones: Iterable[str]) -> dict[str, int]:
    """Phone -> the citizen who proved it first."""
    statement = (
        select(conversation.c.phone_sealed, conversation.c.citizen)
        .where(conversation.c.phone.in_(sorted(set(phones))), conversation.c.citizen.is_not(None))
        .order_by(conversation.c.citizen.desc())
    )
    return {phone: citizen for phone, citizen in await connection.execute(statement)}

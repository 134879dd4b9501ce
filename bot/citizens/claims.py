"""认领码: whose ticket a person wrote down (on the phone, at a counter) gets a code to follow it in a chat of his own."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from bot.orders.ticketing import Ticketing
from bot.store.citizens import proof_rows
from bot.store.tables import conversation, proof, ticket
from bot.texts.code_texts import CodeTexts, can_text
from bot.work import Changes
from channels import phones
from tickets.limits.deadlines import add

_MOBILE = re.compile(r"1[3-9]\d{9}")


class NotIssued(Exception):
    """No code goes out. ``reason``: "no_texts" (no account that can), "no_mobile", "often", "over" (the ticket is)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """Issues claim codes; the words go out by SMS a moment after the commit (``bot/texts/code_texts.py``)."""

    texts: CodeTexts = field(repr=False)
    rules: Ticketing = field(repr=False)

    def issue(
        self,
        changes: Changes,
        number: str,
        *,
        conversation_id: int,
        citizen: int,
        phone: str,
        now: datetime,
        key: str = "",
    ) -> bool:
        """A claim code for the ticket ``number``, opened in this very transaction in conversation ``conversation_id``,
        to the caller's ``phone``. For who opens a ticket in somebody's name; once for each ticket, or ``key``. False
        where none can go there: no mobile, or no account for texts."""
        known = phones.normal(phone) or ""
        if not can_text(self.texts.accounts, "claim") or not _MOBILE.fullmatch(known):
            return False
        rule = self.rules.policies.at(self.rules.today(now)).linking
        changes.keep(
            proof,
            key=f"c:{key or number}",
            kind="claim",
            conversation_id=conversation_id,
            citizen=citizen,
            ticket=number,
            phone=known,
            phone_sealed=known,
            asked_at=now,
            until=add(self.rules.calendar, now, rule.claim),
        )
        return True

    async def again(self, number: str, *, phone: str = "") -> None:
        """Another code for an open ticket, to the ``phone`` an officer was told, "" for the one its conversation proved
        or the last code went to; it takes the place of older ones. Raises LookupError, NotIssued."""
        now, changes = self.texts.now(), Changes()
        rule = self.rules.policies.at(self.rules.today(now)).linking
        whose = (
            select(ticket.c.conversation_id, ticket.c.citizen, ticket.c.closed_at, conversation.c.phone_sealed)
            .join(conversation, conversation.c.id == ticket.c.conversation_id)
            .where(ticket.c.number == number)
        )
        async with self.texts.database.begin() as connection:
            row = (await connection.execute(whose)).one_or_none()
            if row is None:
                raise LookupError(f"there is no ticket {number}")
            if row.closed_at is not None:
                raise NotIssued("over")
            last = await proof_rows.of_ticket(connection, number)
            to = phone or row.phone_sealed or (last["phone_sealed"] if last else "")
            count, _, _ = await proof_rows.sent_lately(
                connection, phone=phones.normal(to) or to, citizen=row.citizen, now=now
            )
            if count >= rule.phone_a_day:
                raise NotIssued("often")
            whose_ = {"conversation_id": row.conversation_id, "citizen": row.citizen, "phone": to}
            if not self.issue(changes, number, **whose_, now=now, key=f"{number}:{secrets.token_hex(4)}"):
                raise NotIssued("no_mobile" if can_text(self.texts.accounts, "claim") else "no_texts")
            await changes.write(connection)
        changes.committed()

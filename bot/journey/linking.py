"""绑定与认领: compares the codes citizens type, and joins and parts what belongs to one of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.answering import Case
from bot.orders.ticketing import Ticketing
from bot.store.citizens import link_rows, own_tickets, proof_rows
from bot.store.citizens.proof_rows import Row
from bot.store.conversations import Conversation, citizens_by_phone, claim_ids
from bot.store.tables import conversation, link, proof
from bot.work import Changes
from channels.message import Address, Inbound
from dialog import acts
from dialog.acts import Act
from dialog.proofs import Asks, Offer, Verdict
from tickets.limits.deadlines import add
from tickets.rules.linking import Linking as Rule

DEEDS = (acts.SendCode, acts.ProvePhone, acts.HoldClaim, acts.ClaimTicket, acts.Unlink, acts.Elsewhere)


@dataclass(frozen=True, slots=True)
class Checked:
    """What an offer came to, and the code it was compared with."""

    verdict: Verdict
    proof: Row | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Linker:
    """Works inside a batch's transaction, under the lock of the conversation that asks."""

    rules: Ticketing = field(repr=False)

    async def look(self, connection: AsyncConnection, mine: Conversation, offer: Offer, *, now: datetime) -> Checked:
        """Compare what ``offer`` says; a wrong code is counted at once, whatever becomes of the message."""
        rule = self._rule(now)
        if offer.asks is Asks.TEXT:
            return Checked(await self._may_text(connection, mine, offer.given, rule, now))
        if offer.asks is Asks.TEXT_HOLDER:
            held = await self._held(connection, mine, offer.ticket, now)
            if held is None:
                return Checked(Verdict.OVER)
            return Checked(await self._may_text(connection, mine, held["phone_sealed"], rule, now), held)
        if await proof_rows.wrong_lately(connection, mine.id, now=now) >= rule.wrong_a_day:
            return Checked(Verdict.LOCKED)
        row, right = await _compared(connection, mine, offer)
        stands = _standing(row, mine, rule, now)
        if right or (offer.asks is not Asks.CLAIM and stands is not Verdict.RIGHT):
            return Checked(stands, row)
        # Of a claim nothing is told: whoever guesses does not learn which tickets there are.
        await proof_rows.was_wrong(connection, mine.id, row, now=now)
        last = row is not None and row["tries"] + 1 >= rule.tries
        return Checked(Verdict.LOCKED if last and offer.asks is not Asks.CLAIM else Verdict.WRONG)

    async def carry_out(
        self,
        connection: AsyncConnection,
        case: Case,
        deeds: Sequence[Act],
        checked: Checked | None,
        *,
        held: Iterable[Conversation],
    ) -> None:
        """What a turn decided about links; should it fail, it leaves no row changed. ``held`` are the conversations this
        batch has."""
        async with connection.begin_nested():
            for act in deeds:
                await self._carry_out(connection, case, act, checked, {one.id: one for one in held})

    async def _carry_out(
        self,
        connection: AsyncConnection,
        case: Case,
        act: Act,
        checked: Checked | None,
        held: Mapping[int, Conversation],
    ) -> None:
        mine, now = case.conversation, case.now
        match act:
            case acts.SendCode():
                self._ask_code(case, act, checked)
            case acts.ProvePhone():
                assert checked is not None
                assert checked.proof is not None
                await _use(connection, proof.c.id == checked.proof["id"], now)
                await link_rows.join(connection, mine, checked.proof["phone_sealed"], proof="sms_code", now=now)
            case acts.HoldClaim():
                # Once: a code typed again gives no new tries at what is asked next.
                its = proof.c.ticket == act.number, proof.c.kind == "claim", proof.c.held_by.is_(None)
                await connection.execute(update(proof).where(*its).values(held_by=mine.id, tries=0))
            case acts.ClaimTicket():
                await _claim(connection, case, act.number)
            case acts.Unlink():
                await self._unlink(connection, case, held)
            case acts.Elsewhere():
                mine.elsewhere, mine.elsewhere_at = act.allowed, now

    def _ask_code(self, case: Case, act: acts.SendCode, checked: Checked | None) -> None:
        held = checked.proof if checked else None
        phone = act.phone or (held["phone_sealed"] if held else "")
        case.changes.keep(
            proof,
            key=f"p:{case.key_of(act.ref)}",
            kind="phone",
            conversation_id=case.conversation.id,
            citizen=case.conversation.citizen,
            ticket=act.ticket or None,
            phone=phone,
            phone_sealed=phone,
            asked_at=case.now,
            until=add(self.rules.calendar, case.now, self._rule(case.now).code),
        )

    async def _unlink(self, connection: AsyncConnection, case: Case, held: Mapping[int, Conversation]) -> None:
        """What is joined here, or, where the address is the phone itself, whatever else was bound to it."""
        mine, now = case.conversation, case.now
        if mine.phone != mine.address.peer:
            await link_rows.part(connection, mine, now=now)
            return
        others = conversation.c.phone == mine.phone, conversation.c.id != mine.id
        ids = (await connection.scalars(select(conversation.c.id).where(*others))).all()
        found = await claim_ids(connection, ids)
        for one in (held.get(id, other) for id, other in sorted(found.items())):
            one.citizen = await _citizen(connection, one)  # the one parted before it may have been the first of all
            await link_rows.part(connection, one, now=now)
            case.changes.update(conversation, "id", one.id, **one.columns(now))
        mine.citizen = await _citizen(connection, mine)

    async def _may_text(
        self, connection: AsyncConnection, mine: Conversation, phone: str, rule: Rule, now: datetime
    ) -> Verdict:
        to_phone, by_him, last = await proof_rows.sent_lately(connection, phone=phone, citizen=mine.citizen, now=now)
        if to_phone >= rule.phone_a_day or by_him >= rule.citizen_a_day:
            return Verdict.OFTEN
        return Verdict.OFTEN if last is not None and now < last + rule.again.roughly else Verdict.RIGHT

    async def _held(self, connection: AsyncConnection, mine: Conversation, number: str, now: datetime) -> Row | None:
        row = await proof_rows.of_ticket(connection, number)
        fits = row is not None and row["held_by"] == mine.id and row["used_at"] is None and row["until"] > now
        return row if fits else None

    def _rule(self, now: datetime) -> Rule:
        return self.rules.policies.at(self.rules.today(now)).linking


async def recognise(
    connection: AsyncConnection,
    changes: Changes,
    messages: Sequence[Inbound],
    conversations: Mapping[Address, Conversation],
    *,
    now: datetime,
) -> None:
    """Join conversations whose channel itself proves the citizen's phone with the others of that phone."""
    fresh = {
        one.address: one.verified_phone
        for one in messages
        if one.verified_phone and conversations[one.address].phone != one.verified_phone
    }
    if not fresh:
        return
    known = await citizens_by_phone(connection, fresh.values())
    for address, phone in fresh.items():
        mine = conversations[address]
        was, mine.phone = mine.citizen, phone
        mine.citizen = known.setdefault(phone, mine.citizen)
        if mine.citizen != was:
            await own_tickets.hand_over(connection, mine.id, was=was, citizen=mine.citizen)
        if phone != address.peer:  # else the address is the proof, for as long as it writes
            changes.insert(link, **link_rows.phone_link(mine, was=was, proof="channel", now=now))
        changes.update(conversation, "id", mine.id, phone=phone, phone_sealed=phone)


async def _citizen(connection: AsyncConnection, one: Conversation) -> int:
    known = await connection.scalar(select(conversation.c.citizen).where(conversation.c.id == one.id))
    return known or one.citizen


async def _compared(connection: AsyncConnection, mine: Conversation, offer: Offer) -> tuple[Row | None, bool]:
    """The code this offer is about, and whether it is the right one."""
    if offer.asks is Asks.PHONE:
        row = await proof_rows.of_phone(connection, mine.id)
        return row, row is not None and proof_rows.fits(connection, row, offer.given)
    row = await proof_rows.of_ticket(connection, offer.ticket)
    if offer.asks is Asks.CLAIM:
        return row, row is not None and proof_rows.fits(connection, row, offer.given)
    return row, row is not None and row["held_by"] == mine.id and row["phone_sealed"][-4:] == offer.given


def _standing(row: Row | None, mine: Conversation, rule: Rule, now: datetime) -> Verdict:
    """Whether a code can still be used here."""
    if row is None or row["used_at"] is not None or row["until"] <= now or row["held_by"] not in (None, mine.id):
        return Verdict.OVER
    return Verdict.LOCKED if row["tries"] >= rule.tries else Verdict.RIGHT


async def _claim(connection: AsyncConnection, case: Case, number: str) -> None:
    held = await proof_rows.of_ticket(connection, number)
    if number not in case.overlay or held is None or held["held_by"] != case.conversation.id:
        return
    await _use(connection, proof.c.id == held["id"], case.now)
    row, mine = case.overlay[number], case.conversation
    if row["conversation_id"] == mine.id:
        return
    sure = "sms_code" if mine.phone == held["phone_sealed"] else "claim_tail"
    whose = {"origin": row["conversation_id"], "phone": held["phone_sealed"]}
    await link_rows.claim(connection, mine, number, proof=sure, now=case.now, **whose)
    case.overlay.put({**row, "conversation_id": mine.id})


async def _use(connection: AsyncConnection, which: Any, now: datetime) -> None:
    await connection.execute(update(proof).where(which).values(used_at=now))

"""One transaction of the hub: claim, remember, think, save, for all messages that arrived together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.accounts import Leaves
from bot.answering import Case
from bot.journey.arrival import Arrival, arrived, away, enter, handed, message_row, new_attachments, shown, stuck_row
from bot.journey.batching import Batching
from bot.journey.linking import DEEDS, recognise
from bot.journey.reach import Reach
from bot.journey.thought import Thought, check, rounds
from bot.logs import logger
from bot.orders.ticketing import Overlay
from bot.outbox.planner import Sender
from bot.outbox.priority import Priority
from bot.outbox.telling import Telling, tell
from bot.store import messages as said
from bot.store import ticket_rows
from bot.store.citizens import contacts, link_rows, own_surveys, own_tickets
from bot.store.conversations import Conversation, claim
from bot.store.messages import Seen
from bot.store.polls import advance
from bot.store.tables import attachment, conversation, message
from bot.texts.code_texts import can_text
from bot.work import Changes
from channels.adapter import Taken
from channels.message import Address, Inbound, Say
from dialog.acts import OpenTicket, RaiseAlarm, Urge
from dialog.flows.own_data import asks_who_saw
from dialog.turn import Turn
from dialog.view import SeenView, View

log = logger(__name__)

A_DAY = timedelta(hours=24)


class HubBatch:
    """Lives as long as its transaction."""

    def __init__(self, batching: Batching, connection: AsyncConnection, *, now: datetime) -> None:
        self._with = batching
        self._connection = connection
        self._now = now
        self._changes = Changes()
        self._results: dict[int, Taken] = {}
        self._touched: dict[int, Conversation] = {}
        self._conversations: dict[Address, Conversation] = {}
        self._replaying = False
        self._reach = Reach(connection, now=now)

    async def take(self, messages: Sequence[Inbound]) -> list[Taken]:
        """Everything for these messages but the commit; one result each, in their order."""
        self._conversations = await claim(self._connection, [one.address for one in messages], now=self._now)
        await recognise(self._connection, self._changes, messages, self._conversations, now=self._now)
        for places in rounds(messages):
            await self._round([(place, messages[place]) for place in places])
        await advance(self._connection, messages, now=self._now)
        await self._reach.write()
        if self._touched:
            for one in self._touched.values():
                self._changes.update(conversation, "id", one.id, **one.columns(self._now))
                self._changes.then(partial(self._with.grew, one.address, one.last_seq))
            await self._changes.write(self._connection)
        return [self._results[place] for place in range(len(messages))]

    async def again(self, inbound: Inbound, mine: Conversation, *, message_id: int, seq: int) -> bool:
        """Everything for a message that is stored already and got stuck; its answer goes through the outbox."""
        account = self._with.accounts.get(mine.address.channel, mine.address.account)
        thought = Thought(0, Arrival(inbound, account), mine, id=message_id, seq=seq)
        self._replaying = True
        await check(self._with.linker, self._connection, [thought], now=self._now)
        await self._think([thought])
        await self._save([thought])
        if thought.error is None:
            self._changes.update(message, "id", message_id, state="done", error_id=None)
        self._changes.update(conversation, "id", mine.id, **mine.columns(self._now))
        await self._changes.write(self._connection)
        return thought.error is None

    def committed(self) -> None:
        """The transaction is committed: wake those who wait for it."""
        self._changes.committed()

    async def _round(self, arrivals: Sequence[tuple[int, Inbound]]) -> None:
        thoughts: list[Thought] = []
        for place, one in arrivals:
            account = self._with.accounts.get(one.address.channel, one.address.account)
            thoughts.append(Thought(place, arrived(one, account), self._conversations[one.address]))
        if fresh := await self._remember(thoughts):
            await check(self._with.linker, self._connection, fresh, now=self._now)
            await self._think(fresh)
            await self._save(fresh)

    async def _remember(self, thoughts: Sequence[Thought]) -> list[Thought]:
        """Store them; those we have already get the answer they got, the others are returned."""
        ids = await said.remember(
            self._connection,
            [
                message_row(one.arrival.message, one.conversation, seq=one.conversation.last_seq + 1, now=self._now)
                for one in thoughts
            ],
        )
        fresh = [one for one in thoughts if one.conversation.id in ids]
        for one in fresh:
            one.id, one.seq = ids[one.conversation.id], one.conversation.next_seq()
            self._touched[one.conversation.id] = one.conversation
            enter(one.arrival, one.conversation, now=self._now)
            for row in new_attachments(one.arrival, one.conversation, message_id=one.id, now=self._now):
                self._changes.insert(attachment, **row)
        await self._reach.note(fresh)
        if len(fresh) < len(thoughts):
            await self._repeat([one for one in thoughts if one.conversation.id not in ids])
        return fresh

    async def _repeat(self, thoughts: Sequence[Thought]) -> None:
        known = await said.seen(self._connection, [one.arrival.message for one in thoughts])
        for one in thoughts:
            given = handed(one.arrival.message, one.conversation, one.arrival.account)
            self._results[one.place] = _again(known[said.key_of(one.arrival.message)], handed=given)

    async def _think(self, thoughts: Sequence[Thought]) -> None:
        citizens = {one.conversation.citizen for one in thoughts}
        claimed = await link_rows.claimed(self._connection, citizens)
        tickets = await own_tickets.views(
            self._connection, citizens, claimed, units=self._with.units, rule=self._with.repeats, now=self._now
        )
        surveys = await own_surveys.open_surveys(self._connection, citizens, claimed)
        about = await said.answered_tickets(
            self._connection, {one.conversation.id: one.arrival.message.letter for one in thoughts}
        )
        seen, pages = await self._seen(thoughts), await self._reach.pages(thoughts)
        for one in thoughts:
            own = tickets.get(one.conversation.citizen, ())
            view = View(
                fresh=self._with.numbers.look(),
                supervision=self._with.supervisions.look() if self._with.supervisions else "",
                owner=one.conversation.owner,
                tickets=own_tickets.answered_first(own, one.arrival.message.about, now=self._now),
                earlier=tuple(each for each in own if not own_tickets.shown(each, now=self._now)),
                survey=own_surveys.asked(surveys.get(one.conversation.citizen, ()), one.arrival.message.about),
                about=about.get(one.conversation.id, "") or own_tickets.meant(own, one.arrival.message.about),
                seen=seen.get(one.conversation.citizen, ()),
                phone_tail=one.conversation.phone[-4:],
                linked=bool(one.conversation.phone or claimed.get(one.conversation.citizen)),
                texts=can_text(self._with.accounts, "phone"),
                **one.proved(),
                poster=self._reach.poster(one),
                permit_page=pages.get(one.conversation.id, ""),
                away=away(one.conversation, one.arrival.account),
                agents=self._with.duty.agents,
                waiting=self._with.duty.waiting,
                experts=self._with.duty.experts,
                **shown(one.arrival.account),
            )
            try:
                one.turn = self._with.think(one.conversation.memory, one.arrival.message, view, self._now)
            except Exception as error:
                one.error = error
                continue
            self._use_up(one.turn)

    def _use_up(self, turn: Turn) -> None:
        """The fresh numbers this turn used are nobody else's."""
        if any(isinstance(act, OpenTicket) for act in turn.acts):
            self._with.numbers.take()
        if any(isinstance(act, Urge) and act.supervision for act in turn.acts):
            self._with.supervisions.take()

    async def _seen(self, thoughts: Sequence[Thought]) -> dict[int, tuple[SeenView, ...]]:
        """Who saw the data of those who ask it now: seldom anybody does, so it is loaded for them alone."""
        asking = {one.conversation.citizen for one in thoughts if asks_who_saw(one.arrival.message.text)}
        return await contacts.looks(self._connection, asking, units=self._with.units) if asking else {}

    async def _save(self, thoughts: Sequence[Thought]) -> None:
        numbers = {number for one in thoughts if one.turn for number in self._with.desk.touches(one.turn.acts)}
        overlay = Overlay(await ticket_rows.lock(self._connection, numbers) if numbers else {})
        await self._hush(thoughts)
        for one in thoughts:
            own = Changes()
            before = one.conversation.posture()
            try:
                if one.error is not None or one.turn is None:
                    raise one.error or AssertionError("no turn")
                reply = await self._apply(own, overlay, one, one.turn)
            except Exception as error:
                one.error = error
                one.conversation.resume(before)
                own = Changes()
                reply = self._stuck(own, one, error)
            self._changes.absorb(own)
            self._done(one, reply)
        await self._changes.write(self._connection)

    async def _apply(self, own: Changes, overlay: Overlay, one: Thought, turn: Turn) -> Say | None:
        one.conversation.memory = turn.memory
        pending = overlay.fork()
        case = Case(own, pending, one.conversation, one.id, self._now)
        for act in turn.acts:
            if not isinstance(act, DEEDS):
                self._with.desk.apply(case, act)
        if deeds := [act for act in turn.acts if isinstance(act, DEEDS)]:
            held = self._conversations.values()
            await self._with.linker.carry_out(self._connection, case, deeds, one.checked, held=held)
        overlay.merge(pending)
        one.conversation.look_after_draft(self._now)
        opened = next((act.number.number for act in turn.acts if isinstance(act, OpenTicket)), None)
        if opened:
            self._reach.opened(one.conversation)
        if turn.say is None:
            return None
        alarmed = any(isinstance(act, RaiseAlarm) for act in turn.acts)
        if one.spent >= 1 and not (alarmed and one.spent < 2):
            return None
        priority = Priority.EMERGENCY if alarmed else Priority.ANSWER
        return self._say(own, one, turn.say, priority=priority, ticket=opened)

    async def _hush(self, thoughts: Sequence[Thought]) -> None:
        """Where a channel counts the answers of a day, one too many is not given: two machines may be talking."""
        limits = {
            one.conversation.id: most
            for one in thoughts
            if one.arrival.account is not None and (most := one.arrival.account.capabilities.answers_a_day)
        }
        if not limits:
            return
        given = await said.answers_since(self._connection, limits, since=self._now - A_DAY)
        for one in thoughts:
            one.spent = given.get(one.conversation.id, 0) / limits.get(one.conversation.id, 1)

    def _say(
        self, own: Changes, one: Thought, words: Say, *, priority: Priority, ticket: str | None = None
    ) -> Say | None:
        # A replayed message has no open call of a provider to answer into; a public remark is answered beside it, and
        # only beside it. One that gives its citizen away needs the call for that, and what is said then is no chatter
        # over the person who has him.
        public, given = one.arrival.message.public, handed(one.arrival.message, one.conversation, one.arrival.account)
        by_itself = given or (self._replaying and not public)
        telling = Telling(
            key=f"a:{one.id}" if self._replaying else f"r:{one.id}",
            body=words,
            sender=Sender.SYSTEM if given else Sender.BOT,
            priority=priority,
            ticket=ticket,
            in_reply_to=None if by_itself else one.id,
            carried=not public,
        )
        account = one.arrival.account
        carried = tell(own, account, one.conversation, telling, now=self._now)
        if self._replaying or by_itself or public or account is None or account.leaves is Leaves.OUTBOX:
            own.then(self._with.wake)
        return carried if isinstance(carried, Say) else None

    def _stuck(self, own: Changes, one: Thought, error: Exception) -> Say | None:
        row = stuck_row()
        log.error("message stuck", action="message.stuck", error=type(error).__name__, error_id=row["error_id"])
        self._with.metrics.stuck()
        own.update(message, "id", one.id, **row)
        if self._replaying or one.arrival.message.public:
            return None  # in public nobody is told of our trouble
        return self._say(own, one, self._with.sorry(row["error_id"]), priority=Priority.ANSWER)

    def _done(self, one: Thought, reply: Say | None) -> None:
        inbound = one.arrival.message
        given = handed(inbound, one.conversation, one.arrival.account)
        self._results[one.place] = Taken(
            one.id, one.seq, self._now, False, inbound.digest, reply, stuck=one.error is not None, handed=given
        )


def _again(before: Seen, *, handed: bool) -> Taken:
    reply = before.reply if isinstance(before.reply, Say) else None
    return Taken(before.id, before.seq, before.at, True, before.digest, reply, stuck=before.stuck, handed=handed)

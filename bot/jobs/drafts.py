"""Half-filled reports that lie idle: one reminder, then put aside and told once; what was said is never lost."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, select

from bot.orders.ticketing import Ticketing
from bot.store.tables import conversation
from bot.store.tables.talk import DRAFTED
from bot.talks.conversing import Conversing, Held
from dialog.flows.drafts import half_filled, put_aside
from dialog.view import Owner
from tickets.limits.deadlines import add, after_quiet
from tickets.rules.answering import Drafts

AT_ONCE = 100


async def remind(conversing: Conversing, rules: Ticketing) -> int:
    """One reminder after a while of silence, in waking hours only: at night nobody is waiting for it."""
    now, policy = conversing.now(), rules.policies.at(rules.today(conversing.now()))
    if after_quiet(policy.quiet, rules.calendar, now) > now:
        return 0
    silent = conversation.c.draft_since <= now - policy.draft.remind.roughly
    fresh = conversation.c.draft_since > now - policy.draft.idle.roughly
    found = await _due(conversing, silent, fresh, conversation.c.draft_reminded_at.is_(None))
    for id_ in found:
        async with conversing.claimed(id_) as held:
            mine = held.mine
            if _lies(held, before=now - policy.draft.remind.roughly) and mine.draft_reminded_at is None:
                mine.draft_reminded_at = now
                since = mine.draft_since or now
                until = rules.calendar.local(add(rules.calendar, since, policy.draft.idle))
                held.notice("draft.remind", {"until": until.date().isoformat()})
    return len(found)


async def expire(conversing: Conversing, rules: Ticketing) -> int:
    """T03: told once, outside quiet hours; 继续 takes it up again for as long as the policy keeps it."""
    now, policy = conversing.now(), rules.policies.at(rules.today(conversing.now()))
    before = now - policy.draft.idle.roughly
    found = await _due(conversing, conversation.c.draft_since <= before)
    awake = after_quiet(policy.quiet, rules.calendar, now)
    for id_ in found:
        async with conversing.claimed(id_) as held:
            if _lies(held, before=before):
                _put_aside(held, policy.draft, rules, awake)
            elif not half_filled(held.mine.memory) or held.mine.owner is not Owner.BOT:
                held.mine.draft_since = None
    return len(found)


def _put_aside(held: Held, policy: Drafts, rules: Ticketing, awake: datetime) -> None:
    mine = held.mine
    mine.memory = put_aside(mine.memory, until=add(rules.calendar, held.now, policy.keep))
    mine.draft_since = None
    held.notice("draft.expired", {"days": str(policy.keep.roughly.days)}, not_before=awake)


async def _due(conversing: Conversing, *when: ColumnElement[bool]) -> list[int]:
    found = select(conversation.c.id).where(DRAFTED, *when).order_by(conversation.c.draft_since).limit(AT_ONCE)
    async with conversing.database.read() as connection:
        return list(await connection.scalars(found))


def _lies(held: Held, *, before: datetime) -> bool:
    """Under the lock: still half-filled, still with the bot, still untouched."""
    mine = held.mine
    idle = mine.draft_since is not None and mine.draft_since <= before
    return idle and mine.owner is Owner.BOT and half_filled(mine.memory)

"""Puts our words into a conversation: one row in the outbox, in its place, once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from bot.accounts import Account, Leaves
from bot.outbox import secret
from bot.outbox.planner import Sender
from bot.outbox.priority import Priority
from bot.store.conversations import Conversation
from bot.store.pushes import armed
from bot.store.tables import outbox, push
from bot.store.wording import write_body
from bot.work import Changes
from channels.fit import fit
from channels.message import Notice, Say


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """One thing to tell. ``key`` makes it happen once: the same key again changes nothing."""

    key: str
    body: Say | Notice
    sender: Sender = Sender.SYSTEM
    priority: Priority = Priority.NOTICE
    in_reply_to: int | None = None
    carried: bool = True
    """The call that brought the message ``in_reply_to`` is open: where the channel can, its response carries this."""
    ticket: str | None = None
    not_before: datetime | None = None
    sealed: str = field(default="", repr=False)
    """A word of the body for its receiver's eyes only, sealed (bot/outbox/secret.py)."""


def tell(
    changes: Changes, account: Account | None, conversation: Conversation, telling: Telling, *, now: datetime
) -> Say | Notice | None:
    """Write it down. Returns the words the response to the citizen's own call must carry, else None."""
    open_call = telling.in_reply_to is not None and telling.carried
    inline = open_call and account is not None and account.leaves is Leaves.INLINE
    at_home = account is not None and account.leaves is Leaves.AT_HOME
    body = fit(telling.body, account.capabilities) if inline and account is not None else telling.body
    seq, not_before = conversation.next_seq(), telling.not_before or now
    row = {
        "key": telling.key,
        "conversation_id": conversation.id,
        "seq": seq,
        "channel": conversation.address.channel,
        "account": conversation.address.account,
        "peer": conversation.address.peer,
        "body": secret.put(write_body(body), telling.sealed),
        "sender": telling.sender.value,
        "priority": int(telling.priority),
        "in_reply_to": telling.in_reply_to,
        "ticket": telling.ticket,
        "state": "offered" if inline else "sent" if at_home else "queued",
        "route": "inline" if inline else "direct" if at_home else "",
        "why": "passive" if inline else "at_home" if at_home else "",
        "not_before": not_before,
        "created_at": now,
        "sent_at": now if at_home else None,
    }
    changes.keep(outbox, **row)
    if at_home and account is not None and account.pushable is not None:
        changes.keep(push, **armed(conversation.id, seq=seq, not_before=not_before))
    return body if inline else None
